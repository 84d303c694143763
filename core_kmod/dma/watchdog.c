// SPDX-License-Identifier: GPL-2.0
/* The watchdog stops runs that take too long. */
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "client/client.h"
#include "device.h"
#include "dma/stop.h"
#include "dma/transaction.h"
#include "dma/watchdog.h"

/* 0 means that the watchdog is not scheduled. */
static unsigned long look_at(unsigned long deadline)
{
	return deadline ?: 1;
}

static bool earlier(unsigned long deadline, unsigned long next_look)
{
	return !next_look || time_before(deadline, next_look);
}

/*
 * Schedules the watchdog for @deadline at the latest. Another task may have set a later delay at
 * the same time, so check again.
 */
void kplug_dma_watchdog_watch(struct kplug_dma_queue *q, unsigned long deadline)
{
	unsigned long next;

	deadline = look_at(deadline);
	/* Pairs with look(): either it sees what is queued now, or this sees that it has run. */
	smp_mb();
	do {
		next = READ_ONCE(q->next_look);
		if (!earlier(deadline, next))
			return;
	} while (cmpxchg(&q->next_look, next, deadline) != next);
	do {
		next = READ_ONCE(q->next_look);
		mod_delayed_work(system_wq, &q->watchdog,
				 next && time_after(next, jiffies) ? next - jiffies : 0);
	} while (READ_ONCE(q->next_look) != next);
}

static bool is_overdue(const struct transaction *t)
{
	return t->timed && time_after_eq(jiffies, t->deadline) &&
	       (t->state == QUEUED || t->state == RUNNING);
}

/* The next deadline of queued and running transactions; 0 for none. */
static unsigned long next_deadline(struct kplug_device *dev)
{
	struct kplug_client *client;
	unsigned long id, next = 0;
	struct transaction *t;

	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		xa_for_each(&client->transactions, id, t) {
			raw_spin_lock_irq(&dev->dma.lock);
			if (t->timed && (t->state == QUEUED || t->state == RUNNING) &&
			    earlier(t->deadline, next))
				next = look_at(t->deadline);
			raw_spin_unlock_irq(&dev->dma.lock);
			cond_resched();
		}
	mutex_unlock(&dev->lock);
	return next;
}

/* Walks the transactions of all clients rather than the queue, which needs interrupts off. */
static void look(struct work_struct *work)
{
	struct kplug_dma_queue *q =
		container_of(to_delayed_work(work), struct kplug_dma_queue, watchdog);
	struct kplug_device *dev = container_of(q, struct kplug_device, dma);
	unsigned long deadline;

	WRITE_ONCE(q->next_look, 0);
	/* Pairs with kplug_dma_watchdog_watch(). */
	smp_mb();
	kplug_dma_stop_all(dev, is_overdue, -ETIMEDOUT);
	deadline = next_deadline(dev);
	if (deadline)
		kplug_dma_watchdog_watch(q, deadline);
}

void kplug_dma_watchdog_init(struct kplug_device *dev)
{
	INIT_DELAYED_WORK(&dev->dma.watchdog, look);
}

/*
 * No transaction exists any more and none can be started, so the watchdog is not scheduled again.
 * Without the lock, because the watchdog takes it.
 */
void kplug_dma_watchdog_exit(struct kplug_device *dev)
{
	cancel_delayed_work_sync(&dev->dma.watchdog);
}
