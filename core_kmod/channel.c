// SPDX-License-Identifier: GPL-2.0
/* The event channel: from a post in any context to the openers that listen. */
#include <linux/eventfd.h>
#include <linux/log2.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "core.h"
#include "trace.h"

/* One opener's eventfd on one vector. */
struct listener_fd {
	struct list_head node;	/* kplug_vector.eventfds */
	struct kplug_opener *opener;
	struct eventfd_ctx *ctx;
	struct irq_work work;
	atomic_t pending;	/* signals left to the work */
};

/*
 * On PREEMPT_RT the wait queues sleep on contention, so a hard interrupt leaves
 * the wake-up to an irq_work, which runs in a thread there.
 */
static bool must_not_wake(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) && !preemptible();
}

static void wake_pollers_now(struct kplug_opener *opener)
{
	wake_up_interruptible_poll(&opener->pollers, EPOLLIN | EPOLLRDNORM);
}

static void wake_pollers_later(struct irq_work *work)
{
	wake_pollers_now(container_of(work, struct kplug_opener, poll_work));
}

/*
 * With interrupts off. The reader is one task, woken without any lock that could
 * sleep; what rcuwait_wake_up() would do, less what is done already.
 */
static void wake(struct kplug_opener *opener)
{
	struct task_struct *reader;

	/* Pairs with the barrier of whoever goes to sleep: it sees the record, or we see it. */
	smp_mb();
	reader = rcu_dereference_check(opener->reader.task, irqs_disabled());
	if (reader)
		wake_up_process(reader);
	if (!waitqueue_active(&opener->pollers))
		return;
	if (must_not_wake())
		irq_work_queue(&opener->poll_work);
	else
		wake_pollers_now(opener);
}

static void signal_later(struct irq_work *work)
{
	struct listener_fd *fd = container_of(work, struct listener_fd, work);
	int n = atomic_xchg(&fd->pending, 0);

	while (n--)
		kplug_compat_eventfd_signal(fd->ctx);
}

static void signal(struct listener_fd *fd)
{
	if (must_not_wake()) {
		atomic_inc(&fd->pending);
		irq_work_queue(&fd->work);
	} else {
		kplug_compat_eventfd_signal(fd->ctx);
	}
}

void kplug_channel_init(struct kplug_opener *opener)
{
	INIT_LIST_HEAD(&opener->listener);
	mutex_init(&opener->read_lock);
	rcuwait_init(&opener->reader);
	init_waitqueue_head(&opener->pollers);
	init_irq_work(&opener->poll_work, wake_pollers_later);
}

static __always_inline bool push(struct kplug_opener *opener, const struct kplug_post *post)
{
	bool room = kplug_ring_push(&opener->ring, post);

	wake(opener);
	return room;
}

/**
 * kplug_channel_post() - an event of the device, to all that listen
 * @dev: the device
 * @v: its vector, or NULL
 * @post: the event
 *
 * Context: any, hard interrupt included.
 */
void kplug_channel_post(struct kplug_device *dev, struct kplug_vector *v,
			const struct kplug_post *post)
{
	struct kplug_opener *opener;
	struct listener_fd *fd;
	unsigned long flags;

	trace_kplug_event_post(dev->id, post->vector, post->type);
	if (v)
		atomic64_inc(&v->count.posted);
	/* For the rings' locks; it is a read side of RCU, too. */
	local_irq_save(flags);
	list_for_each_entry_rcu(opener, &dev->listeners, listener, irqs_disabled())
		if (!push(opener, post) && v)
			atomic64_inc(&v->count.dropped);
	if (v)
		list_for_each_entry_rcu(fd, &v->eventfds, node, irqs_disabled())
			signal(fd);
	local_irq_restore(flags);
}

/**
 * kplug_channel_post_irq() - the event that a vector's handler asks for
 * @v: the vector, with what the handler captured
 * @t_hard: when it was entered, or 0
 * @t_end: when it returned, or 0
 *
 * The same again with all that is known beforehand: this one has to be quick.
 *
 * Context: after the hard handler; interrupts are off but in a thread of PREEMPT_RT.
 */
