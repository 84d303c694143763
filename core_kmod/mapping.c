// SPDX-License-Identifier: GPL-2.0
/* Mappings: what a device reaches of a dma-buf, whoever made that. */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "compat.h"
#include "core.h"

struct kplug_mapping {
	struct kref ref;	/* of the segments, for those who copy them */
	atomic_t users;	/* who need it mapped; grows under the array's lock */
	bool exposed;	/* a program knows the addresses; set under the array's lock */
	bool movable;	/* were it not pinned */
	bool revoked;	/* all the same it is gone; under the exporter's lock */
	struct kplug_device *dev;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment;	/* under the device's lock; NULL: was revoked */
	struct sg_table *table;	/* under the exporter's lock; NULL: not mapped */
	enum dma_data_direction direction;
	u32 num;
	struct kplug_segment *segments;
};

/* What the bus of a driverless device is left with, and a new driver expects. */
#define DEFAULT_BITS 32
#define DEFAULT_BOUNDARY (1ull << 32)
#define DEFAULT_MAX_SEGMENT 65536

/* Of a segment, in whole pages. */
#define ANY_LENGTH ALIGN_DOWN(UINT_MAX, PAGE_SIZE)

bool kplug_dma_capable(const struct kplug_device *dev)
{
	return dev->bus->set_master;
}

/**
 * kplug_dma_translated() - whether an IOMMU stands between @dev and memory
 * @dev: the bus device
 *
 * Then the device reaches every page, whatever its address.
 */
bool kplug_dma_translated(struct device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	return domain && domain->type != IOMMU_DOMAIN_IDENTITY;
}

static int set_limits(struct device *parent, unsigned int bits, unsigned int max_segment, u64 boundary)
{
	if (dma_set_mask_and_coherent(parent, DMA_BIT_MASK(bits)))
		return -EOPNOTSUPP;
	/* PCI gives every function the room for these. */
	dma_set_max_seg_size(parent, max_segment);
	dma_set_seg_boundary(parent, boundary - 1);
	return 0;
}

int kplug_dma_set_limits(struct kplug_device *dev, const struct kplug_dma_limits *limits)
{
	u64 boundary = limits->boundary ?: DEFAULT_BOUNDARY;

	lockdep_assert_held(&dev->lock);
	if (limits->flags || !kplug_dma_capable(dev))
		return -EOPNOTSUPP;
	if ((limits->address_bits && (limits->address_bits < PAGE_SHIFT || limits->address_bits > 64)) ||
	    limits->max_segment % PAGE_SIZE || !is_power_of_2(boundary) || boundary < PAGE_SIZE)
		return -EINVAL;
	if (dev->num_mappings)
		return -EBUSY;
	return set_limits(dev->parent, limits->address_bits ?: DEFAULT_BITS,
			  limits->max_segment ?: ANY_LENGTH, boundary);
}
EXPORT_SYMBOL_GPL(kplug_dma_set_limits);

/* So many more or fewer need the device to be a master of the bus. */
static void need_master(struct kplug_device *dev, int change)
{
	lockdep_assert_held(&dev->lock);
	dev->num_mappings += change;
	if (!dev->dead)
		dev->bus->set_master(dev, dev->num_mappings);
}

static void go_on(struct kplug_device *dev)
{
	need_master(dev, 0);
	kplug_transaction_go_on(dev);
}

/* A device is bound; a PC's bridges take no notice of lengths. */
void kplug_dma_init(struct kplug_device *dev)
{
	set_limits(dev->parent, DEFAULT_BITS, ANY_LENGTH, DEFAULT_BOUNDARY);
}

void kplug_dma_exit(struct kplug_device *dev)
{
	set_limits(dev->parent, DEFAULT_BITS, DEFAULT_MAX_SEGMENT, DEFAULT_BOUNDARY);
}

/* Where two segments meet, they are one; @segments may be NULL, to count. */
struct walk {
	struct kplug_segment *segments;
	u32 num;
	u64 end;	/* of the last one */
	u64 length;	/* of it */
	u64 max_segment;
	u64 boundary_mask;
};

static bool goes_on(const struct walk *w, u64 address, u64 length)
{
	return w->num && w->end == address && w->length + length <= w->max_segment &&
	       (address & ~w->boundary_mask) == ((w->end - w->length) & ~w->boundary_mask) &&
	       ((address + length - 1) & ~w->boundary_mask) == (address & ~w->boundary_mask);
}

