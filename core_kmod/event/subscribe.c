// SPDX-License-Identifier: GPL-2.0
/* Subscriptions: the vectors whose events a client receives, by its choice and its rights. */
#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/lockdep.h>

#include "client/client.h"
#include "device.h"
#include "event/subscribe.h"
#include "irq/vector.h"
#include "plugin/registration.h"

/*
 * A plugin can let restricted clients receive the events of vectors that it handles, but not of
 * those for which a program has another handler.
 */
static bool may_hear(const struct kplug_client *client, const struct kplug_vector *v)
{
	return client->trusted || (!v->foreign && test_bit(v->irq.vector, client->allowed));
}

static void tune(struct kplug_client *client, const struct kplug_vector *v)
{
	unsigned int vector = v->irq.vector;

	assign_bit(vector, client->hears,
		   test_bit(vector, client->subscribed) && may_hear(client, v));
}

/* Initially a client subscribes to all vectors, and a restricted client may receive none. */
void kplug_subscribe_init(struct kplug_client *client)
{
	bitmap_fill(client->subscribed, KPLUG_MAX_VECTORS);
	kplug_subscribe_update(client);
}

/* After a change of choice or rights. Before the client is published, or under dev->lock. */
void kplug_subscribe_update(struct kplug_client *client)
{
	unsigned int i;

	for (i = 0; i < client->dev->max_vectors; i++)
		tune(client, &client->dev->vectors[i]);
}

/* The vectors that the session lets a restricted client receive; none without a session. */
void kplug_subscribe_session(struct kplug_client *client)
{
	const struct kplug_registration *reg = client->session;

	lockdep_assert_held(&client->dev->lock);
	bitmap_zero(client->allowed, KPLUG_MAX_VECTORS);
	if (reg && reg->plugin->flags & KPLUG_PLUGIN_ALLOW_EVENTS) {
		if (reg->ops.event_vectors)
			reg->ops.event_vectors(client, client->allowed);
		else
			bitmap_fill(client->allowed, KPLUG_MAX_VECTORS);
	}
	kplug_subscribe_update(client);
}

/* The kind of the vector's handler changes; the new handler has not run yet. */
void kplug_subscribe_handler(struct kplug_vector *v, bool foreign)
{
	struct kplug_client *client;

	lockdep_assert_held(&v->dev->lock);
	v->foreign = foreign;
	list_for_each_entry(client, &v->dev->clients, node)
		tune(client, v);
}

/* KPLUG_SUBSCRIBE */
void kplug_subscribe_user(struct kplug_client *client, const struct kplug_subscribe *arg)
{
	lockdep_assert_held(&client->dev->lock);
	BUILD_BUG_ON(sizeof(arg->vectors) * BITS_PER_BYTE != KPLUG_MAX_VECTORS);
	bitmap_from_arr64(client->subscribed, arg->vectors, KPLUG_MAX_VECTORS);
	kplug_subscribe_update(client);
}
