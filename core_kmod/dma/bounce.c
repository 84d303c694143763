// SPDX-License-Identifier: GPL-2.0
/* Bounce buffers (swiotlb) for memory that a device cannot reach, and each client's share. */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/dma-mapping.h>
#include <linux/kref.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"
#include "dma/bounce.h"

/*
 * All drivers of the machine share the memory for bounce buffers, and fail without it. Half of it
 * is always left to other drivers, and half of the rest to trusted clients.
 */
#define ALL(size)             ((size) / 2)
#define RESTRICTED(size)      ((size) / 4)
#define OF_A_CLIENT(size)     ((size) / 4)
#define OF_A_RESTRICTED(size) ((size) / 8)

/* The bounce buffers of a client, which may be gone while its memory is in quarantine. */
struct kplug_bounce {
	struct kref ref;
	bool trusted; /* under the device's lock */
	atomic64_t bytes;
};

static atomic64_t bytes_of_all, bytes_of_restricted;

/* For a new client, which counts as restricted at first. */
struct kplug_bounce *kplug_dma_bounce_new(void)
{
	struct kplug_bounce *bounce = kzalloc(sizeof(*bounce), GFP_KERNEL_ACCOUNT);

	if (!bounce)
		return NULL;
	kref_init(&bounce->ref);
	return bounce;
}

/* The trust of the client has changed. With the device's lock, like all accounting. */
void kplug_dma_bounce_trust(struct kplug_bounce *bounce, bool trusted)
{
	s64 bytes = atomic64_read(&bounce->bytes);

	if (bounce->trusted == trusted)
		return;
	bounce->trusted = trusted;
	atomic64_add(trusted ? -bytes : bytes, &bytes_of_restricted);
}

static void release_bounce(struct kref *ref)
{
	kfree(container_of(ref, struct kplug_bounce, ref));
}

void kplug_dma_bounce_put(struct kplug_bounce *bounce)
{
	if (bounce)
		kref_put(&bounce->ref, release_bounce);
}

struct kplug_bounce *kplug_dma_bounce_get(struct kplug_bounce *bounce)
{
	kref_get(&bounce->ref);
	return bounce;
}

u64 kplug_dma_bounce_bytes(const struct kplug_bounce *bounce)
{
	return atomic64_read(&bounce->bytes);
}

static bool add_bytes(atomic64_t *used, u64 bytes, u64 max)
{
	s64 old = atomic64_read(used);

	do {
		if (bytes > max || old > max - bytes)
			return false;
	} while (!atomic64_try_cmpxchg(used, &old, old + bytes));
	return true;
}

/**
 * kplug_dma_bounce_charge() - charge bytes of bounce buffers
 * @bounce: of the client, or NULL for an importer other than kplug
 * @dev: the bus device
 * @bytes: number of bytes
 *
 * Return: 0; or -ENOSPC, and nothing has changed.
 */
int kplug_dma_bounce_charge(struct kplug_bounce *bounce, struct device *dev, u64 bytes)
{
	u64 size = kplug_compat_bounce_size(dev);

	if (!add_bytes(&bytes_of_all, bytes, ALL(size)))
		return -ENOSPC;
	if (!bounce)
		return 0;
	if (!add_bytes(&bounce->bytes, bytes,
		       bounce->trusted ? OF_A_CLIENT(size) : OF_A_RESTRICTED(size)))
		goto err_all;
	if (!bounce->trusted && !add_bytes(&bytes_of_restricted, bytes, RESTRICTED(size)))
		goto err_client;
	return 0;

err_client:
	atomic64_sub(bytes, &bounce->bytes);
err_all:
	atomic64_sub(bytes, &bytes_of_all);
	return -ENOSPC;
}

void kplug_dma_bounce_uncharge(struct kplug_bounce *bounce, u64 bytes)
{
	if (bounce && !bounce->trusted)
		atomic64_sub(bytes, &bytes_of_restricted);
	if (bounce)
		atomic64_sub(bytes, &bounce->bytes);
	atomic64_sub(bytes, &bytes_of_all);
}

