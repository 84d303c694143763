/* SPDX-License-Identifier: GPL-2.0 */
/* Transactions, for the queue and the files that start and stop them. */
#ifndef KPLUG_DMA_TRANSACTION_H
#define KPLUG_DMA_TRANSACTION_H

#include <linux/compiler.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include <kplug/chunk.h>
#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "device.h"
#include "dma/mapping.h"
#include "plugin/registration.h"

struct kplug_dma_transaction;
struct kplug_dma_transaction_info;

enum state {
	IDLE,
	CLAIMED, /* being prepared by KPLUG_DMA_EXECUTE */
	QUEUED,
	RUNNING,
	STOPPING, /* running, but no chunk is programmed any more */
	ENDING,
	RELEASED,
};

struct transaction {
	struct kplug_dma dma; /* must be first; the plugin's part */
	struct kref ref; /* keeps the memory */
	u32 id;
	u32 number; /* for the trace, unique over all clients */
	struct kplug_dma_mapping *mapping;
	u64 offset; /* in the mapping */
	u64 length;
	u32 alignment;
	u32 first; /* the segment in which it begins */
	u64 first_skip; /* bytes of that segment before it */
	u64 cookie; /* of the last run, like the next members */
	bool timed;
	unsigned long deadline; /* in jiffies */

	/* Under kplug_dma_queue.stop_lock. */
	struct list_head stop_node;
	unsigned int stop_run; /* the run to stop */
	bool aborted; /* the task that stops it concludes it */

	/* Under kplug_dma_queue.lock. */
	struct list_head node; /* waiting, or its next chunk is put off */
	enum state state;
	unsigned int run; /* number of the run */
	unsigned int holds; /* on this run; dropping the last one ends it */
	struct kplug_dma_chunks chunks;
	bool completed; /* the device has finished with the chunk */
	u64 bytes;
	u32 num_chunks;
	int status;
};

void kplug_dma_transaction_put(struct transaction *t);
int kplug_dma_transaction_cut(struct transaction *t, u64 offset, u64 length);
int kplug_dma_transaction_make(struct kplug_client *client, struct kplug_dma_transaction *arg);
int kplug_dma_transaction_release(struct kplug_client *client, u32 id);
void kplug_dma_transaction_drop(struct kplug_client *client);
struct transaction *kplug_dma_transaction_find(struct kplug_client *client, u32 id);
int kplug_dma_transaction_describe(struct kplug_client *client,
				   struct kplug_dma_transaction_info *info);

static inline struct transaction *to_transaction(struct kplug_dma *dma)
{
	return container_of(dma, struct transaction, dma);
}

static inline const struct kplug_plugin_ops *
kplug_dma_transaction_ops(const struct kplug_device *dev)
{
	return &dev->plugin->ops;
}

static inline int kplug_dma_transaction_lost_status(const struct transaction *t)
{
	return kplug_dma_mapping_revoked(t->mapping) ? -ENODEV : -EIO;
}

static inline enum state kplug_dma_transaction_state(const struct transaction *t)
{
	return READ_ONCE(t->state);
}

static inline bool kplug_dma_transaction_ended(const struct transaction *t)
{
	enum state state = kplug_dma_transaction_state(t);

	return state == IDLE || state == RELEASED;
}

/* A transaction needs a session. */
static inline int kplug_dma_transaction_no_session(const struct kplug_client *client)
{
	return kplug_client_gone(client) ? -ENODEV : -ENOENT;
}

#endif /* KPLUG_DMA_TRANSACTION_H */
