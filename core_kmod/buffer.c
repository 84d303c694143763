// SPDX-License-Identifier: GPL-2.0
/* Buffers: pages, new or a program's own, as a dma-buf. */
#include <linux/dma-buf.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>

#include "compat.h"
#include "core.h"

struct buffer {
	struct page **pages;
	unsigned long num;
	struct kplug_piece *piece;	/* from the pool, or NULL */
	bool pinned;	/* a program's own, not ours */
	bool read_only;
	bool coherent;
	struct mm_struct *mm;	/* whose RLIMIT_MEMLOCK pays */
	struct mutex lock;
	struct list_head attachments;	/* under lock */
};

struct attachment {
	struct list_head node;
	struct device *dev;
	struct sg_table table;
	enum dma_data_direction direction;
	bool mapped;	/* under buffer.lock */
};

/* Every page, in bytes of the bus without an IOMMU. */
static bool within(const struct buffer *buffer, u64 mask)
{
	unsigned long i;

	for (i = 0; i < buffer->num; i++)
		if (page_to_phys(buffer->pages[i]) + PAGE_SIZE - 1 > mask)
			return false;
	return true;
}

/* Ordinary memory needs no sync for it, and no copy. */
static bool is_coherent(struct device *dev)
{
	return dev_is_dma_coherent(dev) && !is_swiotlb_force_bounce(dev);
}

static int dmabuf_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	unsigned int max_segment = ALIGN_DOWN(dma_get_max_seg_size(attach->dev), PAGE_SIZE);
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;
	int err;

	if (!kplug_dma_translated(attach->dev) && !within(buffer, dma_get_mask(attach->dev)))
		return -EOPNOTSUPP;
	if (buffer->coherent && !is_coherent(attach->dev))
		return -EOPNOTSUPP;
	a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	if (!a)
		return -ENOMEM;
	err = sg_alloc_table_from_pages_segment(&a->table, buffer->pages, buffer->num, 0,
						buffer->num << PAGE_SHIFT,
						max_t(unsigned int, max_segment, PAGE_SIZE),
						GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(a);
		return err;
	}
	a->dev = attach->dev;
	attach->priv = a;
	mutex_lock(&buffer->lock);
	list_add(&a->node, &buffer->attachments);
	mutex_unlock(&buffer->lock);
	return 0;
}

static void dmabuf_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a = attach->priv;

	mutex_lock(&buffer->lock);
	list_del(&a->node);
	mutex_unlock(&buffer->lock);
	sg_free_table(&a->table);
	kfree(a);
}

static int map(struct buffer *buffer, struct attachment *a, enum dma_data_direction direction)
{
	int err;

	if (a->mapped)
		return -EBUSY;
	/* What the device writes, it writes for all who have these pages. */
	if (buffer->read_only && direction != DMA_TO_DEVICE)
		return -EOPNOTSUPP;
	/*
	 * A program may map a page more than once, which the DMA API wants of those
	 * only who keep the caches in step themselves.
	 */
	err = dma_map_sgtable(a->dev, &a->table, direction, DMA_ATTR_SKIP_CPU_SYNC);
	if (err)
		return err;
	dma_sync_sgtable_for_device(a->dev, &a->table, direction);
	a->direction = direction;
	a->mapped = true;
	return 0;
}

static struct sg_table *dmabuf_map(struct dma_buf_attachment *attach,
				   enum dma_data_direction direction)
{
	struct buffer *buffer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;
	int err;

	mutex_lock(&buffer->lock);
	err = map(buffer, a, direction);
	mutex_unlock(&buffer->lock);
	return err ? ERR_PTR(err) : &a->table;
}

static void dmabuf_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
			 enum dma_data_direction direction)
{
	struct buffer *buffer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;

	mutex_lock(&buffer->lock);
	a->mapped = false;
	dma_sync_sgtable_for_cpu(a->dev, table, direction);
	dma_unmap_sgtable(a->dev, table, direction, DMA_ATTR_SKIP_CPU_SYNC);
	mutex_unlock(&buffer->lock);
}

static int dmabuf_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	list_for_each_entry(a, &buffer->attachments, node)
		if (a->mapped)
			dma_sync_sgtable_for_cpu(a->dev, &a->table, a->direction);
	mutex_unlock(&buffer->lock);
	return 0;
}

