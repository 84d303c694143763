// SPDX-License-Identifier: GPL-2.0
/* Listeners of a device, by ring or eventfd, from the first request to the last event. */
#include <linux/atomic.h>
#include <linux/eventfd.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/rcuwait.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "access/mmap.h"
#include "client/client.h"
#include "client/limit.h"
#include "client/rights.h"
#include "compat.h"
#include "device.h"
#include "event/listener.h"
#include "event/ring.h"
#include "irq/vector.h"
#include "memory/usermem.h"
#include "object.h"

static void signal_later(struct irq_work *work)
{
	struct listener_fd *fd = container_of(work, struct listener_fd, work);
	int n = atomic_xchg(&fd->pending, 0);

	while (n--)
		kplug_compat_eventfd_signal(fd->ctx);
}

static void count_listener(struct kplug_client *client, int change)
{
	struct kplug_device *dev = client->dev;
	unsigned int i;

	if (client->wants_times)
		dev->num_timed += change;
	for (i = 0; i < dev->max_vectors; i++)
		WRITE_ONCE(dev->vectors[i].timed, dev->num_timed != 0);
}

/* Joins the listeners, if the client has a ring and may listen. May be called again. */
void kplug_listener_join(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;

	lockdep_assert_held(&dev->lock);
	if (!client->has_ring || !list_empty(&client->listener) ||
	    !kplug_client_may(client, KPLUG_PLUGIN_ALLOW_EVENTS))
		return;
	list_add_tail_rcu(&client->listener, &dev->listeners);
	count_listener(client, 1);
}

static int may_have_ring(const struct kplug_client *client)
{
	lockdep_assert_held(&client->dev->lock);
	if (!kplug_client_may(client, KPLUG_PLUGIN_ALLOW_EVENTS))
		return -EPERM;
	return client->has_ring ? -EALREADY : 0;
}

static int start_ring(struct kplug_client *client, struct kplug_usermem *memory,
		      const struct kplug_ring *arg)
{
	int err = kplug_limit_listener(client);
	unsigned long flags;

	if (err)
		return err;
	local_irq_save(flags);
	err = kplug_ring_init(&client->ring, kplug_usermem_addr(memory), arg->entries);
	local_irq_restore(flags);
	if (err)
		return err;
	client->ring_memory = memory;
	client->wants_times = !(arg->flags & KPLUG_RING_NO_TIMES);
	/* Pairs with the acquires of readers, which do not take the lock. */
	smp_store_release(&client->has_ring, true);
	kplug_listener_join(client);
	kplug_object_created(KPLUG_OBJECT_RING);
	return 0;
}

/* KPLUG_RING. Allocates without the lock, so that other clients do not wait. */
int kplug_listener_make_ring(struct kplug_client *client, struct kplug_ring *arg)
{
	struct kplug_device *dev = client->dev;
	struct kplug_usermem *memory;
	int err;

	err = kplug_client_lock(client);
	if (err)
		return err;
	err = may_have_ring(client);
	mutex_unlock(&dev->lock);
	if (err)
		return err;
	if (!is_power_of_2(arg->entries) || arg->entries < 2 || arg->entries > KPLUG_MAX_RING)
		return -EINVAL;
	memory = kplug_usermem_alloc(kplug_ring_bytes(arg->entries));
	if (!memory)
		return -ENOMEM;
	arg->out_mmap_offset = (u64)KPLUG_MMAP_RING << KPLUG_MMAP_SHIFT;
	arg->out_mmap_size = kplug_usermem_length(memory);
	err = kplug_client_lock(client);
	if (err)
		goto err_free;
	err = may_have_ring(client) ?: start_ring(client, memory, arg);
	mutex_unlock(&dev->lock);
	if (!err)
		return 0;
err_free:
	kplug_usermem_put(memory);
	return err;
}

static void free_fd(struct listener_fd *fd)
{
	irq_work_sync(&fd->work);
	eventfd_ctx_put(fd->ctx);
	kfree(fd);
	kplug_object_destroyed(KPLUG_OBJECT_EVENTFD);
}

/* There is at most one, see kplug_listener_set_eventfd(). */
static void unlink_fd(struct kplug_vector *v, struct kplug_client *client,
		      struct kplug_unlinked *unlinked)
{
	struct listener_fd *fd;

	list_for_each_entry(fd, &v->eventfds, node)
		if (fd->client == client) {
			list_del_rcu(&fd->node);
			fd->next = unlinked->fds;
			unlinked->fds = fd;
			return;
		}
}

static struct listener_fd *make_fd(struct kplug_client *client, struct eventfd_ctx *ctx)
{
	struct listener_fd *fd = kzalloc(sizeof(*fd), GFP_KERNEL_ACCOUNT);

