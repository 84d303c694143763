// SPDX-License-Identifier: GPL-2.0
/* Transactions: a part of a mapping, and its chunk splitter. */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include <kplug/chunk.h>
#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "device.h"
#include "dma/mapping.h"
#include "dma/transaction.h"
#include "object.h"

static void free_transaction(struct kref *ref)
{
	struct transaction *t = container_of(ref, struct transaction, ref);

	kfree(t->dma.chunk.segments);
	kfree(t);
	kplug_object_destroyed(KPLUG_OBJECT_TRANSACTION);
}

void kplug_dma_transaction_put(struct transaction *t)
{
	kref_put(&t->ref, free_transaction);
}

/* Starts the chunk splitter at a part of the transaction, which the caller has checked. */
int kplug_dma_transaction_cut(struct transaction *t, u64 offset, u64 length)
{
	struct kplug_dma_chunks *c = &t->chunks;

	/* Most runs begin where the transaction does. */
	if (likely(!offset)) {
		c->index = t->first;
		c->skip = t->first_skip;
		c->left = length;
		return 0;
	}
	if (kplug_dma_chunks_seek_in(c, t->mapping->starts, t->offset + offset, length))
		return -EINVAL;
	/* All other addresses and lengths are those that cut_whole() has checked. */
	return (c->segments[c->index].address + c->skip) & (t->alignment - 1) ? -EINVAL : 0;
}

static int check_limits(struct transaction *t, const struct kplug_dma_transaction *arg)
{
	const struct kplug_dma_engine *engine = &t->dma.device->dma.engine;
	u32 alignment = arg->alignment ?: engine->alignment;
	u32 max_chunk;

	if (!is_power_of_2(alignment) || alignment < engine->alignment)
		return -EINVAL;
	max_chunk = arg->max_chunk ?: ALIGN_DOWN(engine->max_chunk, alignment);
	if (!max_chunk || max_chunk > engine->max_chunk || max_chunk % alignment)
		return -EINVAL;
	t->alignment = alignment;
	t->chunks.max_chunk = max_chunk;
	t->dma.max_chunk = max_chunk;
	t->chunks.max_segments = engine->max_segments;
	return 0;
}

/* The number of segments that the whole transaction touches. */
static u32 segments_in(const struct transaction *t)
{
	struct kplug_dma_chunks last = t->chunks;

	kplug_dma_chunks_seek_in(&last, t->mapping->starts, t->offset + t->length - 1, 1);
	return last.index - t->chunks.index + 1;
}

/* An engine may accept hundreds of segments, but most transactions have few. */
static int make_segment_room(struct transaction *t)
{
	struct kplug_dma_chunks *c = &t->chunks;

	c->max_segments = min(c->max_segments, segments_in(t));
	t->dma.chunk.segments =
		kcalloc(c->max_segments, sizeof(*t->dma.chunk.segments), GFP_KERNEL_ACCOUNT);
	return t->dma.chunk.segments ? 0 : -ENOMEM;
}

static int cut_whole(struct transaction *t)
{
	struct kplug_dma_chunks *c = &t->chunks;

	if (kplug_dma_chunks_seek_in(c, t->mapping->starts, t->offset, t->length))
		return -EINVAL;
	t->first = c->index;
	t->first_skip = c->skip;
	return kplug_dma_chunks_aligned(c, t->alignment) ? 0 : -EINVAL;
}

static int set_up(struct transaction *t, const struct kplug_dma_transaction *arg)
{
	const u64 whole = t->mapping->starts[t->mapping->num];
	enum kplug_dma_direction direction;

	t->chunks.segments = kplug_dma_mapping_segments(t->mapping, &t->chunks.num, &direction);
	if (arg->offset >= whole || arg->length > whole - arg->offset)
		return -EINVAL;
	if (arg->direction > KPLUG_DMA_FROM_DEVICE ||
	    (arg->direction && direction && arg->direction != direction))
		return -EINVAL;
	t->dma.direction = arg->direction ?: direction;
	t->offset = arg->offset;
	t->length = arg->length ?: whole - arg->offset;
	return check_limits(t, arg) ?: cut_whole(t) ?: make_segment_room(t);
}

static struct transaction *alloc_transaction(struct kplug_client *client)
{
	struct transaction *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	kref_init(&t->ref);
	t->number = atomic_inc_return(&client->dev->num_transactions);
	t->dma.device = client->dev;
	t->dma.client = client;
	kplug_object_created(KPLUG_OBJECT_TRANSACTION);
	return t;
}

static int publish_transaction(struct transaction *t)
{
	int err = xa_alloc(&t->dma.client->transactions, &t->id, t,
			   XA_LIMIT(1, KPLUG_MAX_TRANSACTIONS), GFP_KERNEL_ACCOUNT);

	return err == -EBUSY ? -ENOSPC : err;
}

