// SPDX-License-Identifier: GPL-2.0
/* The queue of a device, which feeds the plugin's engine chunk by chunk. */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <kplug/chunk.h>
#include <kplug/plugin_dma.h>

#include "compat.h"
#include "device.h"
#include "dma/budget.h"
#include "dma/queue.h"
#include "dma/transaction.h"
#include "event/channel.h"
#include "trace.h"

static void wake_waiters(struct irq_work *work)
{
	struct kplug_dma_queue *q = container_of(work, struct kplug_dma_queue, wake);

	wake_up_all(&q->ended);
}

struct row {
	struct transaction *t[KPLUG_DMA_ROW];
	unsigned int num;
};

/* What a task finds and does under the lock, and what follows from it. */
struct turn {
	struct row over; /* runs that have ended, of which the plugin has to hear first */
	struct kplug_client *woken[KPLUG_DMA_ROW]; /* their rings have new events */
	unsigned int num_woken;
	bool ended; /* another one may run */
	u64 now; /* the time, if an event needed it */
	unsigned long flags;
};

static void add_to_row(struct row *row, struct transaction *t)
{
	row->t[row->num++] = t;
}

static void begin_turn(struct kplug_device *dev, struct turn *turn) __acquires(&dev->dma.lock)
{
	turn->over.num = 0;
	turn->num_woken = 0;
	turn->ended = false;
	turn->now = 0;
	raw_spin_lock_irqsave(&dev->dma.lock, turn->flags);
}

/*
 * Clients stay until interrupts are enabled, even without their transactions: before they are
 * freed, kplug_listener_free_unlinked() waits for tasks that post.
 */
static void unlock_turn(struct kplug_device *dev, struct turn *turn) __releases(&dev->dma.lock)
{
	unsigned int i;

	/* What is woken may have a higher priority: it runs as soon as interrupts are enabled. */
	preempt_disable();
	raw_spin_unlock(&dev->dma.lock);
	for (i = 0; i < turn->num_woken; i++)
		kplug_channel_wake(turn->woken[i]);
	turn->num_woken = 0;
	local_irq_restore(turn->flags);
	preempt_enable();
}

/*
 * Under the lock: the run is over. A program that has seen its event needs the lock to run it
 * again.
 */
static void finish_locked(struct transaction *t, struct turn *turn)
{
	const u64 data[] = { t->id, t->cookie, t->bytes, t->status };
	struct kplug_client *client = t->dma.client;

	if (!turn->now)
		turn->now = kplug_channel_now();
	if (kplug_channel_put_reserved(client, turn->now, KPLUG_EVENT_DMA, data,
				       ARRAY_SIZE(data)) &&
	    (!turn->num_woken || turn->woken[turn->num_woken - 1] != client))
		turn->woken[turn->num_woken++] = client;
	t->dma.device->dma.running--;
	/* From here on it may run again or be freed. */
	t->state = IDLE;
}

/* Under the lock: no other task holds the run. */
static void end_run_locked(struct transaction *t, struct turn *turn)
{
	turn->ended = true;
	if (kplug_dma_transaction_ops(t->dma.device)->dma_done)
		add_to_row(&turn->over, t);
	else
		finish_locked(t, turn);
}

static noinline void tell_plugin(struct kplug_device *dev, struct turn *turn)
{
	unsigned int i;

	for (i = 0; i < turn->over.num; i++)
		kplug_dma_transaction_ops(dev)->dma_done(&turn->over.t[i]->dma,
							 turn->over.t[i]->status);
	raw_spin_lock_irqsave(&dev->dma.lock, turn->flags);
	for (i = 0; i < turn->over.num; i++)
		finish_locked(turn->over.t[i], turn);
	unlock_turn(dev, turn);
}

/* Returns true when a run has ended and another one may run. */
static bool end_turn(struct kplug_device *dev, struct turn *turn) __releases(&dev->dma.lock)
{
	unlock_turn(dev, turn);
	if (!turn->ended)
		return false;
	if (unlikely(turn->over.num))
		tell_plugin(dev, turn);
	if (wq_has_sleeper(&dev->dma.ended))
		irq_work_queue(&dev->dma.wake);
	return true;
}

/* Under the lock: must the caller end the run? */
static bool drop_hold(struct transaction *t)
{
	return !--t->holds;
}

