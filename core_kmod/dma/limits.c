// SPDX-License-Identifier: GPL-2.0
/* The limits of a device's DMA: addresses, lengths and boundaries. */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/xarray.h>

#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "device.h"
#include "dma/limits.h"
#include "dma/mapping.h"
#include "dma/master.h"
#include "dma/quarantine.h"

/* The defaults of the DMA API, which the next driver expects. */
#define DEFAULT_BITS        32
#define DEFAULT_BOUNDARY    (1ull << 32)
#define DEFAULT_MAX_SEGMENT 65536

/* The longest segment, in whole pages. */
#define ANY_LENGTH ALIGN_DOWN(UINT_MAX, PAGE_SIZE)

static int set_limits(struct device *parent, unsigned int bits, unsigned int max_segment,
		      u64 boundary)
{
	if (dma_set_mask_and_coherent(parent, DMA_BIT_MASK(bits)))
		return -EOPNOTSUPP;
	/* The PCI core allocates the parameters for every function. */
	dma_set_max_seg_size(parent, max_segment);
	dma_set_seg_boundary(parent, boundary - 1);
	return 0;
}

static bool is_narrower(struct device *parent, unsigned int bits, unsigned int max_segment,
			u64 boundary)
{
	return DMA_BIT_MASK(bits) < dma_get_mask(parent) ||
	       max_segment < dma_get_max_seg_size(parent) ||
	       boundary - 1 < dma_get_seg_boundary(parent);
}

/*
 * A plugin is attached to a device that programs use without it. Their mappings stay, but may be
 * out of reach of the plugin's engine.
 */
static void outdate_mappings(struct kplug_device *dev)
{
	struct kplug_client *client;
	struct kplug_dma_mapping *m;
	unsigned long id;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		xa_for_each(&client->mappings, id, m) {
			WRITE_ONCE(m->outdated, true);
			cond_resched();
		}
}

int kplug_dma_set_limits(struct kplug_device *dev, const struct kplug_dma_limits *limits)
{
	unsigned int bits = limits->address_bits ?: DEFAULT_BITS;
	unsigned int max_segment = limits->max_segment ?: ANY_LENGTH;
	u64 boundary = limits->boundary ?: DEFAULT_BOUNDARY;
	bool narrower;
	int err;

	lockdep_assert_held(&dev->lock);
	if (limits->flags || !kplug_dma_capable(dev))
		return -EOPNOTSUPP;
	if (bits < PAGE_SHIFT || bits > 64 || limits->max_segment % PAGE_SIZE ||
	    !is_power_of_2(boundary) || boundary < PAGE_SIZE)
		return -EINVAL;
	if (!list_empty(&dev->memory))
		return -EBUSY;
	narrower = is_narrower(dev->parent, bits, max_segment, boundary);
	err = set_limits(dev->parent, bits, max_segment, boundary);
	if (!err && narrower)
		outdate_mappings(dev);
	return err;
}
EXPORT_SYMBOL_GPL(kplug_dma_set_limits);

/* A device is bound. The bridges of a PC have no limit on lengths. */
void kplug_dma_limits_init(struct kplug_device *dev)
{
	set_limits(dev->parent, DEFAULT_BITS, ANY_LENGTH, DEFAULT_BOUNDARY);
}

void kplug_dma_limits_exit(struct kplug_device *dev)
{
	kplug_dma_quarantine_exit(dev);
	set_limits(dev->parent, DEFAULT_BITS, DEFAULT_MAX_SEGMENT, DEFAULT_BOUNDARY);
}
