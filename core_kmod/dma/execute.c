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
#include <linux/xarray.h>

#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "compat.h"
#include "device.h"
#include "dma/budget.h"
#include "dma/execute.h"
#include "dma/mapping.h"
#include "dma/queue.h"
#include "dma/transaction.h"
#include "dma/watchdog.h"
#include "event/channel.h"
#include "memory/array.h"
#include "plugin/entry.h"

#define DEFAULT_TIMEOUT_MS 10000

/* Transactions of one client that start together. */
struct group {
	struct kplug_client *client;
	const struct kplug_dma_execution *executions;
	struct transaction *t[KPLUG_DMA_ROW];
	unsigned int num; /* are claimed */
	unsigned int first_run; /* number of the first one's run */
};

static int claim_locked(struct transaction *t)
{
	/* At 0, where none is, an array that counts from 1 keeps a mark of its own. */
	if (!t || xa_is_zero(t) || t->state == RELEASED)
		return -ENOENT;
	if (t->state != IDLE)
		return -EBUSY;
	t->state = CLAIMED;
	t->run++;
	return 0;
}

/* Claims the transactions, which stay until they are started or given up. */
static int claim(struct group *g, unsigned int num)
{
	struct kplug_dma_queue *q = &g->client->dev->dma;
	XA_STATE(xas, &g->client->transactions, 0);
	int err = 0;

	g->num = 0;
	xas_lock(&xas);
	raw_spin_lock_irq(&q->lock);
	while (g->num < num) {
		struct transaction *t;

		xas_set(&xas, g->executions[g->num].id);
		t = xas_load(&xas);
		err = claim_locked(t);
		if (err)
			break;
		g->t[g->num++] = t;
	}
	if (g->num)
		g->first_run = g->t[0]->run;
	raw_spin_unlock_irq(&q->lock);
	xas_unlock(&xas);
	return err;
}

/* Gives up the claims from @first on. */
static void unclaim(struct group *g, unsigned int first)
{
	struct kplug_dma_queue *q = &g->client->dev->dma;
	unsigned int i;

	raw_spin_lock_irq(&q->lock);
	for (i = first; i < g->num; i++)
		g->t[i]->state = IDLE;
	raw_spin_unlock_irq(&q->lock);
	g->num = first;
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

/* Prepares the claimed ones, and reserves records for their ends. */
static int prepare_group(struct group *g)
{
	unsigned int i, reserved;
	int err = 0;

	for (i = 0; i < g->num; i++) {
		err = over_already(g->t[i]) ?: prepare(g->t[i], &g->executions[i]);
		if (err)
			break;
	}
	reserved = i ? kplug_channel_reserve(g->client, i) : 0;
	if (reserved < i)
		err = -ENOSPC;
	if (reserved < g->num)
		unclaim(g, reserved);
	return err;
}

/* Their first deadline, in jiffies. Returns false if none has one. */
static bool first_deadline(const struct group *g, unsigned long *deadline)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < g->num; i++) {
		if (!g->t[i]->timed || (any && !time_before(g->t[i]->deadline, *deadline)))
			continue;
		*deadline = g->t[i]->deadline;
		any = true;
	}
	return any;
}

/* Starts up to KPLUG_DMA_ROW transactions; g->num of them have started, also after an error. */
static int start_group(struct group *g, unsigned int num)
{
	struct kplug_device *dev = g->client->dev;
	int err = claim(g, num), failed;
	unsigned long deadline;
	bool timed;

	if (!g->num)
		return err;
	failed = prepare_group(g);
	if (failed)
		err = failed;
	if (!g->num)
		return err;
	timed = first_deadline(g, &deadline);
	/* Another CPU may run and end them immediately. */
	kplug_dma_queue_add(dev, g->t, g->num);
	if (timed)
		kplug_dma_watchdog_watch(&dev->dma, deadline);
	return err;
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
			kplug_dma_budget_renew();
			kplug_dma_transaction_ops(dev)->dma_poll(&t->dma);
			rcu_read_unlock();
			if (kplug_dma_queue_put(t)) {
				kplug_dma_queue_pump(dev);
				break;
			}
			/* A task of high priority may keep the work from running. */
			if (unlikely(!list_empty_careful(&dev->dma.later)))
				kplug_dma_queue_pump(dev);
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

static int no_transaction(const struct kplug_client *client, int err)
{
	return err == -ENOENT ? kplug_dma_transaction_no_session(client) : err;
}

/* Starts one and polls for its end. */
static int execute_polled(struct kplug_client *client, const struct kplug_dma_execution *e)
{
	struct transaction *t = kplug_dma_transaction_find(client, e->id);
	struct group g kplug_uninitialized;
	int err;

	if (!t)
		return kplug_dma_transaction_no_session(client);
	g.client = client;
	g.executions = e;
	err = start_group(&g, 1);
	/* It may have been released, and another one may have its number. */
	if (!err && g.t[0] == t)
		err = poll(t, g.first_run, e->poll_us);
	kplug_dma_transaction_put(t);
	return no_transaction(client, err);
}

int kplug_dma_execute(struct kplug_client *client, const struct kplug_dma_execution *execution)
{
	struct group g kplug_uninitialized;

	if (execution->poll_us)
		return -EINVAL;
	g.client = client;
	g.executions = execution;
	return no_transaction(client, start_group(&g, 1));
}
EXPORT_SYMBOL_GPL(kplug_dma_execute);

const struct kplug_element kplug_dma_execution_element = KPLUG_ELEMENT(kplug_dma_execution, args);

/* The number of those at the beginning that start together. */
static u32 together(const struct kplug_dma_execution *e, u32 num)
{
	u32 n = 0;

	while (n < num && !e[n].poll_us)
		n++;
	return n;
}

/* The plugin stays for one batch, in which the program's memory is not accessed. */
static int execute_batch(struct kplug_client *client, const struct kplug_dma_execution *batch,
			 u32 num, u32 *started)
{
	struct group g kplug_uninitialized;
	u32 i = 0, n;
	int err = 0;

	if (!kplug_entry_begin(client))
		return kplug_dma_transaction_no_session(client);
	g.client = client;
	while (!err && i < num) {
		n = together(&batch[i], num - i);
		if (n) {
			g.executions = &batch[i];
			err = no_transaction(client, start_group(&g, n));
			i += g.num;
		} else {
			err = execute_polled(client, &batch[i]);
			i += !err;
		}
	}
	kplug_entry_end(client);
	*started += i;
	return err;
}

/* KPLUG_DMA_EXECUTE. Without the lock, because polling would hold it for long. */
int kplug_dma_execute_user(struct kplug_client *client, struct kplug_dma_execute *arg)
{
	struct kplug_dma_execution batch[KPLUG_DMA_ROW] kplug_uninitialized;
	const void __user *from = u64_to_user_ptr(arg->executions);
	u32 num;
	int err = 0;

	arg->out_started = 0;
	if (!arg->num_executions || arg->num_executions > KPLUG_MAX_EXECUTIONS)
		return -EINVAL;
	while (!err && arg->out_started < arg->num_executions) {
		num = min_t(u32, arg->num_executions - arg->out_started, KPLUG_DMA_ROW);
		err = kplug_array_get(&kplug_dma_execution_element, batch, from, arg->stride, num);
		if (!err)
			err = execute_batch(client, batch, num, &arg->out_started);
		from += (size_t)num * arg->stride;
	}
	return err;
}
