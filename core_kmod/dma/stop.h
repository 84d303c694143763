/* SPDX-License-Identifier: GPL-2.0 */
/* Stopping runs of transactions, whatever state they are in. */
#ifndef KPLUG_DMA_STOP_H
#define KPLUG_DMA_STOP_H

#include <linux/types.h>

struct kplug_client;
struct kplug_device;
struct transaction;

typedef bool (*kplug_dma_choice)(const struct transaction *t);

void kplug_dma_stop_all(struct kplug_device *dev, kplug_dma_choice wanted, int status);
void kplug_dma_stop_client(struct kplug_client *client, int status);
int kplug_dma_stop_one(struct kplug_client *client, u32 id);
void kplug_dma_stop_running(struct kplug_device *dev);
void kplug_dma_stop_init(struct kplug_device *dev);

#endif /* KPLUG_DMA_STOP_H */