	if (!fd)
		return NULL;
	fd->client = client;
	fd->ctx = ctx;
	init_irq_work(&fd->work, signal_later);
	kplug_object_created(KPLUG_OBJECT_EVENTFD);
	return fd;
}

static int change_fd(struct kplug_client *client, u32 vector, struct listener_fd *fd,
		     struct kplug_unlinked *unlinked)
{
	struct kplug_device *dev = client->dev;
	int err = 0;

	lockdep_assert_held(&dev->lock);
	if (!kplug_client_may(client, KPLUG_PLUGIN_ALLOW_EVENTS))
		return -EPERM;
	if (vector >= (dev->num_vectors ?: dev->max_vectors))
		return -ENOENT;
	vector = array_index_nospec(vector, dev->max_vectors);
	if (!client->trusted && !test_bit(vector, client->allowed))
		return -EPERM;
	if (fd)
		err = kplug_limit_listener(client);
	if (err)
		return err;
	unlink_fd(&dev->vectors[vector], client, unlinked);
	if (fd)
		list_add_tail_rcu(&fd->node, &dev->vectors[vector].eventfds);
	return 0;
}

/* @ctx: NULL to remove; on success the client owns it. Without the lock: this waits for posts. */
int kplug_listener_set_eventfd(struct kplug_client *client, u32 vector, struct eventfd_ctx *ctx)
{
	struct kplug_unlinked unlinked = {};
	struct listener_fd *fd = NULL;
	int err;

	if (ctx) {
		fd = make_fd(client, ctx);
		if (!fd)
			return -ENOMEM;
	}
	err = kplug_client_lock(client);
	if (!err) {
		err = change_fd(client, vector, fd, &unlinked);
		mutex_unlock(&client->dev->lock);
	}
	kplug_listener_free_unlinked(client, &unlinked);
	if (err && fd) {
		kfree(fd);
		kplug_object_destroyed(KPLUG_OBJECT_EVENTFD);
	}
	return err;
}

/*
 * Unlinks the client, which receives no new events. Running posts may still use what is
 * unlinked.
 */
void kplug_listener_unlink(struct kplug_client *client, struct kplug_unlinked *unlinked)
{
	struct kplug_device *dev = client->dev;
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for (i = 0; i < dev->max_vectors; i++)
		unlink_fd(&dev->vectors[i], client, unlinked);
	if (!list_empty(&client->listener)) {
		list_del_rcu(&client->listener);
		count_listener(client, -1);
		unlinked->ring = true;
	}
}

/* One wait serves all; without the lock, so that other clients need not wait. */
void kplug_listener_free_unlinked(struct kplug_client *client, struct kplug_unlinked *unlinked)
{
	struct listener_fd *fd;

	if (!unlinked->fds && !unlinked->ring)
		return;
	synchronize_rcu();
	if (unlinked->ring)
		INIT_LIST_HEAD(&client->listener);
	while ((fd = unlinked->fds)) {
		unlinked->fds = fd->next;
		free_fd(fd);
	}
}

/* Called after kplug_listener_free_unlinked(). */
void kplug_listener_free(struct kplug_client *client)
{
	irq_work_sync(&client->poll_work);
	if (!client->has_ring)
		return;
	kplug_usermem_put(client->ring_memory);
	kplug_object_destroyed(KPLUG_OBJECT_RING);
}

static void hang_up(struct kplug_client *client)
{
	/* Pairs with the acquire of readers, so that they find the last event. */
	smp_store_release(&client->hungup, true);
	rcuwait_wake_up(&client->reader);
	wake_up_interruptible_poll(&client->pollers, EPOLLHUP);
}

/* Posts the last event and ends every wait. */
void kplug_listener_hangup(struct kplug_device *dev)
{
	struct kplug_client *client;
	struct listener_fd *fd;
	unsigned int i;

	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_REMOVED, NULL, 0);
	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		hang_up(client);
	for (i = 0; i < dev->max_vectors; i++)
		list_for_each_entry(fd, &dev->vectors[i].eventfds, node)
			kplug_compat_eventfd_signal(fd->ctx);
	mutex_unlock(&dev->lock);
}

/* The same for one revoked client, before it is unlinked. */
void kplug_listener_hangup_client(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	struct listener_fd *fd;
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	if (client->hungup)
		return;
	kplug_event_send(client, KPLUG_EVENT_REMOVED, NULL, 0);
	hang_up(client);
	for (i = 0; i < dev->max_vectors; i++)
		list_for_each_entry(fd, &dev->vectors[i].eventfds, node)
			if (fd->client == client)
				kplug_compat_eventfd_signal(fd->ctx);
}