/* Returns true when it has ended and another one may run. */
bool kplug_dma_queue_put(struct transaction *t)
{
	struct kplug_device *dev = t->dma.device;
	struct turn turn kplug_uninitialized;

	begin_turn(dev, &turn);
	if (drop_hold(t))
		end_run_locked(t, &turn);
	return end_turn(dev, &turn);
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

/* Under the lock: the chunk is programmed, or the plugin has refused it. */
static void settle_locked(struct transaction *t, int err, struct turn *turn)
{
	if (unlikely(err)) {
		t->status = err;
		if (t->state == RUNNING) {
			kplug_dma_queue_forget(t);
			t->state = ENDING;
			drop_hold(t);
		}
	}
	if (drop_hold(t))
		end_run_locked(t, turn);
}

/* Programs a chunk of each. Return: as kplug_dma_queue_put() */
static bool program(struct kplug_device *dev, const struct row *row)
{
	const struct kplug_plugin_ops *ops = kplug_dma_transaction_ops(dev);
	int err[KPLUG_DMA_ROW] kplug_uninitialized;
	struct turn turn kplug_uninitialized;
	unsigned int i;

	for (i = 0; i < row->num; i++) {
		struct transaction *t = row->t[i];

		if (trace_kplug_dma_program_enabled())
			trace_kplug_dma_program(dev->id, t->number, t->dma.chunk.offset,
						t->dma.chunk.length);
		err[i] = ops->dma_program(&t->dma);
	}
	if (ops->dma_commit)
		ops->dma_commit(dev);
	begin_turn(dev, &turn);
	for (i = 0; i < row->num; i++)
		settle_locked(row->t[i], err[i], &turn);
	return end_turn(dev, &turn);
}

/* Was memory withdrawn that the device was accessing? See move_notify(). */
static bool off_the_bus(const struct kplug_device *dev)
{
	return atomic_read(&dev->num_revoked);
}

static bool has_next_locked(const struct kplug_dma_queue *q)
{
	return !list_empty(&q->waiting) || !list_empty(&q->later);
}

static bool may_start_locked(const struct kplug_device *dev)
{
	return !dev->dma.held && !off_the_bus(dev);
}

static bool has_room_locked(const struct kplug_dma_queue *q)
{
	return q->running < q->engine.depth;
}

static void begin_run_locked(struct transaction *t, struct row *row)
{
	t->dma.device->dma.running++;
	t->state = RUNNING;
	t->holds = 1;
	next_chunk(t);
	add_to_row(row, t);
}

static struct transaction *pop_locked(struct list_head *list)
{
	struct transaction *t = list_first_entry_or_null(list, struct transaction, node);

	if (t)
		list_del(&t->node);
	return t;
}

/* Takes those whose chunks may start, with their chunks, until the row is full. */
static bool take_next(struct kplug_device *dev, struct row *row)
{
	struct kplug_dma_queue *q = &dev->dma;
	struct transaction *t;
	unsigned long flags;

	row->num = 0;
	raw_spin_lock_irqsave(&q->lock, flags);
	while (may_start_locked(dev) && row->num < KPLUG_DMA_ROW) {
		t = pop_locked(&q->later);
		if (t) {
			next_chunk(t);
			add_to_row(row, t);
			continue;
		}
		t = has_room_locked(q) ? pop_locked(&q->waiting) : NULL;
		if (!t)
			break;
		begin_run_locked(t, row);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return row->num;
}

static bool has_next(const struct kplug_dma_queue *q)
{
	return !list_empty_careful(&q->waiting) || !list_empty_careful(&q->later);
}

/*
 * Starts as many transactions as the device accepts. If the plugin refuses thousands, they do not
 * all end in one interrupt.
 */
void kplug_dma_queue_pump(struct kplug_device *dev)
{
	struct row row kplug_uninitialized;
	unsigned int started = 0;

	while (has_next(&dev->dma) && take_next(dev, &row)) {
		program(dev, &row);
		started += row.num;
		if (unlikely(started >= KPLUG_DMA_BUDGET)) {
			queue_work(system_long_wq, &dev->dma.more);
			break;
		}
	}
}

/**
 * kplug_dma_queue_add() - start runs, or let them wait for their turn
 * @dev: the device
 * @t: claimed transactions, ready to run; on return they may have ended and be freed
 * @num: number of them, at most KPLUG_DMA_ROW
 */
void kplug_dma_queue_add(struct kplug_device *dev, struct transaction *const *t, unsigned int num)
{
	struct kplug_dma_queue *q = &dev->dma;
	struct row row kplug_uninitialized;
	unsigned int i;

	row.num = 0;
	raw_spin_lock_irq(&q->lock);
	for (i = 0; i < num; i++) {
		if (may_start_locked(dev) && !has_next_locked(q) && has_room_locked(q)) {
			begin_run_locked(t[i], &row);
		} else {
			t[i]->state = QUEUED;
			list_add_tail(&t[i]->node, &q->waiting);
		}
	}
	raw_spin_unlock_irq(&q->lock);
	/* Those who stop them wait until they are not claimed any more. */
	if (wq_has_sleeper(&q->ended))
		wake_up_all(&q->ended);
	if (row.num)
		program(dev, &row);
	kplug_dma_queue_pump(dev);
}

static void pump_more(struct work_struct *work)
{
	struct kplug_dma_queue *q = container_of(work, struct kplug_dma_queue, more);

	kplug_dma_budget_renew();
	kplug_dma_queue_pump(container_of(q, struct kplug_device, dma));
}

/* Under the lock: the device has finished with the chunk. Returns true when another one follows. */
static bool count_chunk(struct transaction *t, u64 bytes, int status)
{
	/* The device may report success although its writes went nowhere. */
	if (unlikely(off_the_bus(t->dma.device))) {
		bytes = 0;
		status = kplug_dma_transaction_lost_status(t);
	}
	bytes = min(bytes, t->dma.chunk.length);
	t->bytes += bytes;
	t->num_chunks++;
	t->status = status;
	t->completed = true;
	return t->state == RUNNING && !status && bytes == t->dma.chunk.length && t->chunks.left;
}

/* Under the lock. Returns true when the next chunk has to wait for another context. */
static bool done_locked(const struct kplug_dma_end *end, struct row *row, struct turn *turn)
{
	struct transaction *t = to_transaction(end->dma);
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool more, later;

	/* While it is being stopped, a handler and dma_abort may both complete the chunk. */
	if (unlikely(t->state != RUNNING && t->state != STOPPING) || unlikely(t->completed))
		return false;
	more = count_chunk(t, end->bytes, end->status);
	later = (more || has_next_locked(q)) && !kplug_dma_budget_spend();
	if (more && later) {
		list_add_tail(&t->node, &q->later);
	} else if (more) {
		next_chunk(t);
		add_to_row(row, t);
	} else if (t->state == RUNNING) {
		t->state = ENDING;
		if (drop_hold(t))
			end_run_locked(t, turn);
	}
	return later;
}

static void done_with_row(struct kplug_device *dev, const struct kplug_dma_end *ends,
			  unsigned int num)
{
	struct turn turn kplug_uninitialized;
	struct row row kplug_uninitialized;
	bool later = false, ended;
	unsigned int i;

	row.num = 0;
	begin_turn(dev, &turn);
	for (i = 0; i < num; i++)
		later |= done_locked(&ends[i], &row, &turn);
	ended = end_turn(dev, &turn);
	if (row.num)
		ended |= program(dev, &row);
	if (unlikely(later))
		queue_work(system_long_wq, &dev->dma.more);
	else if (ended)
		kplug_dma_queue_pump(dev);
}

void kplug_dma_done_many(const struct kplug_dma_end *ends, unsigned int num)
{
	struct kplug_device *dev;
	unsigned int i, here;

	if (!num)
		return;
	dev = ends->dma->device;
	if (trace_kplug_dma_done_enabled())
		for (i = 0; i < num; i++)
			trace_kplug_dma_done(dev->id, to_transaction(ends[i].dma)->number,
					     ends[i].bytes, ends[i].status);
	for (i = 0; i < num; i += here) {
		here = min_t(unsigned int, num - i, KPLUG_DMA_ROW);
		done_with_row(dev, ends + i, here);
	}
}
EXPORT_SYMBOL_GPL(kplug_dma_done_many);

void kplug_dma_done(struct kplug_dma *dma, u64 bytes, int status)
{
	const struct kplug_dma_end end = { .dma = dma, .bytes = bytes, .status = status };

	kplug_dma_done_many(&end, 1);
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
	INIT_LIST_HEAD(&q->later);
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
