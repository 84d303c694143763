/* SPDX-License-Identifier: GPL-2.0 */
/* The rights of a client, by trust or by the plugin of its session. */
#ifndef KPLUG_CLIENT_RIGHTS_H
#define KPLUG_CLIENT_RIGHTS_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "client/client.h"
#include "plugin/registration.h"

/* Does the plugin allow this client @allow, KPLUG_PLUGIN_ALLOW_*? */
static inline bool kplug_session_allows(const struct kplug_client *client, u32 allow)
{
	const struct kplug_registration *reg;

	if (likely(READ_ONCE(client->privileged)))
		return true;
	reg = READ_ONCE(client->session);
	return reg && reg->plugin->flags & allow;
}

/* The same for functions that need no plugin: trust, also by a grant, suffices. */
static inline bool kplug_client_may(const struct kplug_client *client, u32 allow)
{
	return likely(READ_ONCE(client->trusted)) || kplug_session_allows(client, allow);
}

#endif /* KPLUG_CLIENT_RIGHTS_H */
