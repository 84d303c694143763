/* SPDX-License-Identifier: GPL-2.0 */
/* The memory that a device can reach. */
#ifndef KPLUG_DMA_REACH_H
#define KPLUG_DMA_REACH_H

#include <linux/types.h>

struct device;
struct page;

bool kplug_dma_reach_translated(struct device *dev);
bool kplug_dma_reach_direct(struct device *dev, struct page *page, unsigned long num);
bool kplug_dma_reach_all(struct device *dev);
bool kplug_dma_reach_bounced(struct device *dev);

#endif /* KPLUG_DMA_REACH_H */