static int dmabuf_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	list_for_each_entry(a, &buffer->attachments, node)
		if (a->mapped)
			dma_sync_sgtable_for_device(a->dev, &a->table, a->direction);
	mutex_unlock(&buffer->lock);
	return 0;
}

/* A program's own pages have owners of their own, so that nobody may count these maps. */
static vm_fault_t fault(struct vm_fault *vmf)
{
	struct buffer *buffer = vmf->vma->vm_private_data;
	struct page *page;

	if (vmf->pgoff >= buffer->num)
		return VM_FAULT_SIGBUS;
	page = buffer->pages[vmf->pgoff];
	if (buffer->pinned)
		return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct vm_ops = {
	.fault = fault,
};

static int dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct buffer *buffer = dmabuf->priv;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (buffer->read_only) {
		if (vma->vm_flags & VM_WRITE)
			return -EPERM;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP | (buffer->pinned ? VM_PFNMAP : 0));
	vma->vm_ops = &vm_ops;
	vma->vm_private_data = buffer;
	return 0;
}

/* Whoever asked for the memory pays for it, from before it is there until after it is gone. */
static int account(struct buffer *buffer)
{
	int err = account_locked_vm(current->mm, buffer->num, true);

	if (err)
		return err;
	buffer->mm = current->mm;
	mmgrab(buffer->mm);
	return 0;
}

static void unaccount(struct buffer *buffer)
{
	account_locked_vm(buffer->mm, buffer->num, false);
	mmdrop(buffer->mm);
}

static void put_pages(struct buffer *buffer, unsigned long num)
{
	unsigned long i;

	if (buffer->piece)
		kplug_pool_give(buffer->piece);
	else if (buffer->pinned)
		unpin_user_pages_dirty_lock(buffer->pages, num, !buffer->read_only);
	else
		for (i = 0; i < num; i++)
			__free_page(buffer->pages[i]);
}

static void free_buffer(struct buffer *buffer)
{
	unaccount(buffer);
	mutex_destroy(&buffer->lock);
	kvfree(buffer->pages);
	kfree(buffer);
	kplug_object_destroyed(KPLUG_OBJECT_BUFFER);
}

static void dmabuf_release(struct dma_buf *dmabuf)
{
	struct buffer *buffer = dmabuf->priv;

	put_pages(buffer, buffer->num);
	free_buffer(buffer);
}

static const struct dma_buf_ops dmabuf_ops = {
	.attach = dmabuf_attach,
	.detach = dmabuf_detach,
	.map_dma_buf = dmabuf_map,
	.unmap_dma_buf = dmabuf_unmap,
	.begin_cpu_access = dmabuf_begin_cpu_access,
	.end_cpu_access = dmabuf_end_cpu_access,
	.mmap = dmabuf_mmap,
	.release = dmabuf_release,
};

/* One of ours, of whatever device. */
bool kplug_buffer_is(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &dmabuf_ops;
}

static struct buffer *make(unsigned long num)
{
	struct buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL_ACCOUNT);

	if (!buffer)
		return NULL;
	buffer->num = num;
	if (account(buffer))
		goto err_free;
	buffer->pages = kvmalloc_array(num, sizeof(*buffer->pages), GFP_KERNEL_ACCOUNT);
	if (!buffer->pages)
		goto err_account;
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->attachments);
	kplug_object_created(KPLUG_OBJECT_BUFFER);
	return buffer;

err_account:
	unaccount(buffer);
err_free:
	kfree(buffer);
	return NULL;
}

/* The allocator would do it in one go; millions of bytes are long for others to wait. */
static void zero(struct page *page, unsigned long num)
{
	while (num--) {
		clear_highpage(page++);
		cond_resched();
	}
}

/* What was set aside first: that is what it is for. */
static int get_contiguous(struct buffer *buffer, struct kplug_device *dev)
{
	struct page *page;
	unsigned long i;

	buffer->piece = kplug_pool_take(dev, buffer->num, &page);
	if (!buffer->piece)
		page = kplug_piece_new(dev->parent, buffer->num, GFP_KERNEL_ACCOUNT);
	if (!page)
		return -ENOMEM;
	if (buffer->piece || !want_init_on_alloc(GFP_KERNEL_ACCOUNT))
		zero(page, buffer->num);
	for (i = 0; i < buffer->num; i++)
		buffer->pages[i] = page + i;
	return 0;
}

