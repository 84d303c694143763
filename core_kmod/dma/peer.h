/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of a device as a buffer, which other devices access directly (peer to peer). */
#ifndef KPLUG_DMA_PEER_H
#define KPLUG_DMA_PEER_H

#include <linux/types.h>

struct dma_buf;
struct kplug_client;
struct kplug_device;
struct kplug_dma_buffer_make;

bool kplug_dma_peer_is(const struct dma_buf *dmabuf);
void kplug_dma_peer_revoke(struct kplug_device *dev);
void kplug_dma_peer_revoke_client(struct kplug_client *client);
int kplug_dma_peer_make(struct kplug_client *client, struct kplug_dma_buffer_make *arg);

#endif /* KPLUG_DMA_PEER_H */
