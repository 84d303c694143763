/* SPDX-License-Identifier: GPL-2.0 */
/* Quarantine: memory that a device may still access although its users are gone. */
#ifndef KPLUG_DMA_QUARANTINE_H
#define KPLUG_DMA_QUARANTINE_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

#include "device.h"

/* Memory in quarantine; embedded in the structure that describes it. */
struct kplug_held {
	struct list_head node;
	u64 bytes;
	void (*release)(struct kplug_held *held); /* the device accesses it no more */
	void (*leak)(struct kplug_held *held); /* the device may access it for ever */
};

bool kplug_dma_quarantine_stuck(const struct kplug_device *dev);
void kplug_dma_quarantine_add(struct kplug_device *dev, struct kplug_held *held);
void kplug_dma_quarantine_release(struct kplug_device *dev);
void kplug_dma_quarantine_consider(struct kplug_device *dev);
int kplug_dma_quarantine_wait(struct kplug_device *dev);
void kplug_dma_quarantine_init(struct kplug_device *dev);
void kplug_dma_quarantine_exit(struct kplug_device *dev);
ssize_t kplug_dma_quarantine_show(struct kplug_device *dev, char *buf);

static inline bool kplug_dma_quarantine_resetting(const struct kplug_device *dev)
{
	return READ_ONCE(dev->quarantine.resetting);
}

#endif /* KPLUG_DMA_QUARANTINE_H */
