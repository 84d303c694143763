// SPDX-License-Identifier: GPL-2.0
/* Entering the plugin of a session without the device's lock, by counting. */
#include <linux/atomic.h>
#include <linux/wait_bit.h>

#include "client/client.h"
#include "plugin/entry.h"
#include "plugin/registration.h"

/**
 * kplug_entry_begin() - enter the plugin without the device's lock
 * @client: the client that does so
 *
 * Return: the registration, which stays until kplug_entry_end(); NULL without a session.
 */
const struct kplug_registration *kplug_entry_begin(struct kplug_client *client)
{
	const struct kplug_registration *reg = NULL;

	atomic_inc(&client->calls);
	/* Pairs with the barrier in begin_end(). */
	smp_mb__after_atomic();
	/* In this order, so that a session that ended meanwhile is not seen. */
	if (!smp_load_acquire(&client->closing))
		reg = READ_ONCE(client->session);
	if (!reg)
		kplug_entry_end(client);
	return reg;
}

/**
 * kplug_entry_admits() - check whether a plugin admits a client
 * @client: the client
 * @reg: the plugin
 */
bool kplug_entry_admits(const struct kplug_client *client, const struct kplug_registration *reg)
{
	return client->privileged || reg->plugin->flags & KPLUG_PLUGIN_ALLOW_FLAGS ||
	       kplug_plugin_num_windows(reg->plugin);
}

/**
 * kplug_entry_wait() - wait until no task of a client is in the plugin
 * @client: its session is closing, so no task enters any more
 * @killable: the caller may be killed while it waits
 *
 * Return: 0 or -EINTR.
 */
int kplug_entry_wait(struct kplug_client *client, bool killable)
{
	if (killable)
		return wait_var_event_killable(&client->calls, !atomic_read(&client->calls)) ?
			       -EINTR :
			       0;
	wait_var_event(&client->calls, !atomic_read(&client->calls));
	return 0;
}
