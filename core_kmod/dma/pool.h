/* SPDX-License-Identifier: GPL-2.0 */
/* Contiguous memory: new, or from the pool that was set aside when the device was bound. */
#ifndef KPLUG_DMA_POOL_H
#define KPLUG_DMA_POOL_H

#include <linux/types.h>

struct device;
struct kplug_device;
struct kplug_piece;
struct page;

struct page *kplug_dma_pool_new_pages(struct device *dev, unsigned long num, gfp_t flags);
struct kplug_piece *kplug_dma_pool_take(struct kplug_device *dev, unsigned long num,
					struct page **page);
unsigned long kplug_dma_pool_pages(const struct kplug_piece *piece);
void kplug_dma_pool_give(struct kplug_piece *piece);
void kplug_dma_pool_lose(struct kplug_piece *piece);
void kplug_dma_pool_init(struct kplug_device *dev);
void kplug_dma_pool_exit(struct kplug_device *dev);
void kplug_dma_pool_free(struct kplug_device *dev);
ssize_t kplug_dma_pool_show(struct kplug_device *dev, char *buf);

#endif /* KPLUG_DMA_POOL_H */