static void add(struct walk *w, u64 address, u64 length)
{
	if (goes_on(w, address, length)) {
		w->length += length;
	} else {
		w->num++;
		w->length = length;
		if (w->segments)
			w->segments[w->num - 1].address = address;
	}
	w->end = address + length;
	if (w->segments)
		w->segments[w->num - 1].length = w->length;
}

/* @length bytes from @offset on, as the device sees them; the number of segments */
static u32 segments_of(struct device *dev, struct sg_table *table, u64 offset, u64 length,
		       struct kplug_segment *segments)
{
	struct walk w = {
		.segments = segments,
		.max_segment = dma_get_max_seg_size(dev),
		.boundary_mask = dma_get_seg_boundary(dev),
	};
	struct scatterlist *sg;
	int i;

	for_each_sgtable_dma_sg(table, sg, i) {
		u64 here = sg_dma_len(sg), skip = min(offset, here);

		offset -= skip;
		here = min(here - skip, length);
		if (here)
			add(&w, sg_dma_address(sg) + skip, here);
		length -= here;
	}
	return w.num;
}

static int describe(struct kplug_mapping *m, struct device *dev, u64 offset, u64 length)
{
	m->num = segments_of(dev, m->table, offset, length, NULL);
	m->segments = kvmalloc_array(m->num, sizeof(*m->segments), GFP_KERNEL_ACCOUNT);
	if (!m->segments)
		return -ENOMEM;
	segments_of(dev, m->table, offset, length, m->segments);
	return 0;
}

static void release(struct kref *ref)
{
	struct kplug_mapping *m = container_of(ref, struct kplug_mapping, ref);

	kvfree(m->segments);
	kfree(m);
	kplug_object_destroyed(KPLUG_OBJECT_MAPPING);
}

static void put(struct kplug_mapping *m)
{
	kref_put(&m->ref, release);
}

/*
 * The exporter takes it away, and holds its lock, which is taken inside of ours:
 * nothing but the device is stopped now, and the rest is for revoke_all(). Before
 * it is pinned it moves as it likes.
 */
static void move_notify(struct dma_buf_attachment *attachment)
{
	struct kplug_mapping *m = attachment->importer_priv;

	if (!m->table || m->revoked)
		return;
	WRITE_ONCE(m->revoked, true);
	atomic_inc(&m->dev->num_revoked);
	m->dev->bus->quiesce(m->dev);
	queue_work(system_long_wq, &m->dev->revocation);
}

static const struct dma_buf_attach_ops importer_ops = {
	.allow_peer2peer = true,
	.move_notify = move_notify,
};

/* Is it us who map it, and so let go of it when we are told? */
bool kplug_mapping_imports(const struct dma_buf_attachment *attachment)
{
	return attachment->importer_ops == &importer_ops;
}

bool kplug_mapping_revoked(const struct kplug_mapping *m)
{
	return READ_ONCE(m->revoked);
}

/* What cannot move would be mapped for both directions, were it attached as if it could. */
static int attach(struct kplug_mapping *m)
{
	struct device *parent = m->dev->parent;

	m->movable = m->dmabuf->ops->pin;
	m->attachment = m->movable ? dma_buf_dynamic_attach(m->dmabuf, parent, &importer_ops, m) :
				     dma_buf_attach(m->dmabuf, parent);
	return PTR_ERR_OR_ZERO(m->attachment);
}

static int map_attachment(struct kplug_mapping *m)
{
	int err = m->movable ? dma_buf_pin(m->attachment) : 0;
	struct sg_table *table;

	if (err)
		return err;
	table = dma_buf_map_attachment(m->attachment, m->direction);
	if (IS_ERR(table)) {
		if (m->movable)
			dma_buf_unpin(m->attachment);
		return PTR_ERR(table);
	}
	m->table = table;
	return 0;
}

static void unmap_attachment(struct kplug_mapping *m)
{
	dma_buf_unmap_attachment(m->attachment, m->table, m->direction);
	if (m->movable)
		dma_buf_unpin(m->attachment);
	m->table = NULL;
}

static void detach(struct kplug_mapping *m)
{
	dma_resv_lock(m->dmabuf->resv, NULL);
	unmap_attachment(m);
	dma_resv_unlock(m->dmabuf->resv);
	dma_buf_detach(m->dmabuf, m->attachment);
	m->attachment = NULL;
	if (m->revoked)
		atomic_dec(&m->dev->num_revoked);
}

