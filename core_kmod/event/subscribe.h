/* SPDX-License-Identifier: GPL-2.0 */
/* Subscriptions: the vectors whose events a client receives, by its choice and its rights. */
#ifndef KPLUG_EVENT_SUBSCRIBE_H
#define KPLUG_EVENT_SUBSCRIBE_H

#include <linux/types.h>

#include "client/client.h"

struct kplug_subscribe;
struct kplug_vector;

void kplug_subscribe_init(struct kplug_client *client);
void kplug_subscribe_update(struct kplug_client *client);
void kplug_subscribe_session(struct kplug_client *client);
void kplug_subscribe_handler(struct kplug_vector *v, bool foreign);
void kplug_subscribe_user(struct kplug_client *client, const struct kplug_subscribe *arg);

static inline bool kplug_subscribe_hears(const struct kplug_client *client, unsigned int vector)
{
	return test_bit(vector, client->hears);
}

#endif /* KPLUG_EVENT_SUBSCRIBE_H */
