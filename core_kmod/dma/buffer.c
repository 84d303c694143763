// SPDX-License-Identifier: GPL-2.0
/* Buffers: dma-bufs of new pages or of a program's own pages. */
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-direction.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>

#include "client/client.h"
#include "compat.h"
#include "device.h"
#include "dma/bounce.h"
#include "dma/buffer.h"
#include "dma/master.h"
#include "dma/peer.h"
#include "dma/pool.h"
#include "dma/reach.h"
#include "memory/charge.h"
#include "object.h"

#define MAX_AT_ONCE 4096 /* pages, before other tasks get the CPU */

struct buffer {
	struct page **pages;
	unsigned long num;
	struct kplug_piece *piece; /* from the pool, or NULL */
	bool pinned; /* the pages are a program's own */
	bool read_only;
	bool coherent;
	bool leaked; /* under lock: a device may access the pages for ever */
	struct kplug_charge charge; /* for the pages, or for the piece that contains them */
	struct mutex lock;
	struct list_head attachments; /* under lock */
};

struct attachment {
	struct list_head node;
	struct device *dev;
	struct sg_table table;
	enum dma_data_direction direction;
	struct kplug_bounce *bounce; /* charged for bounce buffers, or NULL */
	u64 copied; /* bytes of bounce buffers; under buffer.lock */
	bool mapped; /* under buffer.lock */
	bool copies; /* under buffer.lock: mapped piece by piece, possibly with bounce buffers */
	bool leaked; /* under buffer.lock: the device may use its addresses for ever */
};

static bool reaches_each(const struct buffer *buffer, struct device *dev)
{
	unsigned long i;

	for (i = 0; i < buffer->num; i++) {
		if (!kplug_dma_reach_direct(dev, buffer->pages[i], 1))
			return false;
		cond_resched();
	}
	return true;
}

/* Coherent memory has no bounce buffers. An importer may have no DMA at all, like a USB device. */
static bool reaches(const struct buffer *buffer, struct device *dev)
{
	if (!dev->dma_mask)
		return false;
	if (kplug_dma_reach_translated(dev))
		return true;
	if (!is_swiotlb_force_bounce(dev) &&
	    (kplug_dma_reach_all(dev) || reaches_each(buffer, dev)))
		return true;
	return !buffer->coherent && kplug_dma_reach_bounced(dev);
}

/* Does ordinary memory need neither a sync nor a bounce buffer for this device? */
static bool is_coherent(struct device *dev)
{
	return dev_is_dma_coherent(dev) && !is_swiotlb_force_bounce(dev);
}

/* In whole pages. A bounce buffer is contiguous and does not cross a boundary. */
static unsigned int max_piece(struct device *dev)
{
	size_t max = min_t(size_t, dma_get_max_seg_size(dev), dma_max_mapping_size(dev));

	max = min_t(size_t, max - 1, dma_get_seg_boundary(dev)) + 1;
	return max_t(unsigned int, ALIGN_DOWN(max, PAGE_SIZE), PAGE_SIZE);
}

static int buffer_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	unsigned int max_segment = max_piece(attach->dev);
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;
	int err;

	if (!reaches(buffer, attach->dev))
		return -EOPNOTSUPP;
	if (buffer->coherent && !is_coherent(attach->dev))
		return -EOPNOTSUPP;
	a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	if (!a)
		return -ENOMEM;
	err = sg_alloc_table_from_pages_segment(&a->table, buffer->pages, buffer->num, 0,
						buffer->num << PAGE_SHIFT, max_segment,
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

static void buffer_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a = attach->priv;

	mutex_lock(&buffer->lock);
	list_del(&a->node);
	mutex_unlock(&buffer->lock);
	sg_free_table(&a->table);
	kplug_dma_bounce_put(a->bounce);
	kfree(a);
}

static int map_pieces(struct attachment *a, enum dma_data_direction direction)
{
	a->copies = kplug_dma_bounce_possible(a->dev);
	if (a->copies)
		return kplug_dma_bounce_map(a->bounce, a->dev, &a->table, direction, &a->copied);
	/*
	 * A program may map a page more than once. The DMA API allows that only with this flag, for
	 * callers that sync by themselves.
	 */
	return dma_map_sgtable(a->dev, &a->table, direction, DMA_ATTR_SKIP_CPU_SYNC);
}

