/* SPDX-License-Identifier: GPL-2.0 */
/* Attaching buffers to a device and mapping them, and undoing both. */
#ifndef KPLUG_DMA_ATTACHMENT_H
#define KPLUG_DMA_ATTACHMENT_H

struct kplug_dma_mapping;

void kplug_dma_attachment_detach(struct kplug_dma_mapping *m);
int kplug_dma_attachment_charge(struct kplug_dma_mapping *m);
int kplug_dma_attachment_make(struct kplug_dma_mapping *m);

#endif /* KPLUG_DMA_ATTACHMENT_H */
