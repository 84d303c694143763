/* SPDX-License-Identifier: GPL-2.0 */
/* The event channel: posting events, in any context, to the clients that listen. */
#ifndef KPLUG_EVENT_CHANNEL_H
#define KPLUG_EVENT_CHANNEL_H

#include <linux/list.h>
#include <linux/types.h>

#include "device.h"
#include "irq/vector.h"
#include "trace.h"

struct kplug_client;
struct kplug_post;

void kplug_channel_init(struct kplug_client *client);
void kplug_channel_post(struct kplug_device *dev, struct kplug_vector *v,
			const struct kplug_post *post);
void kplug_channel_post_irq(struct kplug_vector *v, u64 t_hard, u64 t_end);
unsigned int kplug_channel_reserve(struct kplug_client *client, unsigned int num);
u64 kplug_channel_now(void);
bool kplug_channel_put_reserved(struct kplug_client *client, u64 now, u16 type, const u64 *data,
				unsigned int words);
void kplug_channel_wake(struct kplug_client *client);

/* Would no client receive an event of this vector? */
static inline bool kplug_channel_idle(const struct kplug_vector *v)
{
	return list_empty(&v->dev->listeners) && list_empty(&v->eventfds) &&
	       !trace_kplug_event_post_enabled();
}

#endif /* KPLUG_EVENT_CHANNEL_H */
