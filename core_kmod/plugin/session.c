// SPDX-License-Identifier: GPL-2.0
/* Sessions of clients with the plugin of their device. */
#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/srcu.h>

#include "access/map.h"
#include "client/client.h"
#include "client/rights.h"
#include "device.h"
#include "dma/stop.h"
#include "dma/transaction.h"
#include "event/listener.h"
#include "event/subscribe.h"
#include "irq/arm.h"
#include "object.h"
#include "plugin/attach.h"
#include "plugin/entry.h"
#include "plugin/registration.h"
#include "plugin/session.h"

/* Lets the client call the plugin of its session. */
static void open_calls(struct kplug_client *client)
{
	if (!client->read_only && kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_CALLS))
		WRITE_ONCE(client->callee, client->session);
}

/* On success the session owns the caller's pin of @reg. */
static int open_session(struct kplug_client *client, struct kplug_registration *reg)
{
	struct kplug_device *dev = client->dev;
	int err = kplug_attach_use(dev, reg);

	if (err)
		return err;
	if (reg->ops.open)
		err = reg->ops.open(client);
	if (err) {
		client->session_priv = NULL;
		kplug_attach_unuse(dev);
		return err;
	}
	/* begin_end() drops it, so that only the very last call wakes the waiter. */
	atomic_inc(&client->calls);
	WRITE_ONCE(client->session, reg);
	kplug_subscribe_session(client);
	open_calls(client);
	kplug_listener_join(client);
	kplug_object_created(KPLUG_OBJECT_SESSION);
	return 0;
}

/* On return no task of the client enters the plugin any more. */
static int begin_end(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	int err = 0;

	mutex_lock(&dev->lock);
	if (!client->session) {
		err = -ENOTCONN;
	} else if (!client->closing) {
		WRITE_ONCE(client->closing, true);
		WRITE_ONCE(client->callee, NULL);
		/*
		 * A full barrier: a task that enters sees the change, or the wait sees its count.
		 */
		kplug_entry_end(client);
	}
	mutex_unlock(&dev->lock);
	return err;
}

/* On return, register accesses and page faults that saw a window of the plugin are over. */
static void close_windows(struct kplug_client *client)
{
	if (client->privileged)
		return;
	synchronize_srcu_expedited(&client->dev->srcu);
	if (kplug_plugin_num_windows(client->session->plugin))
		kplug_map_zap_client(client);
}

/*
 * Ends everything that the client does in the plugin. The plugin stays meanwhile, because the
 * session exists until finish_end(). Transactions are stopped twice, because calls may wait for
 * some and start others.
 */
static int quiet_session(struct kplug_client *client, bool killable)
{
	const struct kplug_plugin_ops *ops = &client->session->ops;
	int err, status = kplug_client_gone(client) ? -ENODEV : -ECANCELED;

	lockdep_assert_held(&client->session_lock);
	if (client->quiet)
		return 0;
	if (ops->closing && !client->plugin_knows)
		ops->closing(client);
	client->plugin_knows = true;
	kplug_dma_stop_client(client, status);
	err = kplug_entry_wait(client, killable);
	if (err)
		return err;
	kplug_dma_stop_client(client, status);
	kplug_dma_transaction_drop(client);
	close_windows(client);
	client->quiet = true;
	return 0;
}

/* A task that stops transactions of many clients counts as a call too, and holds the lock. */
static void lock_uncalled(struct kplug_client *client)
{
	mutex_lock(&client->dev->lock);
	while (atomic_read(&client->calls)) {
		mutex_unlock(&client->dev->lock);
		kplug_entry_wait(client, false);
		mutex_lock(&client->dev->lock);
	}
}

static void finish_end(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	struct kplug_registration *reg = client->session;
	struct kplug_unlinked unlinked = {};

	lock_uncalled(client);
	kplug_arm_drop_client(client, true);
	/*
	 * The plugin's permissions end with the session. A revoked client gets its last event
	 * first.
	 */
	if (!client->trusted && !client->revoked)
		kplug_listener_unlink(client, &unlinked);
	if (reg->ops.close)
		reg->ops.close(client);
	client->session_priv = NULL;
	WRITE_ONCE(client->session, NULL);
	kplug_subscribe_session(client);
	/* Pairs with the acquire in kplug_entry_begin(), which sees no session or the next one. */
	smp_store_release(&client->closing, false);
	kplug_attach_unuse(dev);
	mutex_unlock(&dev->lock);
	client->quiet = false;
	client->plugin_knows = false;
	kplug_registration_put_pinned(reg);
	kplug_object_destroyed(KPLUG_OBJECT_SESSION);
	kplug_listener_free_unlinked(client, &unlinked);
}

