// SPDX-License-Identifier: GPL-2.0
/* Regions from what a bus calls a resource: claimed, mapped, and known to handlers and openers. */
#include <linux/io.h>
#include <linux/ioport.h>

#include "core.h"

static bool is_port(const struct kplug_region *region)
{
	return region->flags & KPLUG_REGION_PORT;
}

static u32 flags_of(const struct resource *res)
{
	if (resource_type(res) == IORESOURCE_IO)
		return KPLUG_REGION_PORT;
	/* A part of a page would show the neighbour in the rest of it. */
	return KPLUG_REGION_MEM |
	       (res->flags & IORESOURCE_PREFETCH ? KPLUG_REGION_PREFETCH : 0) |
	       (PAGE_ALIGNED(res->start) && PAGE_ALIGNED(resource_size(res)) ?
		KPLUG_REGION_MMAP : 0);
}

static struct resource *claim(const struct kplug_region *region, const char *owner)
{
	return is_port(region) ? request_region(region->start, region->length, owner) :
				 request_mem_region(region->start, region->length, owner);
}

static void release(const struct kplug_region *region)
{
	if (is_port(region))
		release_region(region->start, region->length);
	else
		release_mem_region(region->start, region->length);
}

static void __iomem *map(const struct kplug_region *region)
{
	return is_port(region) ? ioport_map(region->start, region->length) :
				 ioremap(region->start, region->length);
}

static void unmap(const struct kplug_region *region, void __iomem *base)
{
	if (is_port(region))
		ioport_unmap(base);
	else
		iounmap(base);
}

/**
 * kplug_resource_add() - make a resource a region
 * @dev: not published yet
 * @index: which region
 * @res: ports or memory
 * @owner: who has it, for /proc/ioports and /proc/iomem
 *
 * Return: 0, -EBUSY when it is another's, -ENOMEM.
 */
int kplug_resource_add(struct kplug_device *dev, unsigned int index, const struct resource *res,
		       const char *owner)
{
	const struct kplug_region region = {
		.start = res->start,
		.length = resource_size(res),
		.flags = flags_of(res),
		.widths = resource_type(res) == IORESOURCE_IO ? 1 | 2 | 4 : 1 | 2 | 4 | 8,
	};
	void __iomem *base;

	if (!claim(&region, owner))
		return -EBUSY;
	base = map(&region);
	if (!base) {
		release(&region);
		return -ENOMEM;
	}
	dev->region[index] = region;
	dev->io.region[index].base = base;
	if (is_port(&region))
		dev->io.region[index].port_length = region.length;
	else
		dev->io.region[index].length = region.length;
	return 0;
}

/* The opposite, for all of a device that is dead or was never published. */
void kplug_resource_remove_all(struct kplug_device *dev)
{
	unsigned int i;

	for (i = 0; i < KPLUG_MAX_REGIONS; i++) {
		if (!(dev->region[i].flags & (KPLUG_REGION_MEM | KPLUG_REGION_PORT)))
			continue;
		/* Without a map if its caching was to change and there was no memory. */
		if (dev->io.region[i].base)
			unmap(&dev->region[i], dev->io.region[i].base);
		release(&dev->region[i]);
	}
}
