/* SPDX-License-Identifier: GPL-2.0 */
/* Starting transactions, for a program or a plugin, and polling for their end. */
#ifndef KPLUG_DMA_EXECUTE_H
#define KPLUG_DMA_EXECUTE_H

struct kplug_client;
struct kplug_dma_execute;
struct kplug_element;

extern const struct kplug_element kplug_dma_execution_element;
int kplug_dma_execute_user(struct kplug_client *client, struct kplug_dma_execute *arg);

#endif /* KPLUG_DMA_EXECUTE_H */
