// SPDX-License-Identifier: GPL-2.0
/* Syncing mappings, so that CPUs and device see the same data. */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/xarray.h>

#include <kplug/chunk.h>
#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "device.h"
#include "dma/mapping.h"
#include "dma/sync.h"

/* Page by page: contiguous bus addresses need not be contiguous in memory. */
static void sync_piece(struct device *dev, const struct kplug_dma_mapping *m, u64 address,
		       u64 length, enum kplug_dma_sync_for sync_for, bool may_sleep)
{
	u64 here;

	for (; length; address += here, length -= here) {
		here = min_t(u64, length, PAGE_SIZE - offset_in_page(address));
		if (sync_for == KPLUG_DMA_SYNC_FOR_CPU)
			dma_sync_single_for_cpu(dev, address, here, m->direction);
		else
			dma_sync_single_for_device(dev, address, here, m->direction);
		if (may_sleep)
			cond_resched();
	}
}

static int sync_mapping(const struct kplug_dma_mapping *m, enum kplug_dma_sync_for sync_for,
			u64 offset, u64 length, bool may_sleep)
{
	struct kplug_dma_chunks c = { .segments = m->segments, .num = m->num };
	const u64 whole = m->starts[m->num];

	if ((sync_for != KPLUG_DMA_SYNC_FOR_CPU && sync_for != KPLUG_DMA_SYNC_FOR_DEVICE) ||
	    offset >= whole || length > whole - offset)
		return -EINVAL;
	if (kplug_dma_mapping_revoked(m))
		return -ENODEV;
	if (!m->synced)
		return 0;
	kplug_dma_chunks_seek_in(&c, m->starts, offset, length ?: whole - offset);
	for (; c.left; c.index++, c.skip = 0) {
		const struct kplug_dma_segment *s = &m->segments[c.index];
		u64 here = min(c.left, s->length - c.skip);

		sync_piece(m->dev->parent, m, s->address + c.skip, here, sync_for, may_sleep);
		c.left -= here;
	}
	return 0;
}

int kplug_dma_mapping_sync(struct kplug_dma_mapping *m, enum kplug_dma_sync_for sync_for,
			   u64 offset, u64 length)
{
	return sync_mapping(m, sync_for, offset, length, false);
}
EXPORT_SYMBOL_GPL(kplug_dma_mapping_sync);

/* KPLUG_DMA_SYNC */
int kplug_dma_sync_user(struct kplug_client *client, const struct kplug_dma_sync *arg)
{
	struct kplug_dma_mapping *m;

	lockdep_assert_held(&client->dev->lock);
	m = xa_load(&client->mappings, arg->id);
	return m ? sync_mapping(m, arg->sync_for, arg->offset, arg->length, true) : -ENOENT;
}
