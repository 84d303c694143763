/* SPDX-License-Identifier: GPL-2.0 */
/* Bus mastery of devices. */
#ifndef KPLUG_DMA_MASTER_H
#define KPLUG_DMA_MASTER_H

#include <linux/types.h>

#include "bus/bus.h"
#include "device.h"

/* Users of mappings, which the core notifies, without the lock, when memory is withdrawn. */
struct kplug_dma_user {
	void (*stop)(struct kplug_device *dev); /* ends all use of withdrawn memory */
	void (*go_on)(struct kplug_device *dev); /* the device may be a master of the bus again */
};

void kplug_dma_master_need(struct kplug_device *dev, int change);
void kplug_dma_master_go_on(struct kplug_device *dev);

static inline bool kplug_dma_capable(const struct kplug_device *dev)
{
	return dev->bus->set_master;
}

#endif /* KPLUG_DMA_MASTER_H */
