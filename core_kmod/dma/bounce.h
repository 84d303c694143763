/* SPDX-License-Identifier: GPL-2.0 */
/* Bounce buffers (swiotlb) for memory that a device cannot reach, and each client's share. */
#ifndef KPLUG_DMA_BOUNCE_H
#define KPLUG_DMA_BOUNCE_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;
struct kplug_bounce;
struct sg_table;

struct kplug_bounce *kplug_dma_bounce_new(void);
void kplug_dma_bounce_trust(struct kplug_bounce *bounce, bool trusted);
void kplug_dma_bounce_put(struct kplug_bounce *bounce);
struct kplug_bounce *kplug_dma_bounce_get(struct kplug_bounce *bounce);
u64 kplug_dma_bounce_bytes(const struct kplug_bounce *bounce);
int kplug_dma_bounce_charge(struct kplug_bounce *bounce, struct device *dev, u64 bytes);
void kplug_dma_bounce_uncharge(struct kplug_bounce *bounce, u64 bytes);
bool kplug_dma_bounce_possible(struct device *dev);
int kplug_dma_bounce_map(struct kplug_bounce *bounce, struct device *dev, struct sg_table *table,
			 enum dma_data_direction direction, u64 *bytes);
void kplug_dma_bounce_unmap(struct kplug_bounce *bounce, struct device *dev, struct sg_table *table,
			    enum dma_data_direction direction, u64 bytes);
void kplug_dma_bounce_sync_for_cpu(struct device *dev, struct sg_table *table,
				   enum dma_data_direction direction);
void kplug_dma_bounce_sync_for_device(struct device *dev, struct sg_table *table,
				      enum dma_data_direction direction);

#endif /* KPLUG_DMA_BOUNCE_H */