static int attach_and_map(struct kplug_mapping *m)
{
	int err = attach(m);

	if (err)
		return err;
	dma_resv_lock(m->dmabuf->resv, NULL);
	err = map_attachment(m);
	dma_resv_unlock(m->dmabuf->resv);
	if (err) {
		dma_buf_detach(m->dmabuf, m->attachment);
		return err;
	}
	/* A graphics card may still be moving it to where it is pinned. */
	if (dma_resv_wait_timeout(m->dmabuf->resv, DMA_RESV_USAGE_KERNEL, true,
				  MAX_SCHEDULE_TIMEOUT) < 0) {
		detach(m);
		return -EINTR;
	}
	return 0;
}

static void unmap(struct kplug_mapping *m)
{
	if (m->attachment)
		detach(m);
	dma_buf_put(m->dmabuf);
	put(m);
}

/* Takes over the reference to @dmabuf. */
static struct kplug_mapping *map(struct kplug_device *dev, struct dma_buf *dmabuf,
				 enum dma_data_direction direction)
{
	struct kplug_mapping *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!m)
		goto err_put;
	m->dev = dev;
	m->dmabuf = dmabuf;
	m->direction = direction;
	err = attach_and_map(m);
	if (err)
		goto err_free;
	kref_init(&m->ref);
	atomic_set(&m->users, 0);
	kplug_object_created(KPLUG_OBJECT_MAPPING);
	return m;

err_free:
	kfree(m);
err_put:
	dma_buf_put(dmabuf);
	return ERR_PTR(err);
}

static const enum dma_data_direction directions[] = {
	[KPLUG_DMA_BOTH] = DMA_BIDIRECTIONAL,
	[KPLUG_DMA_TO_DEVICE] = DMA_TO_DEVICE,
	[KPLUG_DMA_FROM_DEVICE] = DMA_FROM_DEVICE,
};

/*
 * Others' exporters let the DMA API find out that the device does not reach a
 * page, which then thinks that a driver is broken.
 */
static bool reachable(struct device *parent, const struct dma_buf *dmabuf)
{
	return kplug_buffer_is(dmabuf) || kplug_peer_is(dmabuf) || kplug_dma_translated(parent) ||
	       !dma_addressing_limited(parent);
}

static struct dma_buf *get(struct device *parent, struct kplug_map *arg)
{
	struct dma_buf *dmabuf = dma_buf_get(arg->fd);
	int err = 0;

	if (IS_ERR(dmabuf))
		return ERR_PTR(-EINVAL);
	if (arg->offset >= dmabuf->size || arg->length > dmabuf->size - arg->offset)
		err = -EINVAL;
	else if (!reachable(parent, dmabuf))
		err = -EOPNOTSUPP;
	if (err) {
		dma_buf_put(dmabuf);
		return ERR_PTR(err);
	}
	arg->length = arg->length ?: dmabuf->size - arg->offset;
	return dmabuf;
}

static int publish(struct kplug_opener *opener, struct kplug_mapping *m, struct kplug_map *arg)
{
	int err = describe(m, opener->dev->parent, arg->offset, arg->length);

	if (!err)
		err = xa_alloc(&opener->mappings, &arg->out_id, m, XA_LIMIT(1, KPLUG_MAX_MAPPINGS),
			       GFP_KERNEL_ACCOUNT);
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	arg->out_segments = m->num;
	need_master(opener->dev, 1);
	return 0;
}

/* KPLUG_MAP. The lock keeps the device bound while it is mapped. */
int kplug_mapping_make(struct kplug_opener *opener, struct kplug_map *arg)
{
	struct device *parent = opener->dev->parent;
	u64 length = arg->length;
	struct dma_buf *dmabuf;
	struct kplug_mapping *m;
	int err;

	lockdep_assert_held(&opener->dev->lock);
	if (arg->flags || !kplug_dma_capable(opener->dev))
		return -EOPNOTSUPP;
	if (arg->direction >= ARRAY_SIZE(directions))
		return -EINVAL;
	dmabuf = get(parent, arg);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	err = kplug_session_asks_map(opener, arg->length, arg->direction);
	if (err) {
		dma_buf_put(dmabuf);
		return err;
	}
	m = map(opener->dev, dmabuf, directions[arg->direction]);
	if (IS_ERR(m))
		return PTR_ERR(m);
	err = publish(opener, m, arg);
	if (err)
		unmap(m);
	arg->length = length;
	return err;
}

