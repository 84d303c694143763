// SPDX-License-Identifier: GPL-2.0
/* Makes regions of a bus's resources: claims, maps and describes them. */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>

#include "access/region.h"
#include "bus/resource.h"
#include "device.h"

static bool is_port(const struct kplug_region *region)
{
	return region->flags & KPLUG_REGION_PORT;
}

static u32 flags_of(const struct resource *res)
{
	if (resource_type(res) == IORESOURCE_IO)
		return KPLUG_REGION_PORT;
	/* A map of a partial page would expose the neighbour in the rest of the page. */
	return KPLUG_REGION_MEM | (res->flags & IORESOURCE_PREFETCH ? KPLUG_REGION_PREFETCH : 0) |
	       (PAGE_ALIGNED(res->start) && PAGE_ALIGNED(resource_size(res)) ? KPLUG_REGION_MMAP :
									       0);
}

/*
 * Most devices take accesses of 32 bits, and many no narrower ones. On arm64 an access that a
 * device does not take stops the machine.
 */
static u8 widths_of(const struct resource *res)
{
	return resource_type(res) == IORESOURCE_IO ?
		       KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32 :
		       KPLUG_WIDTH_32 | KPLUG_WIDTH_64;
}

static struct resource *claim_range(const struct kplug_region *region, const char *owner)
{
	return is_port(region) ? request_region(region->start, region->length, owner) :
				 request_mem_region(region->start, region->length, owner);
}

static void release_range(const struct kplug_region *region)
{
	if (is_port(region))
		release_region(region->start, region->length);
	else
		release_mem_region(region->start, region->length);
}

static void __iomem *map_range(const struct kplug_region *region)
{
	return is_port(region) ? ioport_map(region->start, region->length) :
				 ioremap(region->start, region->length);
}

static void unmap_range(const struct kplug_region *region, void __iomem *base)
{
	if (is_port(region))
		ioport_unmap(base);
	else
		iounmap(base);
}

/**
 * kplug_resource_add() - make a region of a resource
 * @dev: the device, not published yet
 * @index: index of the region
 * @res: ports or memory
 * @owner: name of the owner for /proc/ioports and /proc/iomem
 *
 * Return: 0; -EBUSY when another driver has claimed it, or there is no memory to claim it: the
 * kernel does not say which; -ENOMEM when there is none to map it.
 */
int kplug_resource_add(struct kplug_device *dev, unsigned int index, const struct resource *res,
		       const char *owner)
{
	const struct kplug_region region = {
		.start = res->start,
		.length = resource_size(res),
		.flags = flags_of(res),
		.widths = widths_of(res),
	};
	void __iomem *base;

	if (!claim_range(&region, owner))
		return -EBUSY;
	base = map_range(&region);
	if (!base) {
		release_range(&region);
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

/* Releases all regions of a device that is dead or was never published. */
void kplug_resource_remove_all(struct kplug_device *dev)
{
	unsigned int i;

	for (i = 0; i < KPLUG_MAX_REGIONS; i++) {
		if (!(dev->region[i].flags & (KPLUG_REGION_MEM | KPLUG_REGION_PORT)))
			continue;
		/* There is no map if a change of its caching failed for lack of memory. */
		if (dev->io.region[i].base)
			unmap_range(&dev->region[i], dev->io.region[i].base);
		release_range(&dev->region[i]);
	}
}