void kplug_channel_post_irq(struct kplug_vector *v, u64 t_hard, u64 t_end)
{
	struct kplug_opener *opener;
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
	list_for_each_entry_rcu(opener, &v->dev->listeners, listener, irqs_disabled())
		if (unlikely(!push(opener, &v->post)))
			atomic64_inc(&v->count.dropped);
	list_for_each_entry_rcu(fd, &v->eventfds, node, irqs_disabled())
		signal(fd);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		local_irq_restore(flags);
}

static struct kplug_post make_post(u32 vector, u16 type, const u64 *data, unsigned int words)
{
	u64 now = ktime_get_mono_fast_ns();

	return (struct kplug_post) {
		.t_hard = now,
		.t_handler_end = now,
		.t_post = now,
		.vector = vector,
		.type = type,
		.words = min_t(unsigned int, words, KPLUG_EVENT_WORDS),
		/* A flood of events must not hide why it ends. */
		.urgent = type == KPLUG_EVENT_STORM || type == KPLUG_EVENT_REMOVED,
		.data = data,
	};
}

void kplug_event_post(struct kplug_device *dev, u32 vector, u16 type, const u64 *data,
		      unsigned int words)
{
	struct kplug_vector *v = vector < dev->max_vectors ? &dev->vectors[vector] : NULL;
	struct kplug_post post = make_post(v ? vector : KPLUG_NO_VECTOR, type, data, words);

	kplug_channel_post(dev, v, &post);
}
EXPORT_SYMBOL_GPL(kplug_event_post);

void kplug_event_send(struct kplug_opener *opener, u16 type, const u64 *data, unsigned int words)
{
	struct kplug_post post = make_post(KPLUG_NO_VECTOR, type, data, words);
	unsigned long flags;

	/* Pairs with the release when the ring was made. */
	if (!smp_load_acquire(&opener->has_ring))
		return;
	local_irq_save(flags);
	push(opener, &post);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_GPL(kplug_event_send);

static void count_listener(struct kplug_opener *opener, int change)
{
	struct kplug_device *dev = opener->dev;
	unsigned int i;

	if (opener->wants_times)
		dev->num_timed += change;
	for (i = 0; i < dev->max_vectors; i++)
		WRITE_ONCE(dev->vectors[i].timed, dev->num_timed);
}

/* Join the listeners, with a ring and the right to; harmless when joined already. */
void kplug_channel_listen(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;

	lockdep_assert_held(&dev->lock);
	if (!opener->has_ring || !list_empty(&opener->listener) ||
	    !kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_EVENTS))
		return;
	list_add_tail_rcu(&opener->listener, &dev->listeners);
	count_listener(opener, 1);
}

int kplug_channel_make_ring(struct kplug_opener *opener, struct kplug_ring *arg)
{
	lockdep_assert_held(&opener->dev->lock);
	if (!kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_EVENTS))
		return -EPERM;
	if (arg->flags & ~KPLUG_RING_NO_TIMES || arg->__reserved)
		return -EOPNOTSUPP;
	if (!is_power_of_2(arg->entries) || arg->entries < 2 || arg->entries > KPLUG_MAX_RING)
		return -EINVAL;
	if (opener->has_ring)
		return -EALREADY;
	opener->ring_memory = kplug_usermem_alloc(kplug_ring_bytes(arg->entries));
	if (!opener->ring_memory)
		return -ENOMEM;
	opener->wants_times = !(arg->flags & KPLUG_RING_NO_TIMES);
	kplug_ring_init(&opener->ring, opener->ring_memory->addr, arg->entries);
	/* Pairs with the acquires of readers, which do not take the lock. */
	smp_store_release(&opener->has_ring, true);
	kplug_channel_listen(opener);
	kplug_object_created(KPLUG_OBJECT_RING);
	arg->out_mmap_offset = (u64)KPLUG_MMAP_RING << KPLUG_MMAP_SHIFT;
	arg->out_mmap_size = opener->ring_memory->length;
	return 0;
}