/* KPLUG_UNMAP. The program says that the device has finished with it. */
int kplug_mapping_unmap(struct kplug_opener *opener, u32 id)
{
	struct kplug_mapping *m;
	bool revoked;
	int err = 0;

	lockdep_assert_held(&opener->dev->lock);
	xa_lock(&opener->mappings);
	m = xa_load(&opener->mappings, id);
	if (!m)
		err = -ENOENT;
	else if (atomic_read(&m->users))
		err = -EBUSY;
	else
		__xa_erase(&opener->mappings, id);
	xa_unlock(&opener->mappings);
	if (err)
		return err;
	need_master(opener->dev, -1);
	revoked = kplug_mapping_revoked(m);
	unmap(m);
	/* It may have kept the device off the bus. */
	if (revoked)
		go_on(opener->dev);
	return 0;
}

static bool any_exposed(struct kplug_opener *opener)
{
	struct kplug_mapping *m;
	unsigned long id;

	xa_for_each(&opener->mappings, id, m)
		if (READ_ONCE(m->exposed))
			return true;
	return false;
}

/*
 * An opener ends, or the device. Its transactions have ended, but what a program
 * has the device do by itself, nobody knows.
 */
void kplug_mapping_forget(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;
	struct kplug_mapping *m;
	unsigned long id;

	lockdep_assert_held(&dev->lock);
	if (xa_empty(&opener->mappings))
		return;
	if (any_exposed(opener))
		dev->bus->quiesce(dev);
	xa_for_each(&opener->mappings, id, m) {
		xa_erase(&opener->mappings, id);
		unmap(m);
		dev->num_mappings--;
	}
	go_on(dev);
}

/* Nobody but @transactions, which have ended, has told the device where it is, or will. */
static bool unused(struct kplug_opener *opener, struct kplug_mapping *m, int transactions)
{
	bool ret;

	/* Whoever is about to use it has not seen that it is revoked, and has the lock. */
	xa_lock(&opener->mappings);
	ret = !m->exposed && atomic_read(&m->users) == transactions;
	xa_unlock(&opener->mappings);
	return ret;
}

/* If the plugin or the program has to let go first, the device stays off the bus until then. */
static void revoke(struct kplug_opener *opener, struct kplug_mapping *m)
{
	int transactions = kplug_transaction_revoke(opener, m);

	if (unused(opener, m, transactions))
		detach(m);
}

static void revoke_each(struct kplug_opener *opener)
{
	struct kplug_mapping *m;
	unsigned long id;

	xa_for_each(&opener->mappings, id, m)
		if (kplug_mapping_revoked(m) && m->attachment)
			revoke(opener, m);
}

static void revoke_all(struct work_struct *work)
{
	struct kplug_device *dev = container_of(work, struct kplug_device, revocation);
	struct kplug_opener *opener;

	mutex_lock(&dev->lock);
	if (!dev->dead) {
		kplug_transaction_stop_running(dev);
		list_for_each_entry(opener, &dev->openers, node)
			revoke_each(opener);
		go_on(dev);
	}
	mutex_unlock(&dev->lock);
}

void kplug_mapping_init(struct kplug_device *dev)
{
	INIT_WORK(&dev->revocation, revoke_all);
}

/* No mapping is left. Without the lock, which the work takes. */
void kplug_mapping_exit(struct kplug_device *dev)
{
	cancel_work_sync(&dev->revocation);
}

/* KPLUG_SEGMENTS. Without the lock: it writes to the program's memory. */
int kplug_mapping_segments_user(struct kplug_opener *opener, const struct kplug_segments *arg)
{
	struct kplug_mapping *m;
	int err = 0;

	xa_lock(&opener->mappings);
	m = xa_load(&opener->mappings, arg->id);
	if (m && kplug_mapping_revoked(m)) {
		xa_unlock(&opener->mappings);
		return -ENODEV;
	}
	if (m) {
		kref_get(&m->ref);
		WRITE_ONCE(m->exposed, true);
	}
	xa_unlock(&opener->mappings);
	if (!m)
		return kplug_device_dead(opener->dev) ? -ENODEV : -ENOENT;
	if (!arg->num_segments || arg->first > m->num || arg->num_segments > m->num - arg->first)
		err = -EINVAL;
	else if (copy_to_user(u64_to_user_ptr(arg->segments), m->segments + arg->first,
			      arg->num_segments * sizeof(*m->segments)))
		err = -EFAULT;
	put(m);
	return err;
}

