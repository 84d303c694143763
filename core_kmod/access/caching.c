// SPDX-License-Identifier: GPL-2.0
/* The caching of a region's registers: uncached or write-combined. */
#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/srcu.h>

#include <kplug/plugin.h>

#include "access/region.h"
#include "device.h"

static void __iomem *map_as(const struct kplug_region *region, bool combine)
{
	return combine ? ioremap_wc(region->start, region->length) :
			 ioremap(region->start, region->length);
}

/*
 * An address must not be mapped with two kinds of caching, so the old map goes first.
 * Meanwhile the region has length 0, and accesses without the lock find it out of range. If
 * there is no memory for the new map, it stays so.
 */
static int remap(struct kplug_device *dev, unsigned int index, bool combine)
{
	struct kplug_region *region = &dev->region[index];
	struct kplug_io_region *io = &dev->io.region[index];

	WRITE_ONCE(io->length, 0);
	synchronize_srcu(&dev->srcu);
	if (io->base)
		iounmap(io->base);
	io->base = map_as(region, combine);
	if (!io->base)
		return -ENOMEM;
	/* Pairs with the entry of readers: a reader that sees the length sees the map. */
	synchronize_srcu(&dev->srcu);
	WRITE_ONCE(io->length, region->length);
	return 0;
}

/* No program, recipe or armed plugin may know the address of the map. */
static int set_caching(struct kplug_device *dev, unsigned int index, bool combine)
{
	struct kplug_region *region = &dev->region[index];
	int err;

	if (combine == !!(region->flags & KPLUG_REGION_WC) && dev->io.region[index].base)
		return 0;
	if (dev->num_armed || atomic_cmpxchg(&region->maps, 0, -1))
		return -EBUSY;
	err = remap(dev, index, combine);
	if (!err && combine)
		region->flags |= KPLUG_REGION_WC;
	else if (!err)
		region->flags &= ~KPLUG_REGION_WC;
	atomic_set(&region->maps, 0);
	return err;
}

int kplug_set_caching(struct kplug_device *dev, unsigned int region, enum kplug_caching caching)
{
	lockdep_assert_held(&dev->lock);
	if (region >= KPLUG_MAX_REGIONS || caching > KPLUG_CACHING_WC ||
	    !(dev->region[region].flags & KPLUG_REGION_MMAP))
		return -EINVAL;
	return set_caching(dev, region, caching == KPLUG_CACHING_WC);
}
EXPORT_SYMBOL_GPL(kplug_set_caching);
