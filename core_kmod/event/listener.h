/* SPDX-License-Identifier: GPL-2.0 */
/* Listeners of a device, by ring or eventfd, from the first request to the last event. */
#ifndef KPLUG_EVENT_LISTENER_H
#define KPLUG_EVENT_LISTENER_H

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/types.h>

struct eventfd_ctx;
struct kplug_client;
struct kplug_device;
struct kplug_ring;

/* The eventfd of a client for a vector. */
struct listener_fd {
	struct list_head node; /* kplug_vector.eventfds */
	struct listener_fd *next; /* kplug_unlinked.fds */
	struct kplug_client *client;
	struct eventfd_ctx *ctx;
	struct irq_work work;
	atomic_t pending; /* signals that the work has yet to send */
};

/* The unlinked listeners of a client, until posts that still use them are over. */
struct kplug_unlinked {
	struct listener_fd *fds;
	bool ring;
};

void kplug_listener_join(struct kplug_client *client);
int kplug_listener_make_ring(struct kplug_client *client, struct kplug_ring *arg);
int kplug_listener_set_eventfd(struct kplug_client *client, u32 vector, struct eventfd_ctx *ctx);
void kplug_listener_unlink(struct kplug_client *client, struct kplug_unlinked *unlinked);
void kplug_listener_free_unlinked(struct kplug_client *client, struct kplug_unlinked *unlinked);
void kplug_listener_free(struct kplug_client *client);
void kplug_listener_hangup(struct kplug_device *dev);
void kplug_listener_hangup_client(struct kplug_client *client);

#endif /* KPLUG_EVENT_LISTENER_H */
