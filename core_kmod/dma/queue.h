/* SPDX-License-Identifier: GPL-2.0 */
/* The queue of a device, which feeds the plugin's engine chunk by chunk. */
#ifndef KPLUG_DMA_QUEUE_H
#define KPLUG_DMA_QUEUE_H

#include <linux/types.h>

struct kplug_device;
struct transaction;

bool kplug_dma_queue_put(struct transaction *t);
void kplug_dma_queue_pump(struct kplug_device *dev);
void kplug_dma_queue_hold(struct kplug_device *dev);
void kplug_dma_queue_resume(struct kplug_device *dev);
void kplug_dma_queue_init(struct kplug_device *dev);
void kplug_dma_queue_exit(struct kplug_device *dev);

#endif /* KPLUG_DMA_QUEUE_H */
