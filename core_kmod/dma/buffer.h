/* SPDX-License-Identifier: GPL-2.0 */
/* Buffers: dma-bufs of new pages or of a program's own pages. */
#ifndef KPLUG_DMA_BUFFER_H
#define KPLUG_DMA_BUFFER_H

#include <linux/types.h>

struct device;
struct dma_buf;
struct dma_buf_attachment;
struct kplug_bounce;
struct kplug_client;
struct kplug_dma_buffer_make;

bool kplug_dma_buffer_is(const struct dma_buf *dmabuf);
void kplug_dma_buffer_share(struct dma_buf_attachment *attachment, struct kplug_bounce *bounce);
void kplug_dma_buffer_leak(struct dma_buf *dmabuf, const struct device *dev);
int kplug_dma_buffer_make(struct kplug_client *client, struct kplug_dma_buffer_make *arg);

#endif /* KPLUG_DMA_BUFFER_H */
