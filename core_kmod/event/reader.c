// SPDX-License-Identifier: GPL-2.0
/* Taking events: read(), poll() and the map of the ring. */
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rcuwait.h>
#include <linux/uaccess.h>

#include "client/client.h"
#include "compat.h"
#include "device.h"
#include "event/reader.h"
#include "event/ring.h"
#include "memory/usermem.h"
#include "trace.h"

static bool hungup(const struct kplug_client *client)
{
	/* Pairs with the release at the end of the device: its last event is in the ring. */
	return smp_load_acquire(&client->hungup);
}

/*
 * Copies the valid words one by one: a copy whose size is not a compile-time constant costs more
 * than the wake-up path can afford.
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

/* Returns the number of bytes, 0 without a record, or -errno if it could not copy any record. */
static ssize_t read_records(struct kplug_client *client, char __user *buf, size_t len)
{
	ssize_t done = 0;

	while (len - done >= sizeof(struct kplug_event)) {
		u64 number kplug_uninitialized;
		const struct kplug_event *ev = kplug_ring_front(&client->ring, &number);

		if (IS_ERR_OR_NULL(ev)) {
			if (ev && !done)
				return PTR_ERR(ev);
			break;
		}
		if (copy_record(buf + done, ev))
			return done ?: -EFAULT;
		if (trace_kplug_event_read_enabled())
			trace_kplug_event_read(client->dev->id, ev->vector, ev->seq, ev->t_post);
		kplug_ring_pop(&client->ring, number);
		done += sizeof(*ev);
	}
	return done;
}

/* Returns when a record is ready or the device is gone; -ERESTARTSYS after a signal. */
static int sleep_until_event(struct kplug_client *client)
{
	int err = rcuwait_wait_event(&client->reader,
				     !kplug_ring_empty(&client->ring) || hungup(client),
				     TASK_INTERRUPTIBLE);

	return err ? -ERESTARTSYS : 0;
}

static ssize_t read_locked(struct kplug_client *client, char __user *buf, size_t len, bool nonblock)
{
	for (;;) {
		/* Read this first, so that the last event is found. */
		bool gone = hungup(client);
		ssize_t n = read_records(client, buf, len);

		if (n)
			return n;
		if (gone)
			return -ENODEV;
		if (nonblock)
			return -EAGAIN;
		n = sleep_until_event(client);
		if (n)
			return n;
	}
}

/* Limits one read(), which a program could keep busy for ever by moving its tail back. */
#define MAX_READ (4096 * sizeof(struct kplug_event))

ssize_t kplug_reader_read(struct kplug_client *client, char __user *buf, size_t len, bool nonblock)
{
	ssize_t n;

	/* Pairs with the release when the ring is made. */
	if (!smp_load_acquire(&client->has_ring))
		return kplug_client_gone(client) ? -ENODEV : -ENOTCONN;
	if (len < sizeof(struct kplug_event))
		return -EINVAL;
	if (nonblock) {
		/* The holder of the lock takes the records. */
		if (!mutex_trylock(&client->read_lock))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&client->read_lock)) {
		return -ERESTARTSYS;
	}
	n = read_locked(client, buf, min(len, MAX_READ), nonblock);
	mutex_unlock(&client->read_lock);
	return n;
}

__poll_t kplug_reader_poll(struct kplug_client *client, struct file *file,
			   struct poll_table_struct *table)
{
	__poll_t mask = 0;

	poll_wait(file, &client->pollers, table);
	/* Pairs with the release when the ring is made. */
	if (smp_load_acquire(&client->has_ring) && !kplug_ring_empty(&client->ring))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (hungup(client))
		mask |= EPOLLHUP;
	return mask;
}

int kplug_reader_mmap(struct kplug_client *client, struct vm_area_struct *vma, u64 offset)
{
	/* Pairs with the release when the ring is made. */
	if (!smp_load_acquire(&client->has_ring))
		return -ENOTCONN;
	return kplug_usermem_mmap(client->ring_memory, vma, offset);
}
