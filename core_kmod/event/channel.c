// SPDX-License-Identifier: GPL-2.0
/* The event channel: posting events, in any context, to the clients that listen. */
#include <linux/atomic.h>
#include <linux/eventfd.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/rcuwait.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <kplug/plugin.h>

#include "client/client.h"
#include "compat.h"
#include "device.h"
#include "event/channel.h"
#include "event/listener.h"
#include "event/ring.h"
#include "event/subscribe.h"
#include "irq/vector.h"
#include "trace.h"

/*
 * On PREEMPT_RT, wait queues sleep on contention. A hard interrupt therefore leaves the wake-up
 * to an irq_work, which runs in a thread there.
 */
static bool must_not_wake(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) && !preemptible();
}

/*
 * Handlers that are never threaded take spinlocks here. That is correct where spinlocks do not
 * sleep; on PREEMPT_RT must_not_wake() prevents it.
 */
static DEFINE_WAIT_OVERRIDE_MAP(spinlock_map, LD_WAIT_CONFIG);

static void wake_pollers_now(struct kplug_client *client)
{
	wake_up_interruptible_poll(&client->pollers, EPOLLIN | EPOLLRDNORM);
}

static void wake_pollers_later(struct irq_work *work)
{
	wake_pollers_now(container_of(work, struct kplug_client, poll_work));
}

/*
 * With interrupts off. There is one reader, woken without a lock that could sleep. This does
 * what rcuwait_wake_up() does, without the steps that are done already.
 */
static void wake_client(struct kplug_client *client)
{
	struct task_struct *reader;

	/*
	 * Pairs with the barrier before a reader sleeps: it sees the record, or this sees the
	 * reader.
	 */
	smp_mb();
	reader = rcu_dereference_check(client->reader.task, irqs_disabled());
	if (reader)
		wake_up_process(reader);
	/* The barrier above serves the pollers, too. */
	if (!waitqueue_active(&client->pollers))
		return;
	if (must_not_wake()) {
		irq_work_queue(&client->poll_work);
		return;
	}
	lock_map_acquire_try(&spinlock_map);
	wake_pollers_now(client);
	lock_map_release(&spinlock_map);
}

static void signal_eventfd(struct listener_fd *fd)
{
	if (must_not_wake()) {
		atomic_inc(&fd->pending);
		irq_work_queue(&fd->work);
		return;
	}
	lock_map_acquire_try(&spinlock_map);
	kplug_compat_eventfd_signal(fd->ctx);
	lock_map_release(&spinlock_map);
}

void kplug_channel_init(struct kplug_client *client)
{
	kplug_ring_prepare(&client->ring);
	INIT_LIST_HEAD(&client->listener);
	mutex_init(&client->read_lock);
	rcuwait_init(&client->reader);
	init_waitqueue_head(&client->pollers);
	init_irq_work(&client->poll_work, wake_pollers_later);
}

static __always_inline bool push(struct kplug_client *client, const struct kplug_post *post)
{
	bool room = kplug_ring_push(&client->ring, post);

	wake_client(client);
	return room;
}

/**
 * kplug_channel_post() - post an event of the device to all listeners
 * @dev: the device
 * @v: the vector of the event, or NULL
 * @post: the event
 *
 * Context: any, hard interrupt included.
 */
void kplug_channel_post(struct kplug_device *dev, struct kplug_vector *v,
			const struct kplug_post *post)
{
	struct kplug_client *client;
	struct listener_fd *fd;
	unsigned long flags;

	trace_kplug_event_post(dev->id, post->vector, post->type);
	if (v)
		atomic64_inc(&v->count.posted);
	/* For the locks of the rings; it is also an RCU read-side critical section. */
	local_irq_save(flags);
	list_for_each_entry_rcu(client, &dev->listeners, listener, irqs_disabled()) {
		if (v && !kplug_subscribe_hears(client, v->irq.vector))
			continue;
		if (!push(client, post) && v)
			atomic64_inc(&v->count.dropped);
	}
	if (v)
		list_for_each_entry_rcu(fd, &v->eventfds, node, irqs_disabled())
			if (kplug_subscribe_hears(fd->client, v->irq.vector))
				signal_eventfd(fd);
	local_irq_restore(flags);
}

/**
 * kplug_channel_post_irq() - post the event of a vector's handler
 * @v: the vector, with the words that the handler captured
 * @t_hard: time at which the handler was entered, or 0
 * @t_end: time at which it returned, or 0
 *
 * A fast variant of kplug_channel_post() that uses what is known in advance.
 *
 * Context: after the hard handler; interrupts are off, except in a thread on PREEMPT_RT.
 */
