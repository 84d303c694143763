/* SPDX-License-Identifier: GPL-2.0 */
/* The limits of a plugin's DMA engine. */
#ifndef KPLUG_DMA_ENGINE_H
#define KPLUG_DMA_ENGINE_H

struct kplug_device;

void kplug_dma_engine_reset(struct kplug_device *dev);

#endif /* KPLUG_DMA_ENGINE_H */
