// SPDX-License-Identifier: GPL-2.0
/* Transactions: chunk after chunk through a plugin's engine, and how they end. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <kplug/chunk.h>

#include "core.h"

#define DEFAULT_TIMEOUT_MS 10000

enum state {
	IDLE,
	CLAIMED,	/* being prepared by KPLUG_EXECUTE */
	QUEUED,
	RUNNING,
	STOPPING,	/* runs, but nothing is programmed any more */
	ENDING,
	RELEASED,
};

struct transaction {
	struct kplug_dma dma;	/* first: what the plugin gets */
	struct kref ref;	/* of the memory, for those who look */
	u32 id;
	u32 number;	/* in the trace, where openers are not told apart */
	struct kplug_mapping *mapping;
	u64 offset;	/* in the mapping */
	u64 length;
	u32 alignment;
	u64 cookie;	/* of the last run, as what follows */
	bool timed;
	unsigned long deadline;	/* in jiffies */

	/* Under kplug_dma_queue.lock. */
	struct list_head node;	/* waiting or running */
	enum state state;
	unsigned int run;	/* which one */
	unsigned int holds;	/* of this run; who drops the last one ends it */
	struct kplug_chunks chunks;
	u64 bytes;
	u32 num_chunks;
	int status;
};

static struct transaction *to_transaction(struct kplug_dma *dma)
{
	return container_of(dma, struct transaction, dma);
}

static const struct kplug_plugin_ops *ops_of(const struct kplug_device *dev)
{
	return &dev->plugin->ops;
}

static void release(struct kref *ref)
{
	struct transaction *t = container_of(ref, struct transaction, ref);

	kfree(t->dma.chunk.segments);
	kfree(t);
	kplug_object_destroyed(KPLUG_OBJECT_TRANSACTION);
}

static void wake(struct irq_work *work)
{
	struct kplug_dma_queue *q = container_of(work, struct kplug_dma_queue, wake);

	wake_up_all(&q->ended);
}

/* The run is over, and nobody else has to do with it. */
static void end(struct transaction *t)
{
	struct kplug_device *dev = t->dma.device;
	struct kplug_dma_queue *q = &dev->dma;
	const u64 data[] = { t->id, t->cookie, t->bytes, t->status };
	unsigned long flags;

	if (ops_of(dev)->dma_done)
		ops_of(dev)->dma_done(&t->dma, t->status);
	kplug_event_send(t->dma.opener, KPLUG_EVENT_DMA, data, ARRAY_SIZE(data));
	raw_spin_lock_irqsave(&q->lock, flags);
	list_del(&t->node);
	q->running--;
	/* From here on it may run again, or be gone. */
	t->state = IDLE;
	raw_spin_unlock_irqrestore(&q->lock, flags);
	if (wq_has_sleeper(&q->ended))
		irq_work_queue(&q->wake);
}

/* Under the lock: is the caller the one to end it? */
static bool drop(struct transaction *t)
{
	return !--t->holds;
}

/* Return: it has ended, and another one may run. */
static bool put(struct transaction *t)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	unsigned long flags;
	bool last;

	raw_spin_lock_irqsave(&q->lock, flags);
	last = drop(t);
	raw_spin_unlock_irqrestore(&q->lock, flags);
	if (last)
		end(t);
	return last;
}

/* Under the lock. The hold is that of dma_program(). */
static void next_chunk(struct transaction *t)
{
	struct kplug_dma_chunk *chunk = &t->dma.chunk;

	chunk->offset += chunk->length;
	chunk->length = kplug_chunk_next(&t->chunks, chunk->segments, &chunk->num_segments);
	chunk->last = !t->chunks.left;
	t->holds++;
}

/* Return: as put() */
static bool program(struct transaction *t)
{
	struct kplug_device *dev = t->dma.device;
	unsigned long flags;
	bool last;
	int err;

	if (trace_kplug_dma_program_enabled())
		trace_kplug_dma_program(dev->id, t->number, t->dma.chunk.offset, t->dma.chunk.length);
	err = ops_of(dev)->dma_program(&t->dma);
	raw_spin_lock_irqsave(&dev->dma.lock, flags);
	if (unlikely(err)) {
		t->status = err;
		if (t->state == RUNNING) {
			t->state = ENDING;
			drop(t);
		}
	}
	last = drop(t);
	raw_spin_unlock_irqrestore(&dev->dma.lock, flags);
	if (unlikely(last))
		end(t);
	return last;
}