/* KPLUG_DMA_TRANSACTION */
int kplug_dma_transaction_make(struct kplug_client *client, struct kplug_dma_transaction *arg)
{
	struct transaction *t;
	int err;

	lockdep_assert_held(&client->dev->lock);
	if (!client->session || client->closing)
		return -ENOTCONN;
	if (!kplug_dma_transaction_ops(client->dev)->dma_program)
		return -EOPNOTSUPP;
	t = alloc_transaction(client);
	if (!t)
		return -ENOMEM;
	err = -ENOENT;
	t->mapping = kplug_dma_mapping_get(client, arg->mapping);
	if (!t->mapping)
		goto err_put;
	err = set_up(t, arg) ?: publish_transaction(t);
	if (err)
		goto err_mapping;
	kplug_dma_mapping_count(t->mapping, 1);
	arg->out_id = t->id;
	return 0;

err_mapping:
	kplug_dma_mapping_put(t->mapping);
err_put:
	kplug_dma_transaction_put(t);
	return err;
}

static bool retire(struct transaction *t)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool idle;

	raw_spin_lock_irq(&q->lock);
	idle = t->state == IDLE;
	if (idle)
		t->state = RELEASED;
	raw_spin_unlock_irq(&q->lock);
	return idle;
}

/* The transaction is not in the array any more. */
static void drop_transaction(struct transaction *t)
{
	kplug_dma_mapping_count(t->mapping, -1);
	kplug_dma_mapping_put(t->mapping);
	kplug_dma_transaction_put(t);
}

/* KPLUG_DMA_RELEASE */
int kplug_dma_transaction_release(struct kplug_client *client, u32 id)
{
	struct transaction *t = xa_load(&client->transactions, id);

	lockdep_assert_held(&client->dev->lock);
	if (!t)
		return -ENOENT;
	if (!retire(t))
		return -EBUSY;
	xa_erase(&client->transactions, id);
	drop_transaction(t);
	return 0;
}

/* Drops some ended transactions of a closing session. Returns true when there may be more. */
static bool drop_some_transactions(struct kplug_client *client)
{
	unsigned int left = KPLUG_DROP_AT_ONCE;
	struct transaction *t;
	unsigned long id;

	lockdep_assert_held(&client->dev->lock);
	xa_for_each(&client->transactions, id, t) {
		xa_erase(&client->transactions, id);
		/* It has ended, and without a session it cannot start. */
		WARN_ON_ONCE(!retire(t));
		drop_transaction(t);
		if (!--left)
			return true;
	}
	return false;
}

/**
 * kplug_dma_transaction_drop() - drop all transactions of a session that ends
 * @client: the client; kplug_dma_stop_client() has ended its transactions, and it makes no new
 *	one. Without the device's lock, which other tasks get in between
 */
void kplug_dma_transaction_drop(struct kplug_client *client)
{
	bool more;

	do {
		mutex_lock(&client->dev->lock);
		more = drop_some_transactions(client);
		mutex_unlock(&client->dev->lock);
		cond_resched();
	} while (more);
}

/* The reference keeps the memory only; the transaction may not be able to run. */
struct transaction *kplug_dma_transaction_find(struct kplug_client *client, u32 id)
{
	XA_STATE(xas, &client->transactions, id);
	struct transaction *t;

	xa_lock(&client->transactions);
	t = xas_load(&xas);
	/* At 0, where none is, an array that counts from 1 keeps a mark of its own. */
	if (xa_is_zero(t))
		t = NULL;
	if (t)
		kref_get(&t->ref);
	xa_unlock(&client->transactions);
	return t;
}

static void describe_transaction(struct transaction *t, struct kplug_dma_transaction_info *info)
{
	static const u32 states[] = {
		[IDLE] = KPLUG_DMA_TRANSACTION_IDLE,
		[CLAIMED] = KPLUG_DMA_TRANSACTION_QUEUED,
		[QUEUED] = KPLUG_DMA_TRANSACTION_QUEUED,
		[RUNNING] = KPLUG_DMA_TRANSACTION_RUNNING,
		[STOPPING] = KPLUG_DMA_TRANSACTION_RUNNING,
		[ENDING] = KPLUG_DMA_TRANSACTION_RUNNING,
		[RELEASED] = KPLUG_DMA_TRANSACTION_IDLE,
	};
	struct kplug_dma_queue *q = &t->dma.device->dma;

	raw_spin_lock_irq(&q->lock);
	info->out_state = states[t->state];
	info->out_bytes = t->bytes;
	info->out_cookie = t->cookie;
	info->out_chunks = t->num_chunks;
	info->out_status = t->status;
	raw_spin_unlock_irq(&q->lock);
}

/* KPLUG_DMA_TRANSACTION_INFO. Without the lock, because it waits. */
int kplug_dma_transaction_describe(struct kplug_client *client,
				   struct kplug_dma_transaction_info *info)
{
	struct transaction *t = kplug_dma_transaction_find(client, info->id);
	long left = 0;

	if (!t)
		return kplug_dma_transaction_no_session(client);
	if (info->timeout_ms) {
		left = info->timeout_ms == KPLUG_TIMEOUT_NONE ? MAX_SCHEDULE_TIMEOUT :
								msecs_to_jiffies(info->timeout_ms);
		left = wait_event_interruptible_timeout(client->dev->dma.ended,
							kplug_dma_transaction_ended(t), left);
	}
	if (left >= 0)
		describe_transaction(t, info);
	kplug_dma_transaction_put(t);
	return left < 0 ? -EINTR : 0;
}
