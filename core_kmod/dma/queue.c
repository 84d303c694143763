// SPDX-License-Identifier: GPL-2.0
/* The queue of a device, which feeds the plugin's engine chunk by chunk. */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <kplug/chunk.h>
#include <kplug/plugin_dma.h>

#include "device.h"
#include "dma/queue.h"
#include "dma/transaction.h"
#include "event/channel.h"
#include "trace.h"

#define MAX_STARTS 64 /* in a row, possibly in an interrupt */

static void wake_waiters(struct irq_work *work)
{
	struct kplug_dma_queue *q = container_of(work, struct kplug_dma_queue, wake);

	wake_up_all(&q->ended);
}

/* The run is over, and no other task holds it. */
static void end_run(struct transaction *t)
{
	struct kplug_device *dev = t->dma.device;
	struct kplug_dma_queue *q = &dev->dma;
	const u64 data[] = { t->id, t->cookie, t->bytes, t->status };
	unsigned long flags;

	if (kplug_dma_transaction_ops(dev)->dma_done)
		kplug_dma_transaction_ops(dev)->dma_done(&t->dma, t->status);
	kplug_channel_send_reserved(t->dma.client, KPLUG_EVENT_DMA, data, ARRAY_SIZE(data));
	raw_spin_lock_irqsave(&q->lock, flags);
	list_del(&t->node);
	q->running--;
	/* From here on it may run again or be freed. */
	t->state = IDLE;
	raw_spin_unlock_irqrestore(&q->lock, flags);
	if (wq_has_sleeper(&q->ended))
		irq_work_queue(&q->wake);
}

/* Under the lock: must the caller end the run? */
static bool drop_hold(struct transaction *t)
{
	return !--t->holds;
}

/* Returns true when it has ended and another one may run. */
bool kplug_dma_queue_put(struct transaction *t)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	unsigned long flags;
	bool last;

	raw_spin_lock_irqsave(&q->lock, flags);
	last = drop_hold(t);
	raw_spin_unlock_irqrestore(&q->lock, flags);
	if (last)
		end_run(t);
	return last;
}

/* Under the lock. The hold is that of dma_program(). */
static void next_chunk(struct transaction *t)
{
	struct kplug_dma_chunk *chunk = &t->dma.chunk;

	chunk->offset += chunk->length;
	chunk->length = kplug_dma_chunk_next(&t->chunks, chunk->segments, &chunk->num_segments);
	chunk->last = !t->chunks.left;
	t->completed = false;
	t->holds++;
}

/* Return: as kplug_dma_queue_put() */
static bool program(struct transaction *t)
{
	struct kplug_device *dev = t->dma.device;
	unsigned long flags;
	bool last;
	int err;

	if (trace_kplug_dma_program_enabled())
		trace_kplug_dma_program(dev->id, t->number, t->dma.chunk.offset,
					t->dma.chunk.length);
	err = kplug_dma_transaction_ops(dev)->dma_program(&t->dma);
	raw_spin_lock_irqsave(&dev->dma.lock, flags);
	if (unlikely(err)) {
		t->status = err;
		if (t->state == RUNNING) {
			t->state = ENDING;
			drop_hold(t);
		}
	}
	last = drop_hold(t);
	raw_spin_unlock_irqrestore(&dev->dma.lock, flags);
	if (unlikely(last))
		end_run(t);
	return last;
}

/* Was memory withdrawn that the device was accessing? See move_notify(). */
static bool off_the_bus(const struct kplug_device *dev)
{
	return atomic_read(&dev->num_revoked);
}

/* Takes the next transaction that may run, with its first chunk. */
static struct transaction *take_next(struct kplug_device *dev)
{
	struct kplug_dma_queue *q = &dev->dma;
	struct transaction *t = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	if (!q->held && !off_the_bus(dev) && q->running < q->engine.depth) {
		t = list_first_entry_or_null(&q->waiting, struct transaction, node);
		if (t) {
			list_move_tail(&t->node, &q->active);
			q->running++;
			t->state = RUNNING;
			t->holds = 1;
			next_chunk(t);
		}
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return t;
}

/*
 * Starts as many transactions as the device accepts. If the plugin refuses thousands, they do not
 * all end in one interrupt.
 */
void kplug_dma_queue_pump(struct kplug_device *dev)
{
	unsigned int left = MAX_STARTS;
	struct transaction *t;

	while (!list_empty_careful(&dev->dma.waiting) && (t = take_next(dev))) {
		program(t);
		if (unlikely(!--left)) {
			queue_work(system_long_wq, &dev->dma.more);
			break;
		}
	}
}

static void pump_more(struct work_struct *work)
{
	struct kplug_dma_queue *q = container_of(work, struct kplug_dma_queue, more);

	kplug_dma_queue_pump(container_of(q, struct kplug_device, dma));
}

void kplug_dma_done(struct kplug_dma *dma, u64 bytes, int status)
{
	struct transaction *t = to_transaction(dma);
	struct kplug_device *dev = dma->device;
	bool over = false, more = false;
	unsigned long flags;

	if (trace_kplug_dma_done_enabled())
		trace_kplug_dma_done(dev->id, t->number, bytes, status);
	raw_spin_lock_irqsave(&dev->dma.lock, flags);
	/* While it is being stopped, a handler and dma_abort may both complete the chunk. */
	if (likely(t->state == RUNNING || t->state == STOPPING) && likely(!t->completed)) {
		/* The device may report success although its writes went nowhere. */
		if (unlikely(off_the_bus(dev))) {
			bytes = 0;
			status = kplug_dma_transaction_lost_status(t);
		}
		bytes = min(bytes, dma->chunk.length);
		t->bytes += bytes;
		t->num_chunks++;
		t->status = status;
		t->completed = true;
		more = t->state == RUNNING && !status && bytes == dma->chunk.length &&
		       t->chunks.left;
		if (more) {
			next_chunk(t);
		} else if (t->state == RUNNING) {
			t->state = ENDING;
			over = drop_hold(t);
		}
	}
	raw_spin_unlock_irqrestore(&dev->dma.lock, flags);
	if (over)
		end_run(t);
	if (more)
		over = program(t);
	if (over)
		kplug_dma_queue_pump(dev);
}
EXPORT_SYMBOL_GPL(kplug_dma_done);

static void set_held(struct kplug_dma_queue *q, bool held)
{
	raw_spin_lock_irq(&q->lock);
	q->held = held;
	raw_spin_unlock_irq(&q->lock);
}

/*
 * Before the plugin is notified of a pause: transactions that it ends must not start queued
 * ones.
 */
void kplug_dma_queue_hold(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	set_held(&dev->dma, true);
}

void kplug_dma_queue_resume(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	set_held(&dev->dma, false);
	kplug_dma_queue_pump(dev);
}

void kplug_dma_queue_init(struct kplug_device *dev)
{
	struct kplug_dma_queue *q = &dev->dma;

	raw_spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->waiting);
	INIT_LIST_HEAD(&q->active);
	init_waitqueue_head(&q->ended);
	init_irq_work(&q->wake, wake_waiters);
	INIT_WORK(&q->more, pump_more);
}

/* No transaction exists any more, and none can be started. */
void kplug_dma_queue_exit(struct kplug_device *dev)
{
	cancel_work_sync(&dev->dma.more);
	irq_work_sync(&dev->dma.wake);
}