/* Never under a lock: the program's memory may be long in coming. */
static int pin(struct buffer *buffer, unsigned long address)
{
	unsigned int flags = FOLL_LONGTERM | (buffer->read_only ? 0 : FOLL_WRITE);
	unsigned long done = 0;
	int got;

	while (done < buffer->num) {
		got = pin_user_pages_fast(address + (done << PAGE_SHIFT),
					  min_t(unsigned long, buffer->num - done, 4096),
					  flags, buffer->pages + done);
		if (got <= 0 || fatal_signal_pending(current)) {
			put_pages(buffer, done + max(got, 0));
			return got == -ENOMEM ? got : got > 0 ? -EINTR : -EFAULT;
		}
		done += got;
		cond_resched();
	}
	return 0;
}

static int export(struct buffer *buffer)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;
	int fd;

	info.ops = &dmabuf_ops;
	info.size = buffer->num << PAGE_SHIFT;
	info.flags = O_RDWR;
	info.priv = buffer;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		put_pages(buffer, buffer->num);
		free_buffer(buffer);
		return PTR_ERR(dmabuf);
	}
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

static int make_contiguous(struct kplug_device *dev, struct kplug_buffer *arg)
{
	struct buffer *buffer;
	int err;

	if (arg->flags & ~KPLUG_BUFFER_COHERENT || (arg->flags && !is_coherent(dev->parent)))
		return -EOPNOTSUPP;
	if (arg->address || arg->length > (u64)MAX_ORDER_NR_PAGES << PAGE_SHIFT)
		return arg->address ? -EINVAL : -ENOMEM;
	buffer = make(PAGE_ALIGN(arg->length) >> PAGE_SHIFT);
	if (!buffer)
		return -ENOMEM;
	buffer->coherent = arg->flags & KPLUG_BUFFER_COHERENT;
	err = get_contiguous(buffer, dev);
	if (err) {
		free_buffer(buffer);
		return err;
	}
	arg->out_offset = 0;
	return export(buffer);
}

static int make_user(struct kplug_buffer *arg)
{
	u64 start = ALIGN_DOWN(arg->address, PAGE_SIZE), end = arg->address + arg->length;
	struct buffer *buffer;
	int err;

	if (arg->flags & ~KPLUG_BUFFER_READ_ONLY)
		return -EOPNOTSUPP;
	if (end < arg->address || end > TASK_SIZE_MAX)
		return -EFAULT;
	buffer = make(PAGE_ALIGN(end - start) >> PAGE_SHIFT);
	if (!buffer)
		return -ENOMEM;
	buffer->pinned = true;
	buffer->read_only = arg->flags & KPLUG_BUFFER_READ_ONLY;
	err = pin(buffer, start);
	if (err) {
		free_buffer(buffer);
		return err;
	}
	arg->out_offset = arg->address - start;
	return export(buffer);
}

/**
 * kplug_buffer_make() - KPLUG_BUFFER
 * @opener: whose device is to reach it; without any lock
 * @arg: the kernel's copy
 *
 * Return: 0 or -errno.
 */
int kplug_buffer_make(struct kplug_opener *opener, struct kplug_buffer *arg)
{
	int fd;

	if (arg->__reserved || !kplug_dma_capable(opener->dev))
		return -EOPNOTSUPP;
	if (kplug_device_dead(opener->dev))
		return -ENODEV;
	if (!arg->length || (arg->region && arg->source != KPLUG_BUFFER_REGION))
		return -EINVAL;
	if (arg->source == KPLUG_BUFFER_CONTIGUOUS)
		fd = make_contiguous(opener->dev, arg);
	else if (arg->source == KPLUG_BUFFER_USER)
		fd = make_user(arg);
	else if (arg->source == KPLUG_BUFFER_REGION)
		fd = kplug_peer_make(opener, arg);
	else
		fd = -EINVAL;
	if (fd < 0)
		return fd;
	arg->out_fd = fd;
	return 0;
}
KPLUG_COMPAT_IMPORT_NS(DMA_BUF);