/* Nobody signals it any more. */
static void free_fd(struct listener_fd *fd)
{
	irq_work_sync(&fd->work);
	eventfd_ctx_put(fd->ctx);
	kfree(fd);
	kplug_object_destroyed(KPLUG_OBJECT_EVENTFD);
}

/* Take this opener's eventfds off @v and onto @removed; the caller waits, then frees. */
static void unlink_fds(struct kplug_vector *v, struct kplug_opener *opener,
		       struct listener_fd **removed)
{
	struct listener_fd *fd;

	/* At most one, see kplug_channel_set_eventfd(). */
	list_for_each_entry(fd, &v->eventfds, node)
		if (fd->opener == opener) {
			list_del_rcu(&fd->node);
			*removed = fd;
			return;
		}
	*removed = NULL;
}

static struct listener_fd *make_fd(struct kplug_opener *opener, struct eventfd_ctx *ctx)
{
	struct listener_fd *fd = kzalloc(sizeof(*fd), GFP_KERNEL_ACCOUNT);

	if (!fd)
		return NULL;
	fd->opener = opener;
	fd->ctx = ctx;
	init_irq_work(&fd->work, signal_later);
	kplug_object_created(KPLUG_OBJECT_EVENTFD);
	return fd;
}

/* @ctx: NULL to remove; on success the opener owns it */
int kplug_channel_set_eventfd(struct kplug_opener *opener, u32 vector, struct eventfd_ctx *ctx)
{
	struct kplug_device *dev = opener->dev;
	struct listener_fd *fd = NULL, *old;

	lockdep_assert_held(&dev->lock);
	if (!kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_EVENTS))
		return -EPERM;
	if (vector >= (dev->num_vectors ?: dev->max_vectors))
		return -ENOENT;
	if (ctx) {
		fd = make_fd(opener, ctx);
		if (!fd)
			return -ENOMEM;
	}
	unlink_fds(&dev->vectors[vector], opener, &old);
	if (fd)
		list_add_tail_rcu(&fd->node, &dev->vectors[vector].eventfds);
	if (old) {
		synchronize_rcu();
		free_fd(old);
	}
	return 0;
}

/* The opener receives nothing any more. */
void kplug_channel_forget(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;
	struct listener_fd *fd;
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for (i = 0; i < dev->max_vectors; i++) {
		unlink_fds(&dev->vectors[i], opener, &fd);
		if (fd) {
			synchronize_rcu();
			free_fd(fd);
		}
	}
	if (!list_empty(&opener->listener)) {
		list_del_rcu(&opener->listener);
		count_listener(opener, -1);
		synchronize_rcu();
		INIT_LIST_HEAD(&opener->listener);
	}
}

/* After kplug_channel_forget(). */
void kplug_channel_free(struct kplug_opener *opener)
{
	irq_work_sync(&opener->poll_work);
	if (!opener->has_ring)
		return;
	kplug_usermem_free(opener->ring_memory);
	kplug_object_destroyed(KPLUG_OBJECT_RING);
}

/* The last event, and the end of every wait. */
void kplug_channel_hangup(struct kplug_device *dev)
{
	struct kplug_opener *opener;
	struct listener_fd *fd;
	unsigned int i;

	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_REMOVED, NULL, 0);
	mutex_lock(&dev->lock);
	/* Pairs with the acquire of readers: they find the last event. */
	smp_store_release(&dev->hungup, true);
	for (i = 0; i < dev->max_vectors; i++)
		list_for_each_entry(fd, &dev->vectors[i].eventfds, node)
			kplug_compat_eventfd_signal(fd->ctx);
	list_for_each_entry(opener, &dev->openers, node) {
		rcuwait_wake_up(&opener->reader);
		wake_up_interruptible_poll(&opener->pollers, EPOLLHUP);
	}
	mutex_unlock(&dev->lock);
}

static bool hungup(const struct kplug_device *dev)
{
	return smp_load_acquire(&dev->hungup);
}

/*
 * Word by word and only what is meant: a copy of a size that the compiler does
 * not know costs more than the wake-up path can afford.
 */