static int end_locked(struct kplug_client *client, bool killable)
{
	int err;

	lockdep_assert_held(&client->session_lock);
	err = begin_end(client);
	if (!err)
		err = quiet_session(client, killable);
	if (!err)
		finish_end(client);
	return err;
}

/**
 * kplug_session_end_locked() - end the session of a client, if it has one
 * @client: the client, with its session_lock and without the device's lock
 * @killable: the caller may be killed while it waits for calls
 *
 * Return: 0 or -EINTR.
 */
int kplug_session_end_locked(struct kplug_client *client, bool killable)
{
	int err = end_locked(client, killable);

	return err == -ENOTCONN ? 0 : err;
}

/**
 * kplug_session_end() - end the session of a client that ends, or whose device ends
 * @client: the client, which may have no session; without the device's lock
 */
void kplug_session_end(struct kplug_client *client)
{
	mutex_lock(&client->session_lock);
	end_locked(client, false);
	mutex_unlock(&client->session_lock);
}

/* Waits while a session of the client ends. */
static int attach_pinned(struct kplug_client *client, struct kplug_registration *reg)
{
	struct kplug_device *dev = client->dev;
	int err;

	if (mutex_lock_killable(&client->session_lock))
		return -EINTR;
	err = kplug_client_lock(client);
	if (err)
		goto out;
	if (client->session)
		err = client->session == reg ? -EALREADY : -EBUSY;
	else if (!kplug_entry_admits(client, reg) || (!client->privileged && dev->plugin != reg))
		err = -EPERM;
	else
		err = open_session(client, reg);
	mutex_unlock(&dev->lock);
out:
	mutex_unlock(&client->session_lock);
	return err;
}

/* KPLUG_ATTACH; called without any lock, because it may load a module. */
int kplug_session_attach(struct kplug_client *client, const char *name, u32 min_version)
{
	struct kplug_device *dev = client->dev;
	struct kplug_registration *reg;
	int err;

	if (!kplug_registration_name_valid(name))
		return -EINVAL;
	if (kplug_client_gone(client))
		return -ENODEV;
	if (!READ_ONCE(client->privileged) && !READ_ONCE(dev->plugin))
		return -EPERM;
	/* A client without privileges may join an attached plugin, but not load modules. */
	reg = kplug_registration_get_pinned(name, READ_ONCE(client->privileged));
	if (IS_ERR(reg))
		return PTR_ERR(reg);
	err = kplug_plugin_version(reg->plugin) < min_version ? -ENOEXEC :
								attach_pinned(client, reg);
	if (err)
		kplug_registration_put_pinned(reg);
	return err;
}

/* KPLUG_DETACH; called without dev->lock, because it waits for calls. */
int kplug_session_detach(struct kplug_client *client)
{
	int err;

	if (kplug_client_gone(client))
		return -ENODEV;
	if (mutex_lock_killable(&client->session_lock))
		return -EINTR;
	err = end_locked(client, true);
	mutex_unlock(&client->session_lock);
	return err;
}

/*
 * At open(): joins a plugin that is attached permanently or automatically, if it admits the
 * client.
 */
void kplug_session_join(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	struct kplug_registration *reg = dev->plugin;

	lockdep_assert_held(&dev->lock);
	if (!dev->plugin_permanent && !dev->plugin_auto)
		return;
	if (!kplug_entry_admits(client, reg) || !try_module_get(reg->plugin->owner))
		return;
	kref_get(&reg->ref);
	if (open_session(client, reg))
		kplug_registration_put_pinned(reg);
}

static bool is_loud(const struct kplug_client *client)
{
	return client->session && !READ_ONCE(client->quiet);
}

/**
 * kplug_session_quiet_all() - wait until no task of any client is in the plugin
 * @dev: a dead device, so that no session begins; without its lock
 */
void kplug_session_quiet_all(struct kplug_device *dev)
{
	struct kplug_client *client;

	while ((client = kplug_client_find(dev, is_loud))) {
		mutex_lock(&client->session_lock);
		if (!begin_end(client))
			quiet_session(client, false);
		mutex_unlock(&client->session_lock);
		kplug_client_put(client);
	}
}

static bool has_session(const struct kplug_client *client)
{
	return client->session;
}

/**
 * kplug_session_evict_all() - end every session and detach the plugin
 * @dev: the device is dead or the plugin gone, so no session begins; without its lock
 */
void kplug_session_evict_all(struct kplug_device *dev)
{
	struct kplug_client *client;

	while ((client = kplug_client_find(dev, has_session))) {
		kplug_session_end(client);
		kplug_client_put(client);
	}
	kplug_attach_drop(dev);
}
