// SPDX-License-Identifier: GPL-2.0
/* Starting transactions, for a program or a plugin, and polling for their end. */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "compat.h"
#include "device.h"
#include "dma/execute.h"
#include "dma/mapping.h"
#include "dma/queue.h"
#include "dma/transaction.h"
#include "dma/watchdog.h"
#include "event/channel.h"
#include "memory/array.h"
#include "plugin/entry.h"

#define DEFAULT_TIMEOUT_MS 10000

static int claim_transaction(struct transaction *t)
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

/* Ends the claim. */
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

static int check_execution(const struct transaction *t, const struct kplug_dma_execution *e)
{
	if (e->flags)
		return -EOPNOTSUPP;
	if (e->offset >= t->length || e->length > t->length - e->offset)
		return -EINVAL;
	if (e->poll_us && !kplug_dma_transaction_ops(t->dma.device)->dma_poll)
		return -EOPNOTSUPP;
	return 0;
}

/* The transaction is claimed. The plugin stays, because its end waits for this call. */
static int prepare(struct transaction *t, const struct kplug_dma_execution *e)
{
	const struct kplug_plugin_ops *ops = kplug_dma_transaction_ops(t->dma.device);
	struct kplug_dma *dma = &t->dma;
	int err = check_execution(t, e);

	if (err)
		return err;
	dma->length = e->length ?: t->length - e->offset;
	err = kplug_dma_transaction_cut(t, e->offset, dma->length);
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

/* The reason why no transaction can be started any more, or 0. */
static int over_already(const struct transaction *t)
{
	if (kplug_client_gone(t->dma.client) || kplug_dma_mapping_revoked(t->mapping))
		return -ENODEV;
	return READ_ONCE(t->dma.client->closing) ? -ECANCELED : 0;
}

static int start_run(struct transaction *t, const struct kplug_dma_execution *e, unsigned int *run)
{
	struct kplug_device *dev = t->dma.device;
	int err = claim_transaction(t);
	unsigned long deadline;
	bool timed;

	if (err)
		return err;
	err = over_already(t) ?: prepare(t, e) ?: kplug_channel_reserve(t->dma.client);
	if (err) {
		set_state(t, IDLE);
		return err;
	}
	*run = t->run;
	deadline = t->deadline;
	timed = t->timed;
	/* Another CPU may run and end it immediately. */
	set_state(t, QUEUED);
	if (timed)
		kplug_dma_watchdog_watch(&dev->dma, deadline);
	kplug_dma_queue_pump(dev);
	return 0;
}

/* Returns whether this run has not ended; @held: and the plugin may poll for it. */
static bool hold_run(struct transaction *t, unsigned int run, bool *held)
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

	while (hold_run(t, run, &held)) {
		if (held) {
			/*
			 * abort_running() waits for this, because the poll may end other
			 * transactions.
			 */
			rcu_read_lock();
			kplug_dma_transaction_ops(dev)->dma_poll(&t->dma);
			rcu_read_unlock();
			if (kplug_dma_queue_put(t)) {
				kplug_dma_queue_pump(dev);
				break;
			}
		}
		if (poll_us != KPLUG_POLL_ALWAYS && ktime_get_ns() >= end)
			break;
		/* The end of the session ends the transaction. */
		if (READ_ONCE(t->dma.client->closing))
			break;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		cpu_relax();
	}
	return 0;
}

static int execute_one(struct kplug_client *client, const struct kplug_dma_execution *e)
{
	struct transaction *t = kplug_dma_transaction_find(client, e->id);
	unsigned int run;
	int err;

	if (!t)
		return kplug_dma_transaction_no_session(client);
	err = start_run(t, e, &run);
	if (!err && e->poll_us)
		err = poll(t, run, e->poll_us);
	kplug_dma_transaction_put(t);
	return err;
}

int kplug_dma_execute(struct kplug_client *client, const struct kplug_dma_execution *execution)
{
	return execution->poll_us ? -EINVAL : execute_one(client, execution);
}
EXPORT_SYMBOL_GPL(kplug_dma_execute);

const struct kplug_element kplug_dma_execution_element = KPLUG_ELEMENT(kplug_dma_execution, args);

/* Number of executions copied from the program at a time. */
#define BATCH 8

/* The plugin stays for one batch, in which the program's memory is not accessed. */
static int execute_batch(struct kplug_client *client, const struct kplug_dma_execution *batch,
			 u32 num, u32 *started)
{
	int err = 0;
	u32 i;

	if (!kplug_entry_begin(client))
		return kplug_dma_transaction_no_session(client);
	for (i = 0; !err && i < num; i++) {
		err = execute_one(client, &batch[i]);
		if (!err)
			(*started)++;
	}
	kplug_entry_end(client);
	return err;
}

/* KPLUG_DMA_EXECUTE. Without the lock, because polling would hold it for long. */
int kplug_dma_execute_user(struct kplug_client *client, struct kplug_dma_execute *arg)
{
	struct kplug_dma_execution batch[BATCH] kplug_uninitialized;
	const void __user *from = u64_to_user_ptr(arg->executions);
	u32 num;
	int err = 0;

	arg->out_started = 0;
	if (!arg->num_executions || arg->num_executions > KPLUG_MAX_EXECUTIONS)
		return -EINVAL;
	while (!err && arg->out_started < arg->num_executions) {
		num = min_t(u32, arg->num_executions - arg->out_started, BATCH);
		err = kplug_array_get(&kplug_dma_execution_element, batch, from, arg->stride, num);
		if (!err)
			err = execute_batch(client, batch, num, &arg->out_started);
		from += (size_t)num * arg->stride;
	}
	return err;
}
