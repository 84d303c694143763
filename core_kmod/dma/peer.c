// SPDX-License-Identifier: GPL-2.0
/* Memory of a device as a buffer, which other devices access directly (peer to peer). */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-direction.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "access/map.h"
#include "access/mmap.h"
#include "access/region.h"
#include "client/client.h"
#include "client/lockdown.h"
#include "compat.h"
#include "device.h"
#include "dma/buffer.h"
#include "dma/importer.h"
#include "dma/peer.h"
#include "dma/reach.h"
#include "dma/route.h"
#include "object.h"

struct peer {
	struct kplug_device *dev;
	struct list_head node; /* in kplug_device.peers */
	struct dma_buf *dmabuf;
	unsigned int region;
	u64 offset;
	u64 length;
	u32 client_id; /* the client that made it */
	bool revoked; /* that client has lost its trust; under the dma-buf's lock */
	struct page *dead_page; /* shown in maps once the device is gone */
};

struct attachment {
	struct sg_table table;
	dma_addr_t address;
	bool translated;
};

static bool is_peer_gone(const struct peer *peer)
{
	return kplug_device_dead(peer->dev) || READ_ONCE(peer->revoked);
}

static u64 bus_address(const struct peer *peer)
{
	return pci_bus_address(to_pci_dev(peer->dev->parent), peer->region) + peer->offset;
}

static phys_addr_t address(const struct peer *peer)
{
	return peer->dev->region[peer->region].start + peer->offset;
}

/* Only for kplug as importer: others may not release the buffer in time. */
static bool serves(const struct peer *peer, const struct dma_buf_attachment *attach)
{
	return kplug_dma_importer_is(attach) && attach->dev != peer->dev->parent &&
	       kplug_dma_route_exists(to_pci_dev(attach->dev), to_pci_dev(peer->dev->parent));
}

static int peer_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct peer *peer = dmabuf->priv;
	struct attachment *a;

	if (is_peer_gone(peer))
		return -ENODEV;
	if (!serves(peer, attach))
		return -EOPNOTSUPP;
	a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);
	if (!a)
		return -ENOMEM;
	a->translated = kplug_dma_reach_translated(attach->dev);
	if (!a->translated && bus_address(peer) + peer->length - 1 > dma_get_mask(attach->dev)) {
		kfree(a);
		return -EOPNOTSUPP;
	}
	attach->priv = a;
	return 0;
}

static void peer_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	kfree(attach->priv);
}

/* Called with the lock that kplug_dma_peer_revoke() takes, like peer_map(). */
static int peer_pin(struct dma_buf_attachment *attach)
{
	const struct peer *peer = attach->dmabuf->priv;

	return is_peer_gone(peer) ? -ENODEV : 0;
}

static void peer_unpin(struct dma_buf_attachment *attach)
{
}

/* The memory has no struct page. */
static int describe_peer(struct attachment *a, struct device *dev, u64 length)
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

static struct sg_table *peer_map(struct dma_buf_attachment *attach,
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
	err = describe_peer(a, attach->dev, peer->length);
	if (!err)
		return &a->table;
	if (a->translated)
		dma_unmap_resource(attach->dev, a->address, peer->length, direction,
				   DMA_ATTR_SKIP_CPU_SYNC);
	return ERR_PTR(err);
}

static void peer_unmap(struct dma_buf_attachment *attach, struct sg_table *table,
		       enum dma_data_direction direction)
{
	struct peer *peer = attach->dmabuf->priv;
	struct attachment *a = attach->priv;

	if (a->translated)
		dma_unmap_resource(attach->dev, a->address, peer->length, direction,
				   DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(table);
}

static vm_fault_t fault_dead_peer(const struct peer *peer, struct vm_fault *vmf)
{
	return vmf_insert_pfn_prot(vmf->vma, vmf->address, page_to_pfn(peer->dead_page),
				   vm_get_page_prot(vmf->vma->vm_flags));
}

/* Removal waits for all faults that saw the device alive, and then zaps all maps. */
static vm_fault_t fault_peer(struct vm_fault *vmf)
{
	const struct peer *peer = vmf->vma->vm_private_data;
	int idx = kplug_device_enter(peer->dev);
	vm_fault_t ret = is_peer_gone(peer) ? fault_dead_peer(peer, vmf) :
					      kplug_map_fault(peer->dev, NULL, vmf);

	kplug_device_leave(peer->dev, idx);
	return ret;
}

#ifdef KPLUG_COMPAT_HUGE_MAPS
static vm_fault_t huge_fault(struct vm_fault *vmf, unsigned int order)
{
	const struct peer *peer = vmf->vma->vm_private_data;
	int idx = kplug_device_enter(peer->dev);
	vm_fault_t ret = is_peer_gone(peer) ? VM_FAULT_FALLBACK :
					      kplug_map_huge_fault(peer->dev, NULL, vmf, order);

	kplug_device_leave(peer->dev, idx);
	return ret;
}
#endif

static int vm_access(struct vm_area_struct *vma, unsigned long address, void *buf, int length,
		     int write)
{
	const struct peer *peer = vma->vm_private_data;
	int idx = kplug_device_enter(peer->dev);
	int ret = READ_ONCE(peer->revoked) ?
			  -EACCES :
			  kplug_map_peek(peer->dev, NULL, vma, address, buf, length, write);

	kplug_device_leave(peer->dev, idx);
	return ret;
}

static const struct vm_operations_struct vm_ops = {
	.fault = fault_peer,
#ifdef KPLUG_COMPAT_HUGE_MAPS
	.huge_fault = huge_fault,
#endif
	.access = vm_access,
};

static int peer_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct peer *peer = dmabuf->priv;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* The offset at which kplug_map_zap() finds the map. */
	vma->vm_pgoff += (((u64)peer->region << KPLUG_MMAP_SHIFT) + peer->offset) >> PAGE_SHIFT;
	vma->vm_page_prot = peer->dev->region[peer->region].flags & KPLUG_REGION_WC ?
				    pgprot_writecombine(vma->vm_page_prot) :
				    pgprot_noncached(vma->vm_page_prot);
	vm_flags_set(vma, KPLUG_MAP_VM_FLAGS);
	vma->vm_ops = &vm_ops;
	vma->vm_private_data = peer;
	return 0;
}