/* Page by page: what follows on the bus need not follow in memory. */
static void sync_piece(struct device *dev, const struct kplug_mapping *m, u64 address, u64 length,
		       enum kplug_sync_for sync_for)
{
	u64 here;

	for (; length; address += here, length -= here) {
		here = min_t(u64, length, PAGE_SIZE - offset_in_page(address));
		if (sync_for == KPLUG_SYNC_FOR_CPU)
			dma_sync_single_for_cpu(dev, address, here, m->direction);
		else
			dma_sync_single_for_device(dev, address, here, m->direction);
	}
}

static u64 length_of(const struct kplug_mapping *m)
{
	u64 length = 0;
	u32 i;

	for (i = 0; i < m->num; i++)
		length += m->segments[i].length;
	return length;
}

int kplug_mapping_sync(struct kplug_mapping *m, enum kplug_sync_for sync_for, u64 offset, u64 length)
{
	u64 whole = length_of(m);
	u32 i;

	if ((sync_for != KPLUG_SYNC_FOR_CPU && sync_for != KPLUG_SYNC_FOR_DEVICE) ||
	    offset >= whole || length > whole - offset)
		return -EINVAL;
	if (kplug_mapping_revoked(m))
		return -ENODEV;
	/* No processor has a device's memory in its caches. */
	if (kplug_peer_is(m->dmabuf) || !dma_need_sync(m->dev->parent, m->segments[0].address))
		return 0;
	length = length ?: whole - offset;
	for (i = 0; length; i++) {
		u64 skip = min_t(u64, offset, m->segments[i].length);
		u64 here = min_t(u64, length, m->segments[i].length - skip);

		sync_piece(m->dev->parent, m, m->segments[i].address + skip, here, sync_for);
		offset -= skip;
		length -= here;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(kplug_mapping_sync);

/* KPLUG_SYNC */
int kplug_mapping_sync_user(struct kplug_opener *opener, const struct kplug_sync *arg)
{
	struct kplug_mapping *m;

	lockdep_assert_held(&opener->dev->lock);
	if (arg->__reserved)
		return -EOPNOTSUPP;
	m = xa_load(&opener->mappings, arg->id);
	return m ? kplug_mapping_sync(m, arg->sync_for, arg->offset, arg->length) : -ENOENT;
}

struct kplug_mapping *kplug_mapping_get(struct kplug_opener *opener, u32 id)
{
	struct kplug_mapping *m;

	xa_lock(&opener->mappings);
	m = xa_load(&opener->mappings, id);
	if (m && kplug_mapping_revoked(m))
		m = NULL;
	if (m) {
		kref_get(&m->ref);
		atomic_inc(&m->users);
	}
	xa_unlock(&opener->mappings);
	return m;
}
EXPORT_SYMBOL_GPL(kplug_mapping_get);

void kplug_mapping_put(struct kplug_mapping *m)
{
	atomic_dec(&m->users);
	if (unlikely(kplug_mapping_revoked(m)))
		queue_work(system_long_wq, &m->dev->revocation);
	put(m);
}
EXPORT_SYMBOL_GPL(kplug_mapping_put);

const struct kplug_segment *kplug_mapping_segments(const struct kplug_mapping *m, u32 *num,
						   enum kplug_dma_direction *direction)
{
	*num = m->num;
	*direction = m->direction == DMA_TO_DEVICE ? KPLUG_DMA_TO_DEVICE :
		     m->direction == DMA_FROM_DEVICE ? KPLUG_DMA_FROM_DEVICE : KPLUG_DMA_BOTH;
	return m->segments;
}
EXPORT_SYMBOL_GPL(kplug_mapping_segments);

void *kplug_dma_alloc(struct kplug_device *dev, size_t length, dma_addr_t *address)
{
	void *memory;

	lockdep_assert_held(&dev->lock);
	if (!kplug_dma_capable(dev))
		return NULL;
	memory = dma_alloc_coherent(dev->parent, length, address, GFP_KERNEL);
	if (memory)
		need_master(dev, 1);
	return memory;
}
EXPORT_SYMBOL_GPL(kplug_dma_alloc);

void kplug_dma_free(struct kplug_device *dev, size_t length, void *memory, dma_addr_t address)
{
	lockdep_assert_held(&dev->lock);
	if (!memory)
		return;
	need_master(dev, -1);
	dma_free_coherent(dev->parent, length, memory, address);
}
EXPORT_SYMBOL_GPL(kplug_dma_free);
