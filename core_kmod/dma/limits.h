/* SPDX-License-Identifier: GPL-2.0 */
/* The limits of a device's DMA: addresses, lengths and boundaries. */
#ifndef KPLUG_DMA_LIMITS_H
#define KPLUG_DMA_LIMITS_H

struct kplug_device;

void kplug_dma_limits_init(struct kplug_device *dev);
void kplug_dma_limits_exit(struct kplug_device *dev);

#endif /* KPLUG_DMA_LIMITS_H */
