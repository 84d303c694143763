/* SPDX-License-Identifier: GPL-2.0 */
/* Segments: the list of bus addresses that a device sees of a buffer. */
#ifndef KPLUG_DMA_SEGMENTS_H
#define KPLUG_DMA_SEGMENTS_H

#include <linux/types.h>

struct device;
struct kplug_dma_mapping;

int kplug_dma_segments_list(struct kplug_dma_mapping *m, struct device *dev, u64 offset,
			    u64 length);
void kplug_dma_segments_free(struct kplug_dma_mapping *m);

#endif /* KPLUG_DMA_SEGMENTS_H */
