/* SPDX-License-Identifier: GPL-2.0 */
/* Exposing the bus addresses of a mapping to a program. */
#ifndef KPLUG_DMA_EXPOSE_H
#define KPLUG_DMA_EXPOSE_H

struct kplug_client;
struct kplug_dma_segments;
struct kplug_element;

extern const struct kplug_element kplug_dma_segment_element;
int kplug_dma_expose_segments(struct kplug_client *client, const struct kplug_dma_segments *arg);

#endif /* KPLUG_DMA_EXPOSE_H */
