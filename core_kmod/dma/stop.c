// SPDX-License-Identifier: GPL-2.0
/* Stopping runs of transactions, whatever state they are in. */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "client/client.h"
#include "device.h"
#include "dma/mapping.h"
#include "dma/master.h"
#include "dma/queue.h"
#include "dma/stop.h"
#include "dma/transaction.h"
#include "irq/vector.h"
#include "plugin/entry.h"

/* The run has not started: it ends as if it had been stopped. */
static void take_back_queued(struct transaction *t, int status)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool queued;

	raw_spin_lock_irq(&q->lock);
	queued = t->state == QUEUED && t->run == t->stop_run;
	if (queued) {
		list_del(&t->node);
		q->running++;
		t->state = ENDING;
		t->status = status;
		t->holds = 1;
	}
	raw_spin_unlock_irq(&q->lock);
	if (queued)
		kplug_dma_queue_put(t);
}

static bool forbid_more(struct transaction *t)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;
	bool running;

	raw_spin_lock_irq(&q->lock);
	running = t->state == RUNNING && t->run == t->stop_run;
	if (running) {
		kplug_dma_queue_forget(t);
		t->state = STOPPING;
	}
	raw_spin_unlock_irq(&q->lock);
	return running;
}

/* Waits until the plugin is in no op for this run, except the one called from here. */
static void wait_for_holds(struct transaction *t)
{
	while (READ_ONCE(t->holds) > 1)
		usleep_range(10, 50);
}

/* Data transferred before the stop is not undone. */
static void conclude(struct transaction *t, int status)
{
	struct kplug_dma_queue *q = &t->dma.device->dma;

	raw_spin_lock_irq(&q->lock);
	if (!t->status && t->bytes < t->dma.length)
		t->status = status;
	t->state = ENDING;
	raw_spin_unlock_irq(&q->lock);
	kplug_dma_queue_put(t);
}

/* Collects a run to stop; its session stays until it has been stopped. With stop_lock. */
static void collect(struct transaction *t, unsigned int run, struct list_head *list)
{
	kref_get(&t->ref);
	kref_get(&t->dma.client->ref);
	atomic_inc(&t->dma.client->calls);
	t->stop_run = run;
	t->aborted = false;
	list_add_tail(&t->stop_node, list);
}

/* Waits for this run only: the next one may be waiting for the task that stops this one. */
static void wait_for_run(struct transaction *t)
{
	wait_event(t->dma.device->dma.ended,
		   kplug_dma_transaction_ended(t) || READ_ONCE(t->run) != t->stop_run);
}

static void abort_running(struct kplug_device *dev, struct list_head *list)
{
	struct transaction *t;
	bool any = false;

	list_for_each_entry(t, list, stop_node) {
		t->aborted = forbid_more(t);
		cond_resched();
		if (!t->aborted)
			continue;
		wait_for_holds(t);
		kplug_dma_transaction_ops(dev)->dma_abort(&t->dma);
		any = true;
	}
	/* A handler or poll that is already running may be about to end one. */
	if (any) {
		mutex_lock(&dev->lock);
		kplug_vector_synchronize(dev);
		mutex_unlock(&dev->lock);
		synchronize_rcu();
	}
}

/* @status: 0 when the memory or bus mastery is gone, see move_notify() */
static int status_of(const struct transaction *t, int status)
{
	return status ?: kplug_dma_transaction_lost_status(t);
}

/*
 * Ends the collected runs, whatever state they are in. Without the device's lock, because the
 * engine may be slow to release a chunk.
 */
static void stop_collected(struct kplug_device *dev, struct list_head *list, int status)
{
	struct transaction *t, *next;

	lockdep_assert_held(&dev->dma.stop_lock);
	if (list_empty(list))
		return;
	/* The plugin's check of a run that is being prepared does not wait for a program. */
	list_for_each_entry(t, list, stop_node)
		wait_event(dev->dma.ended, kplug_dma_transaction_state(t) != CLAIMED);
	list_for_each_entry(t, list, stop_node) {
		take_back_queued(t, status_of(t, status));
		cond_resched();
	}
	abort_running(dev, list);
	list_for_each_entry(t, list, stop_node) {
		if (t->aborted)
			conclude(t, status_of(t, status));
		cond_resched();
	}
	kplug_dma_queue_pump(dev);
	list_for_each_entry_safe(t, next, list, stop_node) {
		struct kplug_client *client = t->dma.client;

		wait_for_run(t);
		list_del(&t->stop_node);
		kplug_entry_end(client);
		kplug_dma_transaction_put(t);
		kplug_client_put(client);
		cond_resched();
	}
}

