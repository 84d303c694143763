/* SPDX-License-Identifier: GPL-2.0 */
/* The watchdog stops runs that take too long. */
#ifndef KPLUG_DMA_WATCHDOG_H
#define KPLUG_DMA_WATCHDOG_H

struct kplug_device;
struct kplug_dma_queue;

void kplug_dma_watchdog_watch(struct kplug_dma_queue *q, unsigned long deadline);
void kplug_dma_watchdog_init(struct kplug_device *dev);
void kplug_dma_watchdog_exit(struct kplug_device *dev);

#endif /* KPLUG_DMA_WATCHDOG_H */
