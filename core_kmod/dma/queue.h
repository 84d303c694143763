/* SPDX-License-Identifier: GPL-2.0 */
/* The queue of a device, which feeds the plugin's engine chunk by chunk. */
#ifndef KPLUG_DMA_QUEUE_H
#define KPLUG_DMA_QUEUE_H

#include <linux/list.h>
#include <linux/types.h>

#include "dma/transaction.h"

struct kplug_device;

bool kplug_dma_queue_put(struct transaction *t);
void kplug_dma_queue_add(struct kplug_device *dev, struct transaction *const *t, unsigned int num);
void kplug_dma_queue_pump(struct kplug_device *dev);
void kplug_dma_queue_hold(struct kplug_device *dev);
void kplug_dma_queue_resume(struct kplug_device *dev);
void kplug_dma_queue_init(struct kplug_device *dev);
void kplug_dma_queue_exit(struct kplug_device *dev);

/* Under the lock: if the next chunk of a run was put off, there is none any more. */
static inline void kplug_dma_queue_forget(struct transaction *t)
{
	if (t->state == RUNNING && t->completed)
		list_del(&t->node);
}

#endif /* KPLUG_DMA_QUEUE_H */
