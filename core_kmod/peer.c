// SPDX-License-Identifier: GPL-2.0
/* Memory of a device as a buffer, which other devices reach without a detour through ours. */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "core.h"

struct peer {
	struct kplug_device *dev;
	struct list_head node;	/* in kplug_device.peers */
	struct dma_buf *dmabuf;
	unsigned int region;
	u64 offset;
	u64 length;
	struct page *dead_page;	/* what maps show without the device */
};

struct attachment {
	struct sg_table table;
	dma_addr_t address;
	bool translated;
};

static u64 bus_address(const struct peer *peer)
{
	return pci_bus_address(to_pci_dev(peer->dev->parent), peer->region) + peer->offset;
}

static phys_addr_t address(const struct peer *peer)
{
	return peer->dev->region[peer->region].start + peer->offset;
}

/* Only for our own importers: of others we do not know how soon they let go. */
static bool serves(const struct peer *peer, const struct dma_buf_attachment *attach)
{
	return kplug_mapping_imports(attach) && attach->dev != peer->dev->parent &&
	       kplug_route_exists(to_pci_dev(attach->dev), to_pci_dev(peer->dev->parent));
}

static int dmabuf_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct peer *peer = dmabuf->priv;
	struct attachment *a;

	if (kplug_device_dead(peer->dev))
		return -ENODEV;
	if (!serves(peer, attach))
		return -EOPNOTSUPP;
	a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	if (!a)
		return -ENOMEM;
	a->translated = kplug_dma_translated(attach->dev);
	if (!a->translated && bus_address(peer) + peer->length - 1 > dma_get_mask(attach->dev)) {
		kfree(a);
		return -EOPNOTSUPP;
	}
	attach->priv = a;
	return 0;
}

static void dmabuf_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	kfree(attach->priv);
}

/* With the lock that kplug_peer_revoke() takes, like dmabuf_map(). */
static int dmabuf_pin(struct dma_buf_attachment *attach)
{
	const struct peer *peer = attach->dmabuf->priv;

	return kplug_device_dead(peer->dev) ? -ENODEV : 0;
}

static void dmabuf_unpin(struct dma_buf_attachment *attach)
{
}

/* There are no pages behind it. */
static int describe(struct attachment *a, struct device *dev, u64 length)
{
	u64 max_segment = max_t(u64, ALIGN_DOWN(dma_get_max_seg_size(dev), PAGE_SIZE), PAGE_SIZE);
	u64 done = 0;
	struct scatterlist *sg;
	int i, err = sg_alloc_table(&a->table, DIV_ROUND_UP_ULL(length, max_segment),
				    GFP_KERNEL_ACCOUNT);

	if (err)
		return err;
	for_each_sgtable_dma_sg(&a->table, sg, i) {
		sg_set_page(sg, NULL, min(length - done, max_segment), 0);
		sg_dma_address(sg) = a->address + done;
		sg_dma_len(sg) = sg->length;
		done += sg->length;
	}
	return 0;
}

static struct sg_table *dmabuf_map(struct dma_buf_attachment *attach,
				   enum dma_data_direction direction)
{
	struct peer *peer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;
	int err;

	a->address = bus_address(peer);
	if (a->translated) {
		a->address = dma_map_resource(attach->dev, address(peer), peer->length, direction,
					      DMA_ATTR_SKIP_CPU_SYNC);
		if (dma_mapping_error(attach->dev, a->address))
			return ERR_PTR(-ENOMEM);
	}
	err = describe(a, attach->dev, peer->length);
	if (!err)
		return &a->table;
	if (a->translated)
		dma_unmap_resource(attach->dev, a->address, peer->length, direction,
				   DMA_ATTR_SKIP_CPU_SYNC);
	return ERR_PTR(err);
}

static void dmabuf_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
			 enum dma_data_direction direction)
{
	struct peer *peer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;

	if (a->translated)
		dma_unmap_resource(attach->dev, a->address, peer->length, direction,
				   DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(table);
}

static vm_fault_t fault_dead(const struct peer *peer, struct vm_fault *vmf)
{
	return vmf_insert_pfn_prot(vmf->vma, vmf->address, page_to_pfn(peer->dead_page),
				   vm_get_page_prot(vmf->vma->vm_flags));
}

static vm_fault_t fault_alive(const struct peer *peer, struct vm_fault *vmf)
{
	u64 offset = ((u64)vmf->pgoff << PAGE_SHIFT) & (BIT_ULL(KPLUG_MMAP_SHIFT) - 1);

	return vmf_insert_pfn(vmf->vma, vmf->address,
			      PHYS_PFN(peer->dev->region[peer->region].start + offset));
}

/* Removal zaps all maps after every fault that saw the device alive. */
static vm_fault_t fault(struct vm_fault *vmf)
{
	const struct peer *peer = vmf->vma->vm_private_data;
	int idx = kplug_device_enter(peer->dev);
	vm_fault_t ret = kplug_device_dead(peer->dev) ? fault_dead(peer, vmf) :
							fault_alive(peer, vmf);

	kplug_device_leave(peer->dev, idx);
	return ret;
}

static const struct vm_operations_struct vm_ops = {
	.fault = fault,
};

static int dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct peer *peer = dmabuf->priv;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* Where kplug_region_zap() finds it. */
	vma->vm_pgoff += (((u64)peer->region << KPLUG_MMAP_SHIFT) + peer->offset) >> PAGE_SHIFT;
	vma->vm_page_prot = peer->dev->region[peer->region].flags & KPLUG_REGION_WC ?
				    pgprot_writecombine(vma->vm_page_prot) :
				    pgprot_noncached(vma->vm_page_prot);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &vm_ops;
	vma->vm_private_data = peer;
	return 0;
}