static void collect_of(struct kplug_client *client, kplug_dma_choice wanted, struct list_head *list)
{
	struct kplug_dma_queue *q = &client->dev->dma;
	struct transaction *t;
	unsigned long id;
	unsigned int run;
	bool found;

	lockdep_assert_held(&client->dev->lock);
	xa_for_each(&client->transactions, id, t) {
		raw_spin_lock_irq(&q->lock);
		found = wanted(t);
		run = t->run;
		raw_spin_unlock_irq(&q->lock);
		if (found)
			collect(t, run, list);
		cond_resched();
	}
}

/* Stops the runs of all clients that @wanted selects. */
void kplug_dma_stop_all(struct kplug_device *dev, kplug_dma_choice wanted, int status)
{
	struct kplug_client *client;
	LIST_HEAD(list);

	mutex_lock(&dev->dma.stop_lock);
	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		collect_of(client, wanted, &list);
	mutex_unlock(&dev->lock);
	stop_collected(dev, &list, status);
	mutex_unlock(&dev->dma.stop_lock);
}

static bool is_unended(const struct transaction *t)
{
	return !kplug_dma_transaction_ended(t);
}

/**
 * kplug_dma_stop_client() - stop all transactions of a client
 * @client: the client whose session ends; without the device's lock
 * @status: the status of the transactions
 */
void kplug_dma_stop_client(struct kplug_client *client, int status)
{
	struct kplug_device *dev = client->dev;
	LIST_HEAD(list);

	mutex_lock(&dev->dma.stop_lock);
	mutex_lock(&dev->lock);
	collect_of(client, is_unended, &list);
	mutex_unlock(&dev->lock);
	stop_collected(dev, &list, status);
	mutex_unlock(&dev->dma.stop_lock);
}

static int abort_one(struct kplug_client *client, u32 id)
{
	struct kplug_dma_queue *q = &client->dev->dma;
	struct transaction *t = kplug_dma_transaction_find(client, id);
	LIST_HEAD(list);
	int err = -EINTR;

	if (!t)
		return -ENOENT;
	if (!mutex_lock_killable(&q->stop_lock)) {
		collect(t, READ_ONCE(t->run), &list);
		stop_collected(client->dev, &list, -ECANCELED);
		mutex_unlock(&q->stop_lock);
		err = 0;
	}
	kplug_dma_transaction_put(t);
	return err;
}

/* KPLUG_DMA_ABORT. Without the lock, because the engine may be slow. */
int kplug_dma_stop_one(struct kplug_client *client, u32 id)
{
	int err;

	if (!kplug_entry_begin(client))
		return kplug_dma_transaction_no_session(client);
	err = abort_one(client, id);
	kplug_entry_end(client);
	return err;
}

static bool is_running(const struct transaction *t)
{
	return t->state == RUNNING;
}

static bool is_revoked(const struct transaction *t)
{
	return kplug_dma_mapping_revoked(t->mapping) && !kplug_dma_transaction_ended(t);
}

/* After kplug_dma_queue_hold(): stops running transactions; queued ones stay. Without the lock. */
void kplug_dma_stop_running(struct kplug_device *dev)
{
	kplug_dma_stop_all(dev, is_running, -EIO);
}

/*
 * Memory was withdrawn from mappings, and the device has no bus mastery: running transactions
 * cannot proceed, and queued ones stay. No transaction over the withdrawn mappings starts any more.
 */
static void stop_revoked(struct kplug_device *dev)
{
	kplug_dma_stop_all(dev, is_running, 0);
	kplug_dma_stop_all(dev, is_revoked, -ENODEV);
}

static const struct kplug_dma_user transactions = {
	.stop = stop_revoked,
	.go_on = kplug_dma_queue_pump,
};

void kplug_dma_stop_init(struct kplug_device *dev)
{
	mutex_init(&dev->dma.stop_lock);
	dev->dma_user = &transactions;
}
