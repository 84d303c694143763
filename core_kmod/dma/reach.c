// SPDX-License-Identifier: GPL-2.0
/* The memory that a device can reach. */
#include <linux/device.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/swiotlb.h>

#include "compat.h"
#include "dma/reach.h"

/**
 * kplug_dma_reach_translated() - check whether an IOMMU translates for a device
 * @dev: the bus device
 *
 * With an IOMMU the device reaches every page, whatever its address.
 */
bool kplug_dma_reach_translated(struct device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);

	return domain && domain->type != IOMMU_DOMAIN_IDENTITY;
}

/* The check of the DMA API, with the offsets and limits of all buses on the way. */
static bool capable_of(struct device *dev, phys_addr_t start, u64 length)
{
	return kplug_compat_dma_capable(dev, phys_to_dma(dev, start), length);
}

/**
 * kplug_dma_reach_direct() - check whether a device reaches memory without a bounce buffer
 * @dev: the bus device
 * @page: the first page
 * @num: number of consecutive pages
 */
bool kplug_dma_reach_direct(struct device *dev, struct page *page, unsigned long num)
{
	return kplug_dma_reach_translated(dev) ||
	       capable_of(dev, page_to_phys(page), (u64)num << PAGE_SHIFT);
}

/**
 * kplug_dma_reach_all() - check whether a device reaches all of the machine's memory
 * @dev: the bus device
 *
 * A bus with an offset may not reach some memory below its limit. The result for such a device is
 * false, and each page has to be checked.
 */
bool kplug_dma_reach_all(struct device *dev)
{
	return kplug_dma_reach_translated(dev) ||
	       (!dev->dma_range_map && !dma_addressing_limited(dev));
}

/**
 * kplug_dma_reach_bounced() - check whether a device reaches all memory with bounce buffers
 * @dev: the bus device
 *
 * The DMA API warns of a driver bug when a bounce buffer is out of reach, or when there is no
 * memory for one.
 */
bool kplug_dma_reach_bounced(struct device *dev)
{
	return kplug_compat_bounce_size(dev) && capable_of(dev, kplug_compat_bounce_last(dev), 1);
}
