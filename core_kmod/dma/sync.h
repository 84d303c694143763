/* SPDX-License-Identifier: GPL-2.0 */
/* Syncing mappings, so that CPUs and device see the same data. */
#ifndef KPLUG_DMA_SYNC_H
#define KPLUG_DMA_SYNC_H

struct kplug_client;
struct kplug_dma_sync;

int kplug_dma_sync_user(struct kplug_client *client, const struct kplug_dma_sync *arg);

#endif /* KPLUG_DMA_SYNC_H */