/* Memory was taken away that it reached for, see move_notify(). */
static bool off_the_bus(const struct kplug_device *dev)
{
	return atomic_read(&dev->num_revoked);
}

static int off_the_bus_status(const struct transaction *t)
{
	return kplug_mapping_revoked(t->mapping) ? -ENODEV : -EIO;
}

/* The next one that may run, with its first chunk. */
static struct transaction *take(struct kplug_device *dev)
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

static void pump(struct kplug_device *dev)
{
	struct transaction *t;

	while (!list_empty_careful(&dev->dma.waiting) && (t = take(dev)))
		program(t);
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
	if (likely(t->state == RUNNING || t->state == STOPPING)) {
		/* The device may think that its writes got somewhere. */
		if (unlikely(off_the_bus(dev))) {
			bytes = 0;
			status = off_the_bus_status(t);
		}
		bytes = min(bytes, dma->chunk.length);
		t->bytes += bytes;
		t->num_chunks++;
		t->status = status;
		more = t->state == RUNNING && !status && bytes == dma->chunk.length && t->chunks.left;
		if (more) {
			next_chunk(t);
		} else if (t->state == RUNNING) {
			t->state = ENDING;
			over = drop(t);
		}
	}
	raw_spin_unlock_irqrestore(&dev->dma.lock, flags);
	if (over)
		end(t);
	if (more)
		over = program(t);
	if (over)
		pump(dev);
}
EXPORT_SYMBOL_GPL(kplug_dma_done);

static enum state state_of(const struct transaction *t)
{
	return READ_ONCE(t->state);
}

static bool ended(const struct transaction *t)
{
	enum state state = state_of(t);

	return state == IDLE || state == RELEASED;
}

/* Never started: it ends as if it had been. */
static bool take_back(struct transaction *t, int status)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool queued;

	raw_spin_lock_irq(&q->lock);
	queued = t->state == QUEUED;
	if (queued) {
		list_move_tail(&t->node, &q->active);
		q->running++;
		t->state = ENDING;
		t->status = status;
		t->holds = 1;
	}
	raw_spin_unlock_irq(&q->lock);
	if (queued && put(t))
		pump(t->dma.device);
	return queued;
}

static bool forbid_more(struct transaction *t)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool running;

	raw_spin_lock_irq(&q->lock);
	running = t->state == RUNNING;
	if (running)
		t->state = STOPPING;
	raw_spin_unlock_irq(&q->lock);
	return running;
}

/* The plugin is in no op of this run any more, except the one that we call. */
static void wait_for_holds(struct transaction *t)
{
	while (READ_ONCE(t->holds) > 1)
		usleep_range(10, 50);
}

/* What was transferred before it was stopped is not undone. */
static void conclude(struct transaction *t, int status)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;

	raw_spin_lock_irq(&q->lock);
	if (!t->status && t->bytes < t->dma.length)
		t->status = status;
	t->state = ENDING;
	raw_spin_unlock_irq(&q->lock);
	put(t);
}

/*
 * Bring it to an end, whatever it is doing. With the device's lock, so that
 * nobody else stops it and the plugin stays.
 */
static void stop(struct transaction *t, int status)
{
	struct kplug_device *dev = t->dma.device;

	lockdep_assert_held(&dev->lock);
	/* Whoever prepares it waits for nobody. */
	wait_event(dev->dma.ended, state_of(t) != CLAIMED);
	if (!take_back(t, status) && forbid_more(t)) {
		wait_for_holds(t);
		ops_of(dev)->dma_abort(&t->dma);
		kplug_irq_synchronize(dev);
		synchronize_rcu();
		conclude(t, status);
		pump(dev);
	}
	wait_event(dev->dma.ended, ended(t));
}

/* From here on; nothing is cut off yet. */
static int cut(struct transaction *t, u64 offset, u64 length)
{
	struct kplug_chunks *c = &t->chunks;
	enum kplug_dma_direction direction;

	c->segments = kplug_mapping_segments(t->mapping, &c->num, &direction);
	if (kplug_chunks_seek(c, t->offset + offset, length) ||
	    !kplug_chunks_aligned(c, t->alignment))
		return -EINVAL;
	return 0;
}

static int check_limits(struct transaction *t, const struct kplug_transaction *arg)
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

