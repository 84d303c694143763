// SPDX-License-Identifier: GPL-2.0
/* Trust: the client gives it up, or an administrator takes it away. */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/srcu.h>
#include <linux/xarray.h>

#include "access/map.h"
#include "client/client.h"
#include "client/rights.h"
#include "client/trust.h"
#include "device.h"
#include "dma/bounce.h"
#include "dma/mapping.h"
#include "dma/peer.h"
#include "event/listener.h"
#include "event/subscribe.h"
#include "irq/arm.h"
#include "plugin/entry.h"
#include "plugin/registration.h"
#include "plugin/session.h"
#include "plugin/shm.h"

/*
 * Commands check trust again with the lock held. Accesses and page faults check it with the
 * device entered, see kplug_trust_close_registers().
 */
static void lose_trust(struct kplug_client *client)
{
	lockdep_assert_held(&client->dev->lock);
	WRITE_ONCE(client->trusted, false);
	WRITE_ONCE(client->privileged, false);
	client->grants = 0;
	kplug_dma_bounce_trust(client->bounce, false);
	kplug_subscribe_update(client);
	kplug_dma_peer_revoke_client(client);
}

/* On return, accesses and page faults that saw the client trusted are over. */
void kplug_trust_close_registers(struct kplug_client *client)
{
	synchronize_srcu_expedited(&client->dev->srcu);
	kplug_map_zap_client(client);
	if (client->has_peers)
		kplug_map_zap_peers(client->dev);
}

/* Could a restricted client have joined the plugin and done what this one does? */
static bool keeps_session(const struct kplug_client *client)
{
	return kplug_entry_admits(client, client->session) &&
	       (kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_DMA) ||
		xa_empty(&client->transactions));
}

/*
 * With the lock: takes away what a restricted client cannot have. Returns whether the session
 * ends.
 */
static bool give_up(struct kplug_client *client, struct kplug_unlinked *unlinked)
{
	lose_trust(client);
	kplug_arm_drop_foreign(client);
	if (!kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_EVENTS))
		kplug_listener_unlink(client, unlinked);
	if (!kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_CALLS))
		WRITE_ONCE(client->callee, NULL);
	return client->session && !keeps_session(client);
}

/* After the end of the session, if that ends: transactions use mappings. */
static void give_up_memory(struct kplug_client *client)
{
	bool no_mappings;

	lockdep_assert_held(&client->session_lock);
	mutex_lock(&client->dev->lock);
	if (!kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_SHM))
		kplug_shm_free_all(client);
	no_mappings = !kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_DMA) &&
		      xa_empty(&client->transactions);
	mutex_unlock(&client->dev->lock);
	/* This cannot change: session_lock is needed to start a session that allows more. */
	if (no_mappings)
		kplug_dma_mapping_drop_slowly(client);
}

static int restrict_locked(struct kplug_client *client)
{
	struct kplug_unlinked unlinked = {};
	bool ends;
	int err;

	lockdep_assert_held(&client->session_lock);
	err = kplug_client_lock(client);
	if (err)
		return err;
	if (!client->trusted) {
		mutex_unlock(&client->dev->lock);
		return 0;
	}
	ends = give_up(client, &unlinked);
	mutex_unlock(&client->dev->lock);

	kplug_listener_free_unlinked(client, &unlinked);
	kplug_trust_close_registers(client);
	if (ends)
		err = kplug_session_end_locked(client, true);
	give_up_memory(client);
	return err;
}

/**
 * kplug_trust_restrict() - KPLUG_RESTRICT
 * @client: the client; without any lock, because this waits for its calls
 *
 * Return: 0 or -errno.
 */
int kplug_trust_restrict(struct kplug_client *client)
{
	int err;

	if (mutex_lock_killable(&client->session_lock))
		return -EINTR;
	err = restrict_locked(client);
	mutex_unlock(&client->session_lock);
	return err;
}

/**
 * kplug_trust_withdraw() - make the device look gone to a client
 * @client: the client; with the device's lock
 *
 * kplug_revoke_finish() does the rest without the lock.
 */
void kplug_trust_withdraw(struct kplug_client *client)
{
	lose_trust(client);
	WRITE_ONCE(client->revoked, true);
	WRITE_ONCE(client->callee, NULL);
}