static void unmap_pieces(struct attachment *a)
{
	/* Bounce buffers of lost memory are lost too: their next user would share them. */
	if (a->leaked && a->copies)
		return;
	if (a->copies)
		kplug_dma_bounce_unmap(a->bounce, a->dev, &a->table, a->direction, a->copied);
	else
		dma_unmap_sgtable(a->dev, &a->table, a->direction, DMA_ATTR_SKIP_CPU_SYNC);
}

static void sync_for_cpu(struct attachment *a)
{
	if (a->copies)
		kplug_dma_bounce_sync_for_cpu(a->dev, &a->table, a->direction);
	else
		dma_sync_sgtable_for_cpu(a->dev, &a->table, a->direction);
}

static void sync_for_device(struct attachment *a)
{
	if (a->copies)
		kplug_dma_bounce_sync_for_device(a->dev, &a->table, a->direction);
	else
		dma_sync_sgtable_for_device(a->dev, &a->table, a->direction);
}

static int map_attached(struct buffer *buffer, struct attachment *a,
			enum dma_data_direction direction)
{
	int err;

	if (a->mapped)
		return -EBUSY;
	/* A device that writes would change the pages for all of their users. */
	if (buffer->read_only && direction != DMA_TO_DEVICE)
		return -EOPNOTSUPP;
	err = map_pieces(a, direction);
	if (err)
		return err;
	a->direction = direction;
	a->mapped = true;
	sync_for_device(a);
	return 0;
}

static struct sg_table *buffer_map(struct dma_buf_attachment *attach,
				   enum dma_data_direction direction)
{
	struct buffer *buffer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;
	int err;

	mutex_lock(&buffer->lock);
	err = map_attached(buffer, a, direction);
	mutex_unlock(&buffer->lock);
	return err ? ERR_PTR(err) : &a->table;
}

static void buffer_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
			 enum dma_data_direction direction)
{
	struct buffer *buffer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;

	mutex_lock(&buffer->lock);
	a->mapped = false;
	sync_for_cpu(a);
	unmap_pieces(a);
	mutex_unlock(&buffer->lock);
}

static int buffer_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	list_for_each_entry(a, &buffer->attachments, node)
		if (a->mapped)
			sync_for_cpu(a);
	mutex_unlock(&buffer->lock);
	return 0;
}

static int buffer_end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	list_for_each_entry(a, &buffer->attachments, node)
		if (a->mapped)
			sync_for_device(a);
	mutex_unlock(&buffer->lock);
	return 0;
}

/* A program's own pages have another owner, so these maps must not count in the pages. */
static vm_fault_t fault_buffer(struct vm_fault *vmf)
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
	.fault = fault_buffer,
};

static int buffer_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
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

static void leak_pages(struct buffer *buffer)
{
	if (buffer->piece)
		kplug_dma_pool_lose(buffer->piece);
}

static void unpin_user(struct buffer *buffer, unsigned long num)
{
	unsigned long i, here;

	for (i = 0; i < num; i += here) {
		here = min_t(unsigned long, num - i, MAX_AT_ONCE);
		unpin_user_pages_dirty_lock(buffer->pages + i, here, !buffer->read_only);
		cond_resched();
	}
}

static void put_pages(struct buffer *buffer, unsigned long num)
{
	unsigned long i;

	if (buffer->piece)
		kplug_dma_pool_give(buffer->piece);
	else if (buffer->pinned)
		unpin_user(buffer, num);
	else
		for (i = 0; i < num; i++)
			__free_page(buffer->pages[i]);
}

static void free_buffer(struct buffer *buffer)
{
	if (buffer->leaked)
		kplug_charge_lose(&buffer->charge);
	else
		kplug_charge_give(&buffer->charge);
	mutex_destroy(&buffer->lock);
	kvfree(buffer->pages);
	kfree(buffer);
	kplug_object_destroyed(KPLUG_OBJECT_BUFFER);
}