static int set_up(struct transaction *t, const struct kplug_transaction *arg)
{
	enum kplug_dma_direction direction;
	const struct kplug_segment *segments;
	u64 whole = 0;
	u32 i, num;

	segments = kplug_mapping_segments(t->mapping, &num, &direction);
	for (i = 0; i < num; i++)
		whole += segments[i].length;
	if (arg->offset >= whole || arg->length > whole - arg->offset)
		return -EINVAL;
	if (arg->direction > KPLUG_DMA_FROM_DEVICE ||
	    (arg->direction && direction && arg->direction != direction))
		return -EINVAL;
	t->dma.direction = arg->direction ?: direction;
	t->offset = arg->offset;
	t->length = arg->length ?: whole - arg->offset;
	return check_limits(t, arg) ?: cut(t, 0, t->length);
}

static struct transaction *make(struct kplug_opener *opener)
{
	struct transaction *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	t->dma.chunk.segments = kcalloc(opener->dev->dma.engine.max_segments,
					sizeof(*t->dma.chunk.segments), GFP_KERNEL_ACCOUNT);
	if (!t->dma.chunk.segments) {
		kfree(t);
		return NULL;
	}
	kref_init(&t->ref);
	t->number = atomic_inc_return(&opener->dev->num_transactions);
	t->dma.device = opener->dev;
	t->dma.opener = opener;
	kplug_object_created(KPLUG_OBJECT_TRANSACTION);
	return t;
}

static int publish(struct transaction *t)
{
	int err = xa_alloc(&t->dma.opener->transactions, &t->id, t,
			   XA_LIMIT(1, KPLUG_MAX_TRANSACTIONS), GFP_KERNEL_ACCOUNT);

	return err == -EBUSY ? -ENOSPC : err;
}

/* KPLUG_TRANSACTION */
int kplug_transaction_make(struct kplug_opener *opener, struct kplug_transaction *arg)
{
	struct transaction *t;
	int err;

	lockdep_assert_held(&opener->dev->lock);
	if (arg->flags || arg->__reserved)
		return -EOPNOTSUPP;
	if (!opener->session)
		return -EBADFD;
	if (!ops_of(opener->dev)->dma_program)
		return -EOPNOTSUPP;
	t = make(opener);
	if (!t)
		return -ENOMEM;
	err = -ENOENT;
	t->mapping = kplug_mapping_get(opener, arg->mapping);
	if (!t->mapping)
		goto err_put;
	err = set_up(t, arg) ?: publish(t);
	if (err)
		goto err_mapping;
	arg->out_id = t->id;
	return 0;

err_mapping:
	kplug_mapping_put(t->mapping);
err_put:
	kref_put(&t->ref, release);
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

/* Out of the array already. */
static void forget(struct transaction *t)
{
	kplug_mapping_put(t->mapping);
	kref_put(&t->ref, release);
}

/* KPLUG_RELEASE */
int kplug_transaction_release(struct kplug_opener *opener, u32 id)
{
	struct transaction *t = xa_load(&opener->transactions, id);

	lockdep_assert_held(&opener->dev->lock);
	if (!t)
		return -ENOENT;
	if (!retire(t))
		return -EBUSY;
	xa_erase(&opener->transactions, id);
	forget(t);
	return 0;
}

/* KPLUG_ABORT */
int kplug_transaction_abort(struct kplug_opener *opener, u32 id)
{
	struct transaction *t = xa_load(&opener->transactions, id);

	lockdep_assert_held(&opener->dev->lock);
	if (!t)
		return -ENOENT;
	stop(t, -ECANCELED);
	return 0;
}

/**
 * kplug_transaction_forget() - an opener leaves the plugin
 * @opener: whose transactions end
 * @status: how
 */
void kplug_transaction_forget(struct kplug_opener *opener, int status)
{
	struct transaction *t;
	unsigned long id;

	lockdep_assert_held(&opener->dev->lock);
	xa_for_each(&opener->transactions, id, t) {
		xa_erase(&opener->transactions, id);
		/* A thread that has found it may run it once more in between. */
		do
			stop(t, status);
		while (!retire(t));
		forget(t);
	}
}

/**
 * kplug_transaction_revoke() - what a mapping led to is gone
 * @opener: whose mapping
 * @mapping: revoked already, so that nothing is started over it any more
 *
 * Return: how many transactions there are over it, which have ended.
 */
int kplug_transaction_revoke(struct kplug_opener *opener, const struct kplug_mapping *mapping)
{
	struct transaction *t;
	unsigned long id;
	int num = 0;

	lockdep_assert_held(&opener->dev->lock);
	xa_for_each(&opener->transactions, id, t) {
		if (t->mapping != mapping)
			continue;
		stop(t, -ENODEV);
		num++;
	}
	return num;
}

/* The reference keeps the memory; whether it may run is another question. */
static struct transaction *find(struct kplug_opener *opener, u32 id)
{
	struct transaction *t;

	xa_lock(&opener->transactions);
	t = xa_load(&opener->transactions, id);
	if (t)
		kref_get(&t->ref);
	xa_unlock(&opener->transactions);
	return t;
}

static int claim(struct transaction *t)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	int err = 0;

	raw_spin_lock_irq(&q->lock);
	if (t->state == RELEASED) {
		err = -ENOENT;
	} else if (t->state != IDLE) {
		err = -EBUSY;
	} else {
		t->state = CLAIMED;
		t->run++;
	}
	raw_spin_unlock_irq(&q->lock);
	return err;
}