static int copy_record(char __user *buf, const struct kplug_event *ev)
{
	const unsigned int header = offsetof(struct kplug_event, data) / sizeof(u64);
	unsigned int i, words = min_t(unsigned int, READ_ONCE(ev->words), KPLUG_EVENT_WORDS);
	u64 __user *to = (u64 __user *)buf;
	const u64 *from = (const u64 *)ev;

	BUILD_BUG_ON(header != 6);
	if (!user_write_access_begin(buf, sizeof(*ev)))
		return -EFAULT;
	unsafe_put_user(from[0], to, fault);
	unsafe_put_user(from[1], to + 1, fault);
	unsafe_put_user(from[2], to + 2, fault);
	unsafe_put_user(from[3], to + 3, fault);
	unsafe_put_user(from[4], to + 4, fault);
	unsafe_put_user(from[5], to + 5, fault);
	for (i = 0; i < words; i++)
		unsafe_put_user(from[header + i], to + header + i, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/* Returns bytes, 0 for no record, or -errno if not even one could be copied. */
static ssize_t read_records(struct kplug_opener *opener, char __user *buf, size_t len)
{
	ssize_t done = 0;

	while (len - done >= sizeof(struct kplug_event)) {
		const struct kplug_event *ev = kplug_ring_front(&opener->ring);

		if (unlikely(IS_ERR_OR_NULL(ev))) {
			if (ev && !done)
				return PTR_ERR(ev);
			break;
		}
		if (copy_record(buf + done, ev))
			return done ?: -EFAULT;
		if (trace_kplug_event_read_enabled())
			trace_kplug_event_read(opener->dev->id, ev->vector, ev->seq, ev->t_post);
		kplug_ring_pop(&opener->ring);
		done += sizeof(*ev);
	}
	return done;
}

/* Returns when something waits or the device has gone; -ERESTARTSYS for a signal. */
static int sleep_until_event(struct kplug_opener *opener)
{
	int err = rcuwait_wait_event(&opener->reader, !kplug_ring_empty(&opener->ring) ||
				     hungup(opener->dev), TASK_INTERRUPTIBLE);

	return err ? -ERESTARTSYS : 0;
}

static ssize_t read_locked(struct kplug_opener *opener, char __user *buf, size_t len,
			   bool nonblock)
{
	for (;;) {
		/* First this, so that the last event is found. */
		bool gone = hungup(opener->dev);
		ssize_t n = read_records(opener, buf, len);

		if (n)
			return n;
		if (gone)
			return -ENODEV;
		if (nonblock)
			return -EAGAIN;
		n = sleep_until_event(opener);
		if (n)
			return n;
	}
}

ssize_t kplug_channel_read(struct kplug_opener *opener, char __user *buf, size_t len,
			   bool nonblock)
{
	ssize_t n;

	if (!smp_load_acquire(&opener->has_ring))
		return READ_ONCE(opener->dev->dead) ? -ENODEV : -EBADFD;
	if (len < sizeof(struct kplug_event))
		return -EINVAL;
	if (nonblock) {
		/* Whoever holds it takes what there is. */
		if (!mutex_trylock(&opener->read_lock))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&opener->read_lock)) {
		return -ERESTARTSYS;
	}
	n = read_locked(opener, buf, len, nonblock);
	mutex_unlock(&opener->read_lock);
	return n;
}

__poll_t kplug_channel_poll(struct kplug_opener *opener, struct file *file,
			    struct poll_table_struct *table)
{
	__poll_t mask = 0;

	poll_wait(file, &opener->pollers, table);
	if (smp_load_acquire(&opener->has_ring) && !kplug_ring_empty(&opener->ring))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (hungup(opener->dev))
		mask |= EPOLLHUP;
	return mask;
}

int kplug_channel_mmap(struct kplug_opener *opener, struct vm_area_struct *vma, u64 offset)
{
	if (!smp_load_acquire(&opener->has_ring))
		return -EBADFD;
	return kplug_usermem_mmap(opener->ring_memory, vma, offset);
}