static void buffer_release(struct dma_buf *dmabuf)
{
	struct buffer *buffer = dmabuf->priv;

	if (buffer->leaked)
		leak_pages(buffer);
	else
		put_pages(buffer, buffer->num);
	free_buffer(buffer);
}

static const struct dma_buf_ops dmabuf_ops = {
	.attach = buffer_attach,
	.detach = buffer_detach,
	.map_dma_buf = buffer_map,
	.unmap_dma_buf = buffer_unmap,
	.begin_cpu_access = buffer_begin_cpu_access,
	.end_cpu_access = buffer_end_cpu_access,
	.mmap = buffer_mmap,
	.release = buffer_release,
};

/* Is it a buffer of kplug, of any device? */
bool kplug_dma_buffer_is(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &dmabuf_ops;
}

/**
 * kplug_dma_buffer_share() - set the client that is charged for bounce buffers
 * @attachment: a new attachment to a buffer of kplug
 * @bounce: of the client that maps the buffer
 */
void kplug_dma_buffer_share(struct dma_buf_attachment *attachment, struct kplug_bounce *bounce)
{
	struct attachment *a = attachment->priv;

	a->bounce = kplug_dma_bounce_get(bounce);
}

/**
 * kplug_dma_buffer_leak() - never free the pages of a buffer
 * @dmabuf: a buffer of kplug; it stays usable, and ends like any other
 * @dev: the bus device that may access the pages for ever
 */
void kplug_dma_buffer_leak(struct dma_buf *dmabuf, const struct device *dev)
{
	struct buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	buffer->leaked = true;
	list_for_each_entry(a, &buffer->attachments, node)
		if (a->dev == dev)
			a->leaked = true;
	mutex_unlock(&buffer->lock);
}

/* Pages are charged before they are allocated, until after they are freed. */
static struct buffer *make_buffer(unsigned long num, bool pinned)
{
	struct buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL_ACCOUNT);

	if (!buffer)
		return NULL;
	buffer->num = num;
	buffer->pinned = pinned;
	if (kplug_charge_take(&buffer->charge, num, pinned))
		goto err_free;
	buffer->pages =
		kvmalloc_array(num, sizeof(*buffer->pages), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!buffer->pages)
		goto err_charge;
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->attachments);
	kplug_object_created(KPLUG_OBJECT_BUFFER);
	return buffer;

err_charge:
	kplug_charge_give(&buffer->charge);
err_free:
	kfree(buffer);
	return NULL;
}

/* Zeroes in steps: the allocator would zero megabytes without rescheduling. */
static void zero(struct page *page, unsigned long num)
{
	while (num--) {
		clear_highpage(page++);
		cond_resched();
	}
}

/* The whole piece is charged, because no one else can use the rest of it. */
static struct page *take_piece(struct buffer *buffer, struct kplug_device *dev)
{
	struct page *page;
	struct kplug_piece *piece = kplug_dma_pool_take(dev, buffer->num, &page);

	if (!piece)
		return NULL;
	if (kplug_charge_grow(&buffer->charge, kplug_dma_pool_pages(piece) - buffer->num)) {
		kplug_dma_pool_give(piece);
		return NULL;
	}
	buffer->piece = piece;
	return page;
}

/* Takes memory from the pool first, and allocates only if the pool has none. */
static int get_contiguous(struct buffer *buffer, struct kplug_device *dev)
{
	struct page *page = take_piece(buffer, dev);
	unsigned long i;

	if (!page)
		page = kplug_dma_pool_new_pages(dev->parent, buffer->num, GFP_KERNEL_ACCOUNT);
	if (!page)
		return -ENOMEM;
	if (buffer->piece || !want_init_on_alloc(GFP_KERNEL_ACCOUNT))
		zero(page, buffer->num);
	for (i = 0; i < buffer->num; i++)
		buffer->pages[i] = page + i;
	return 0;
}