/* Not claimed any more. */
static void set_state(struct transaction *t, enum state state)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;

	raw_spin_lock_irq(&q->lock);
	t->state = state;
	if (state == QUEUED)
		list_add_tail(&t->node, &q->waiting);
	raw_spin_unlock_irq(&q->lock);
	if (wq_has_sleeper(&q->ended))
		wake_up_all(&q->ended);
}

static int check_execution(const struct transaction *t, const struct kplug_execution *e)
{
	if (e->flags)
		return -EOPNOTSUPP;
	if (e->offset >= t->length || e->length > t->length - e->offset)
		return -EINVAL;
	if (e->poll_us && !ops_of(t->dma.device)->dma_poll)
		return -EOPNOTSUPP;
	return 0;
}

/* Claimed: the plugin stays, because whoever takes it away waits for us. */
static int prepare(struct transaction *t, const struct kplug_execution *e)
{
	const struct kplug_plugin_ops *ops = ops_of(t->dma.device);
	struct kplug_dma *dma = &t->dma;
	int err = check_execution(t, e);

	if (err)
		return err;
	dma->length = e->length ?: t->length - e->offset;
	err = cut(t, e->offset, dma->length);
	if (err)
		return err;
	dma->polled = e->poll_us == KPLUG_POLL_ALWAYS;
	dma->chunk.offset = 0;
	dma->chunk.length = 0;
	memcpy(dma->args, e->args, sizeof(dma->args));
	err = ops->dma_check ? ops->dma_check(dma) : 0;
	if (err)
		return err;
	t->cookie = e->cookie;
	t->bytes = 0;
	t->num_chunks = 0;
	t->status = 0;
	t->timed = e->timeout_ms != KPLUG_TIMEOUT_NONE;
	t->deadline = jiffies + msecs_to_jiffies(e->timeout_ms ?: DEFAULT_TIMEOUT_MS) + 1;
	return 0;
}

/* Have the watchdog look at @deadline at the latest. */
static void watch(struct kplug_dma_queue *q, unsigned long deadline)
{
	/* Either it sees what is queued now, or we see that it has looked. */
	smp_mb();
	if (READ_ONCE(q->watching) && time_before_eq(READ_ONCE(q->next_look), deadline))
		return;
	WRITE_ONCE(q->next_look, deadline);
	WRITE_ONCE(q->watching, true);
	mod_delayed_work(system_wq, &q->watchdog,
			 time_after(deadline, jiffies) ? deadline - jiffies : 0);
}

static int start(struct transaction *t, const struct kplug_execution *e, unsigned int *run)
{
	struct kplug_device *dev = t->dma.device;
	int err = claim(t);
	unsigned long deadline;
	bool timed;

	if (err)
		return err;
	err = kplug_device_dead(dev) || kplug_mapping_revoked(t->mapping) ? -ENODEV : prepare(t, e);
	if (err) {
		set_state(t, IDLE);
		return err;
	}
	*run = t->run;
	deadline = t->deadline;
	timed = t->timed;
	/* Another processor may run and end it at once. */
	set_state(t, QUEUED);
	if (timed)
		watch(&dev->dma, deadline);
	pump(dev);
	return 0;
}

/* Return: whether this run is still to end; @held: and the plugin may look. */
static bool hold(struct transaction *t, unsigned int run, bool *held)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool goes_on;

	raw_spin_lock_irq(&q->lock);
	goes_on = t->run == run && (t->state == QUEUED || t->state == RUNNING);
	*held = goes_on && t->state == RUNNING;
	if (*held)
		t->holds++;
	raw_spin_unlock_irq(&q->lock);
	return goes_on;
}