static void dmabuf_release(struct dma_buf *dmabuf)
{
	struct peer *peer = dmabuf->priv;
	struct kplug_device *dev = peer->dev;

	mutex_lock(&dev->lock);
	list_del(&peer->node);
	mutex_unlock(&dev->lock);
	atomic_dec(&dev->region[peer->region].maps);
	__free_page(peer->dead_page);
	kfree(peer);
	kplug_device_put(dev);
	kplug_object_destroyed(KPLUG_OBJECT_PEER);
}

static const struct dma_buf_ops dmabuf_ops = {
	.attach = dmabuf_attach,
	.detach = dmabuf_detach,
	.pin = dmabuf_pin,
	.unpin = dmabuf_unpin,
	.map_dma_buf = dmabuf_map,
	.unmap_dma_buf = dmabuf_unmap,
	.mmap = dmabuf_mmap,
	.release = dmabuf_release,
};

bool kplug_peer_is(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &dmabuf_ops;
}

/**
 * kplug_peer_revoke() - take the memory of a device away from others
 * @dev: it, which is dead; with its lock
 *
 * On return nobody else's DMA reaches it. Maps are for kplug_region_zap().
 */
void kplug_peer_revoke(struct kplug_device *dev)
{
	struct peer *peer;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(peer, &dev->peers, node) {
		dma_resv_lock(peer->dmabuf->resv, NULL);
		dma_buf_move_notify(peer->dmabuf);
		dma_resv_unlock(peer->dmabuf->resv);
	}
}

static struct peer *make(struct kplug_device *dev, const struct kplug_buffer *arg)
{
	struct peer *peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);

	if (!peer)
		return NULL;
	peer->dead_page = alloc_page(GFP_KERNEL_ACCOUNT);
	if (!peer->dead_page) {
		kfree(peer);
		return NULL;
	}
	memset(page_address(peer->dead_page), 0xff, PAGE_SIZE);
	INIT_LIST_HEAD(&peer->node);
	peer->dev = dev;
	peer->region = arg->region;
	peer->offset = arg->address;
	peer->length = PAGE_ALIGN(arg->length);
	return peer;
}

/* On success the region's use and the peer are the dma-buf's. */
static struct dma_buf *export(struct peer *peer)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);

	info.ops = &dmabuf_ops;
	info.size = peer->length;
	info.flags = O_RDWR;
	info.priv = peer;
	peer->dmabuf = dma_buf_export(&info);
	if (IS_ERR(peer->dmabuf))
		return peer->dmabuf;
	get_device(&peer->dev->dev);
	kplug_object_created(KPLUG_OBJECT_PEER);
	/* Maps of the region hang all on one. */
	peer->dmabuf->file->f_mapping = peer->dev->inode->i_mapping;
	return peer->dmabuf;
}

static struct dma_buf *make_dmabuf(struct kplug_device *dev, const struct kplug_buffer *arg)
{
	struct kplug_region *region = &dev->region[arg->region];
	struct dma_buf *dmabuf;
	struct peer *peer;

	/* From here on its caching stays what it is. */
	if (!atomic_inc_unless_negative(&region->maps))
		return ERR_PTR(-EBUSY);
	peer = make(dev, arg);
	dmabuf = peer ? export(peer) : ERR_PTR(-ENOMEM);
	if (!IS_ERR(dmabuf))
		return dmabuf;
	if (peer)
		__free_page(peer->dead_page);
	kfree(peer);
	atomic_dec(&region->maps);
	return dmabuf;
}

/* Removal finds it from here on, if it is not over. */
static int publish(struct dma_buf *dmabuf)
{
	struct peer *peer = dmabuf->priv;
	struct kplug_device *dev = peer->dev;
	int err = 0;

	mutex_lock(&dev->lock);
	if (dev->dead)
		err = -ENODEV;
	else
		list_add(&peer->node, &dev->peers);
	mutex_unlock(&dev->lock);
	return err;
}

static bool valid(const struct kplug_region *region, const struct kplug_buffer *arg)
{
	u64 length = PAGE_ALIGN(arg->length);

	return region->flags & KPLUG_REGION_MMAP && !(arg->address % PAGE_SIZE) && length &&
	       length <= region->length && arg->address <= region->length - length;
}

/**
 * kplug_peer_make() - KPLUG_BUFFER of a region
 * @opener: of the device whose region it is; without any lock
 * @arg: the kernel's copy
 *
 * Return: a descriptor or -errno.
 */
int kplug_peer_make(struct kplug_opener *opener, struct kplug_buffer *arg)
{
	struct kplug_device *dev = opener->dev;
	struct dma_buf *dmabuf;
	int err;

	if (!opener->trusted)
		return -EPERM;
	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->region >= KPLUG_MAX_REGIONS || !valid(&dev->region[arg->region], arg))
		return -EINVAL;
	dmabuf = make_dmabuf(dev, arg);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	arg->out_offset = 0;
	err = publish(dmabuf) ?: dma_buf_fd(dmabuf, O_CLOEXEC);
	if (err < 0)
		dma_buf_put(dmabuf);
	return err;
}