static int pin_some(struct buffer *buffer, unsigned long address, unsigned long done)
{
	int num = min_t(unsigned long, buffer->num - done, MAX_AT_ONCE);

	address += done << PAGE_SHIFT;
	if (buffer->read_only)
		return kplug_compat_pin_to_read(address, num, buffer->pages + done);
	return pin_user_pages_fast(address, num, FOLL_LONGTERM | FOLL_WRITE, buffer->pages + done);
}

/* Never under a lock: paging in the program's memory may take long. */
static int pin_user(struct buffer *buffer, unsigned long address)
{
	unsigned long done = 0;
	int got;

	while (done < buffer->num) {
		got = pin_some(buffer, address, done);
		if (got <= 0 || fatal_signal_pending(current)) {
			put_pages(buffer, done + max(got, 0));
			return got == -ENOMEM ? got : got > 0 ? -EINTR : -EFAULT;
		}
		done += got;
		cond_resched();
	}
	return 0;
}

static int export_buffer(struct buffer *buffer)
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

static int make_contiguous(struct kplug_device *dev, struct kplug_dma_buffer_make *arg)
{
	struct buffer *buffer;
	int err;

	if (arg->flags & ~KPLUG_DMA_BUFFER_COHERENT || (arg->flags && !is_coherent(dev->parent)))
		return -EOPNOTSUPP;
	if (arg->address || arg->length > (u64)MAX_ORDER_NR_PAGES << PAGE_SHIFT)
		return arg->address ? -EINVAL : -ENOMEM;
	buffer = make_buffer(PAGE_ALIGN(arg->length) >> PAGE_SHIFT, false);
	if (!buffer)
		return -ENOMEM;
	buffer->coherent = arg->flags & KPLUG_DMA_BUFFER_COHERENT;
	err = get_contiguous(buffer, dev);
	if (err) {
		free_buffer(buffer);
		return err;
	}
	arg->out_offset = 0;
	return export_buffer(buffer);
}

static int make_user(struct kplug_dma_buffer_make *arg)
{
	u64 start = ALIGN_DOWN(arg->address, PAGE_SIZE), end = arg->address + arg->length;
	struct buffer *buffer;
	unsigned long num;
	int err;

	if (arg->flags & ~KPLUG_DMA_BUFFER_READ_ONLY)
		return -EOPNOTSUPP;
	if (end < arg->address || end > TASK_SIZE_MAX)
		return -EFAULT;
	num = PAGE_ALIGN(end - start) >> PAGE_SHIFT;
	/* More pages than the machine has cannot be pinned, and their list would be long. */
	if (num > totalram_pages())
		return -ENOMEM;
	buffer = make_buffer(num, true);
	if (!buffer)
		return -ENOMEM;
	buffer->read_only = arg->flags & KPLUG_DMA_BUFFER_READ_ONLY;
	err = pin_user(buffer, start);
	if (err) {
		free_buffer(buffer);
		return err;
	}
	arg->out_offset = arg->address - start;
	return export_buffer(buffer);
}

/**
 * kplug_dma_buffer_make() - KPLUG_DMA_BUFFER
 * @client: its device will use the buffer; without any lock
 * @arg: the kernel's copy
 *
 * Return: 0 or -errno.
 */
int kplug_dma_buffer_make(struct kplug_client *client, struct kplug_dma_buffer_make *arg)
{
	int fd;

	if (!kplug_dma_capable(client->dev))
		return -EOPNOTSUPP;
	if (kplug_client_gone(client))
		return -ENODEV;
	if (!arg->length || (arg->region && arg->source != KPLUG_DMA_BUFFER_REGION))
		return -EINVAL;
	if (arg->source == KPLUG_DMA_BUFFER_CONTIGUOUS)
		fd = make_contiguous(client->dev, arg);
	else if (arg->source == KPLUG_DMA_BUFFER_USER)
		fd = make_user(arg);
	else if (arg->source == KPLUG_DMA_BUFFER_REGION)
		fd = kplug_dma_peer_make(client, arg);
	else
		fd = -EINVAL;
	if (fd < 0)
		return fd;
	arg->out_fd = fd;
	return 0;
}
KPLUG_COMPAT_IMPORT_NS(DMA_BUF);