static int poll(struct transaction *t, unsigned int run, u32 poll_us)
{
	struct kplug_device *dev = t->dma.device;
	u64 end = ktime_get_ns() + (u64)poll_us * NSEC_PER_USEC;
	bool held;

	while (hold(t, run, &held)) {
		if (held) {
			/* The end of others' that it sees, stop() waits for. */
			rcu_read_lock();
			ops_of(dev)->dma_poll(&t->dma);
			rcu_read_unlock();
			if (put(t)) {
				pump(dev);
				break;
			}
		}
		if (poll_us != KPLUG_POLL_ALWAYS && ktime_get_ns() >= end)
			break;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		cpu_relax();
	}
	return 0;
}

static int execute(struct kplug_opener *opener, const struct kplug_execution *e)
{
	struct transaction *t = find(opener, e->id);
	unsigned int run;
	int err;

	if (!t)
		return kplug_device_dead(opener->dev) ? -ENODEV : -ENOENT;
	err = start(t, e, &run);
	if (!err && e->poll_us)
		err = poll(t, run, e->poll_us);
	kref_put(&t->ref, release);
	return err;
}

int kplug_dma_execute(struct kplug_opener *opener, const struct kplug_execution *execution)
{
	return execution->poll_us ? -EINVAL : execute(opener, execution);
}
EXPORT_SYMBOL_GPL(kplug_dma_execute);

/* So many are copied from the program at a time. */
#define BATCH 8

/* KPLUG_EXECUTE. Without the lock, which polling would hold for long. */
int kplug_transaction_execute(struct kplug_opener *opener, struct kplug_execute *arg)
{
	const struct kplug_execution __user *from = u64_to_user_ptr(arg->executions);
	struct kplug_execution batch[BATCH];
	u32 i, num;
	int err = 0;

	arg->out_started = 0;
	if (arg->flags)
		return -EOPNOTSUPP;
	if (!arg->num_executions || arg->num_executions > KPLUG_MAX_EXECUTIONS)
		return -EINVAL;
	while (!err && arg->out_started < arg->num_executions) {
		num = min_t(u32, arg->num_executions - arg->out_started, BATCH);
		if (copy_from_user(batch, from + arg->out_started, num * sizeof(*batch)))
			return -EFAULT;
		for (i = 0; !err && i < num; i++) {
			err = execute(opener, &batch[i]);
			if (!err)
				arg->out_started++;
		}
	}
	return err;
}