void kplug_channel_post_irq(struct kplug_vector *v, u64 t_hard, u64 t_end)
{
	struct kplug_client *client;
	struct listener_fd *fd;
	unsigned long flags;

	v->post.t_hard = t_hard;
	v->post.t_handler_end = t_end;
	v->post.t_post = t_end;
	v->post.words = v->irq.captured;
	if (trace_kplug_event_post_enabled())
		trace_kplug_event_post(v->dev->id, v->irq.vector, v->post.type);
	atomic64_inc(&v->count.posted);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_save(flags);
	list_for_each_entry_rcu(client, &v->dev->listeners, listener, irqs_disabled())
		if (likely(kplug_subscribe_hears(client, v->irq.vector)) &&
		    unlikely(!push(client, &v->post)))
			atomic64_inc(&v->count.dropped);
	list_for_each_entry_rcu(fd, &v->eventfds, node, irqs_disabled())
		if (likely(kplug_subscribe_hears(fd->client, v->irq.vector)))
			signal_eventfd(fd);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_restore(flags);
}

static __always_inline struct kplug_post make_post(u64 now, u32 vector, u16 type, const u64 *data,
						   unsigned int words)
{
	return (struct kplug_post){
		.t_hard = now,
		.t_handler_end = now,
		.t_post = now,
		.vector = vector,
		.type = type,
		.words = min_t(unsigned int, words, KPLUG_EVENT_WORDS),
		/* A full ring must not hide why the flood of events ends. */
		.urgent = type == KPLUG_EVENT_STORM || type == KPLUG_EVENT_REMOVED,
		.data = data,
	};
}

void kplug_event_post(struct kplug_device *dev, u32 vector, u16 type, const u64 *data,
		      unsigned int words)
{
	struct kplug_vector *v = vector < dev->max_vectors ? &dev->vectors[vector] : NULL;
	struct kplug_post post = make_post(ktime_get_mono_fast_ns(), v ? vector : KPLUG_NO_VECTOR,
					   type, data, words);

	kplug_channel_post(dev, v, &post);
}
EXPORT_SYMBOL_GPL(kplug_event_post);

void kplug_event_send(struct kplug_client *client, u16 type, const u64 *data, unsigned int words)
{
	struct kplug_post post =
		make_post(ktime_get_mono_fast_ns(), KPLUG_NO_VECTOR, type, data, words);
	unsigned long flags;

	/* Pairs with the release when the ring is made. */
	if (!smp_load_acquire(&client->has_ring))
		return;
	local_irq_save(flags);
	push(client, &post);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_GPL(kplug_event_send);

/**
 * kplug_channel_reserve() - reserve records for later events
 * @client: the client that will receive the events
 * @num: number of events
 *
 * Keeps records of the ring free for kplug_channel_put_reserved(); all other events treat them as
 * taken. Without a ring it always succeeds. If the client makes a ring before an event is sent,
 * the event goes into that ring.
 *
 * Follow each reservation by exactly one kplug_channel_put_reserved() before the client is freed.
 *
 * Context: any.
 * Return: the number of reservations; fewer when unread records and reservations fill the ring.
 */
unsigned int kplug_channel_reserve(struct kplug_client *client, unsigned int num)
{
	unsigned long flags;

	local_irq_save(flags);
	num = kplug_ring_reserve(&client->ring, num);
	local_irq_restore(flags);
	return num;
}

/* The time for kplug_channel_put_reserved(). */
u64 kplug_channel_now(void)
{
	return ktime_get_mono_fast_ns();
}

/**
 * kplug_channel_put_reserved() - put an event into a reserved record
 * @client: the client whose record is reserved; this uses up the reservation
 * @now: from kplug_channel_now()
 * @type: KPLUG_EVENT_*
 * @data: the words of the event
 * @words: number of words, at most KPLUG_EVENT_WORDS
 *
 * Context: any, interrupts off.
 * Return: true when a kplug_channel_wake() has to follow.
 */
bool kplug_channel_put_reserved(struct kplug_client *client, u64 now, u16 type, const u64 *data,
				unsigned int words)
{
	struct kplug_post post = make_post(now, KPLUG_NO_VECTOR, type, data, words);

	return kplug_ring_push_reserved(&client->ring, &post);
}

/**
 * kplug_channel_wake() - wake those who wait for events
 * @client: their client
 *
 * Context: any, interrupts off.
 */
void kplug_channel_wake(struct kplug_client *client)
{
	wake_client(client);
}