static void peer_release(struct dma_buf *dmabuf)
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
	.attach = peer_attach,
	.detach = peer_detach,
	.pin = peer_pin,
	.unpin = peer_unpin,
	.map_dma_buf = peer_map,
	.unmap_dma_buf = peer_unmap,
	.mmap = peer_mmap,
	.release = peer_release,
};

bool kplug_dma_peer_is(const struct dma_buf *dmabuf)
{
	return dmabuf->ops == &dmabuf_ops;
}

/**
 * kplug_dma_peer_revoke() - withdraw the memory of a device from other devices
 * @dev: the dead device, with its lock
 *
 * On return no other device's DMA reaches the memory. kplug_map_zap() handles maps.
 */
void kplug_dma_peer_revoke(struct kplug_device *dev)
{
	struct peer *peer;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(peer, &dev->peers, node) {
		dma_resv_lock(peer->dmabuf->resv, NULL);
		kplug_compat_dma_buf_invalidate(peer->dmabuf);
		dma_resv_unlock(peer->dmabuf->resv);
	}
}

/**
 * kplug_dma_peer_revoke_client() - withdraw the buffers of regions that a client made
 * @client: a client that has lost its trust; with the device's lock
 *
 * kplug_map_zap_peers() handles maps, after page faults that saw the buffers.
 */
void kplug_dma_peer_revoke_client(struct kplug_client *client)
{
	struct peer *peer;

	lockdep_assert_held(&client->dev->lock);
	list_for_each_entry(peer, &client->dev->peers, node) {
		if (peer->client_id != client->id || peer->revoked)
			continue;
		dma_resv_lock(peer->dmabuf->resv, NULL);
		WRITE_ONCE(peer->revoked, true);
		kplug_compat_dma_buf_invalidate(peer->dmabuf);
		dma_resv_unlock(peer->dmabuf->resv);
	}
}

static struct peer *make_peer(struct kplug_device *dev, const struct kplug_dma_buffer_make *arg)
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

/* On success the dma-buf owns the peer and its use of the region. */
static struct dma_buf *export_peer(struct peer *peer)
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
	/* All maps of the region share one address_space. */
	peer->dmabuf->file->f_mapping = peer->dev->inode->i_mapping;
	return peer->dmabuf;
}

static struct dma_buf *make_dmabuf(struct kplug_device *dev,
				   const struct kplug_dma_buffer_make *arg)
{
	struct kplug_region *region = &dev->region[arg->region];
	struct dma_buf *dmabuf;
	struct peer *peer;

	/* From here on its caching cannot change. */
	if (!atomic_inc_unless_negative(&region->maps))
		return ERR_PTR(-EBUSY);
	peer = make_peer(dev, arg);
	dmabuf = peer ? export_peer(peer) : ERR_PTR(-ENOMEM);
	if (!IS_ERR(dmabuf))
		return dmabuf;
	if (peer)
		__free_page(peer->dead_page);
	kfree(peer);
	atomic_dec(&region->maps);
	return dmabuf;
}

/* Makes it visible to removal and to the end of trust, unless these have happened. */
static int publish_peer(struct kplug_client *client, struct dma_buf *dmabuf)
{
	struct peer *peer = dmabuf->priv;
	int err = kplug_client_lock(client);

	if (err)
		return err;
	if (client->privileged) {
		peer->client_id = client->id;
		client->has_peers = true;
		list_add(&peer->node, &client->dev->peers);
	} else {
		err = -EPERM;
	}
	mutex_unlock(&client->dev->lock);
	return err;
}

static bool is_valid_part(const struct kplug_region *region,
			  const struct kplug_dma_buffer_make *arg)
{
	u64 length = PAGE_ALIGN(arg->length);

	return region->flags & KPLUG_REGION_MMAP && !(arg->address % PAGE_SIZE) && length &&
	       length <= region->length && arg->address <= region->length - length;
}

/**
 * kplug_dma_peer_make() - KPLUG_DMA_BUFFER of a region
 * @client: a client of the device that has the region; without any lock
 * @arg: the kernel's copy
 *
 * Return: a descriptor or -errno.
 */
int kplug_dma_peer_make(struct kplug_client *client, struct kplug_dma_buffer_make *arg)
{
	struct kplug_device *dev = client->dev;
	struct dma_buf *dmabuf;
	int err;

	if (!READ_ONCE(client->privileged))
		return -EPERM;
	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->region >= KPLUG_MAX_REGIONS ||
	    !is_valid_part(kplug_region_at(dev, arg->region), arg))
		return -EINVAL;
	if (!kplug_region_maps(&dev->region[arg->region], arg->address, PAGE_ALIGN(arg->length)))
		return -EPERM;
	err = kplug_lockdown(dev->bus);
	if (err)
		return err;
	dmabuf = make_dmabuf(dev, arg);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	arg->out_offset = 0;
	err = publish_peer(client, dmabuf) ?: dma_buf_fd(dmabuf, O_CLOEXEC);
	if (err < 0)
		dma_buf_put(dmabuf);
	return err;
}