static void describe(struct transaction *t, struct kplug_transaction_info *info)
{
	static const u32 states[] = {
		[IDLE] = KPLUG_TRANSACTION_IDLE,
		[CLAIMED] = KPLUG_TRANSACTION_QUEUED,
		[QUEUED] = KPLUG_TRANSACTION_QUEUED,
		[RUNNING] = KPLUG_TRANSACTION_RUNNING,
		[STOPPING] = KPLUG_TRANSACTION_RUNNING,
		[ENDING] = KPLUG_TRANSACTION_RUNNING,
		[RELEASED] = KPLUG_TRANSACTION_IDLE,
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

/* KPLUG_TRANSACTION_INFO. Without the lock: it waits. */
int kplug_transaction_describe(struct kplug_opener *opener, struct kplug_transaction_info *info)
{
	struct transaction *t = find(opener, info->id);
	long left = 0;

	if (!t)
		return kplug_device_dead(opener->dev) ? -ENODEV : -ENOENT;
	if (info->timeout_ms) {
		left = info->timeout_ms == KPLUG_TIMEOUT_NONE ? MAX_SCHEDULE_TIMEOUT :
		       msecs_to_jiffies(info->timeout_ms);
		left = wait_event_interruptible_timeout(opener->dev->dma.ended, ended(t), left);
	}
	if (left >= 0)
		describe(t, info);
	kref_put(&t->ref, release);
	return left < 0 ? -EINTR : 0;
}

typedef bool (*choice)(const struct transaction *t);

static bool overdue(const struct transaction *t)
{
	return t->timed && time_after_eq(jiffies, t->deadline) &&
	       (t->state == QUEUED || t->state == RUNNING);
}

static bool running(const struct transaction *t)
{
	return t->state == RUNNING;
}

/* With a reference; the device's lock keeps it from being released. */
static struct transaction *choose(struct kplug_device *dev, choice wanted)
{
	struct list_head *lists[] = { &dev->dma.active, &dev->dma.waiting };
	struct transaction *t, *found = NULL;
	unsigned int i;

	raw_spin_lock_irq(&dev->dma.lock);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		list_for_each_entry(t, lists[i], node)
			if (!found && wanted(t))
				found = t;
	if (found)
		kref_get(&found->ref);
	raw_spin_unlock_irq(&dev->dma.lock);
	return found;
}

static void stop_all(struct kplug_device *dev, choice wanted, int status)
{
	struct transaction *t;

	while ((t = choose(dev, wanted))) {
		stop(t, status);
		kref_put(&t->ref, release);
	}
}

static bool next_deadline(struct kplug_dma_queue *q, unsigned long *deadline)
{
	struct list_head *lists[] = { &q->active, &q->waiting };
	struct transaction *t;
	bool any = false;
	unsigned int i;

	raw_spin_lock_irq(&q->lock);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		list_for_each_entry(t, lists[i], node)
			if (t->timed && (!any || time_before(t->deadline, *deadline))) {
				*deadline = t->deadline;
				any = true;
			}
	raw_spin_unlock_irq(&q->lock);
	return any;
}

static void look(struct work_struct *work)
{
	struct kplug_dma_queue *q = container_of(to_delayed_work(work), struct kplug_dma_queue, watchdog);
	struct kplug_device *dev = container_of(q, struct kplug_device, dma);
	unsigned long deadline;

	WRITE_ONCE(q->watching, false);
	/* Pairs with watch(). */
	smp_mb();
	mutex_lock(&dev->lock);
	stop_all(dev, overdue, -ETIMEDOUT);
	if (next_deadline(q, &deadline))
		watch(q, deadline);
	mutex_unlock(&dev->lock);
}

static void set_held(struct kplug_dma_queue *q, bool held)
{
	raw_spin_lock_irq(&q->lock);
	q->held = held;
	raw_spin_unlock_irq(&q->lock);
}

/* Before the plugin hears of a pause: what it ends then makes no room for what waits. */
void kplug_transaction_hold(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	set_held(&dev->dma, true);
}

/* The device rests: what runs ends, what waits stays. */
void kplug_transaction_pause(struct kplug_device *dev)
{
	kplug_transaction_hold(dev);
	stop_all(dev, running, -EIO);
}

/* The device is off the bus: what runs gets nowhere, what waits stays. */
void kplug_transaction_stop_running(struct kplug_device *dev)
{
	struct transaction *t;

	while ((t = choose(dev, running))) {
		stop(t, off_the_bus_status(t));
		kref_put(&t->ref, release);
	}
}

/* It may be back. */
void kplug_transaction_go_on(struct kplug_device *dev)
{
	pump(dev);
}

void kplug_transaction_resume(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	set_held(&dev->dma, false);
	pump(dev);
}

/* The device is dead. */
void kplug_transaction_forget_all(struct kplug_device *dev)
{
	struct kplug_opener *opener;

	set_held(&dev->dma, true);
	list_for_each_entry(opener, &dev->openers, node)
		kplug_transaction_forget(opener, -ENODEV);
}

static const struct kplug_dma_engine any_engine = {
	.depth = 1,
	.max_chunk = U32_MAX,
	.max_segments = 1,
	.alignment = 1,
};

int kplug_dma_set_engine(struct kplug_device *dev, const struct kplug_dma_engine *engine)
{
	struct kplug_dma_engine *e = &dev->dma.engine;
	u32 alignment = engine->alignment ?: 1;

	lockdep_assert_held(&dev->lock);
	if (!is_power_of_2(alignment) || engine->max_chunk % alignment)
		return -EINVAL;
	e->depth = engine->depth ?: any_engine.depth;
	e->max_chunk = engine->max_chunk ?: any_engine.max_chunk;
	e->max_segments = engine->max_segments ?: any_engine.max_segments;
	e->alignment = alignment;
	return 0;
}
EXPORT_SYMBOL_GPL(kplug_dma_set_engine);

/* Before a plugin is attached. */
void kplug_transaction_reset_engine(struct kplug_device *dev)
{
	dev->dma.engine = any_engine;
}

void kplug_transaction_init(struct kplug_device *dev)
{
	struct kplug_dma_queue *q = &dev->dma;

	raw_spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->waiting);
	INIT_LIST_HEAD(&q->active);
	init_waitqueue_head(&q->ended);
	init_irq_work(&q->wake, wake);
	INIT_DELAYED_WORK(&q->watchdog, look);
}

/* No transaction is left. Without the lock, which the watchdog takes. */
void kplug_transaction_exit(struct kplug_device *dev)
{
	cancel_delayed_work_sync(&dev->dma.watchdog);
	irq_work_sync(&dev->dma.wake);
}