/**
 * kplug_dma_bounce_possible() - check whether a device may get bounce buffers
 * @dev: the bus device
 */
bool kplug_dma_bounce_possible(struct device *dev)
{
	return dma_max_mapping_size(dev) != SIZE_MAX;
}

/* A piece that needs no sync has no bounce buffer. */
static u64 copied(struct device *dev, const struct scatterlist *sg)
{
	return dma_need_sync(dev, sg_dma_address(sg)) ? sg_dma_len(sg) : 0;
}

static void unmap_piece(struct device *dev, struct scatterlist *sg,
			enum dma_data_direction direction)
{
	dma_unmap_page_attrs(dev, sg_dma_address(sg), sg_dma_len(sg), direction,
			     DMA_ATTR_SKIP_CPU_SYNC);
}

static int map_piece(struct kplug_bounce *bounce, struct device *dev, struct scatterlist *sg,
		     enum dma_data_direction direction)
{
	/* A client may request more than there is, which need not appear in the log. */
	dma_addr_t address = dma_map_page_attrs(dev, sg_page(sg), sg->offset, sg->length, direction,
						DMA_ATTR_SKIP_CPU_SYNC | DMA_ATTR_NO_WARN);
	int err;

	if (dma_mapping_error(dev, address))
		return -ENOMEM;
	sg_dma_address(sg) = address;
	sg_dma_len(sg) = sg->length;
	err = kplug_dma_bounce_charge(bounce, dev, copied(dev, sg));
	if (err)
		unmap_piece(dev, sg, direction);
	return err;
}

static void unmap_copies(struct device *dev, struct sg_table *table, unsigned int num,
			 enum dma_data_direction direction)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(table->sgl, sg, num, i) {
		unmap_piece(dev, sg, direction);
		cond_resched();
	}
}

/**
 * kplug_dma_bounce_map() - dma_map_sgtable(), piece by piece, within a client's share
 * @bounce: of the client, or NULL for an importer other than kplug
 * @dev: the bus device, for which kplug_dma_bounce_possible()
 * @table: no piece is longer than dma_max_mapping_size()
 * @direction: of the transfers
 * @bytes: filled with the number of bytes charged
 *
 * At no time does it use more than one piece beyond the share. It does not do the first sync.
 *
 * Return: 0; -ENOSPC when the share is used up; -ENOMEM when the machine has no more.
 */
int kplug_dma_bounce_map(struct kplug_bounce *bounce, struct device *dev, struct sg_table *table,
			 enum dma_data_direction direction, u64 *bytes)
{
	struct scatterlist *sg;
	int i, err;

	*bytes = 0;
	for_each_sgtable_sg(table, sg, i) {
		err = map_piece(bounce, dev, sg, direction);
		if (err) {
			unmap_copies(dev, table, i, direction);
			kplug_dma_bounce_uncharge(bounce, *bytes);
			return err;
		}
		*bytes += copied(dev, sg);
		cond_resched();
	}
	table->nents = table->orig_nents;
	return 0;
}

/**
 * kplug_dma_bounce_unmap() - undo the mapping, without a sync
 * @bounce: as for the mapping, like all other arguments
 * @dev: the bus device
 * @table: the pieces
 * @direction: of the transfers
 * @bytes: the number of bytes charged. It cannot be computed again, because the limits of the
 *	device may have changed
 */
void kplug_dma_bounce_unmap(struct kplug_bounce *bounce, struct device *dev, struct sg_table *table,
			    enum dma_data_direction direction, u64 bytes)
{
	unmap_copies(dev, table, table->orig_nents, direction);
	kplug_dma_bounce_uncharge(bounce, bytes);
}

void kplug_dma_bounce_sync_for_cpu(struct device *dev, struct sg_table *table,
				   enum dma_data_direction direction)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_dma_sg(table, sg, i)
		dma_sync_single_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), direction);
}

void kplug_dma_bounce_sync_for_device(struct device *dev, struct sg_table *table,
				      enum dma_data_direction direction)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_dma_sg(table, sg, i)
		dma_sync_single_for_device(dev, sg_dma_address(sg), sg_dma_len(sg), direction);
}
