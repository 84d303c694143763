// SPDX-License-Identifier: GPL-2.0
/* Clients: how a client begins, what it holds, and how all of that ends. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/xarray.h>

#include "access/cleanup.h"
#include "access/transfer.h"
#include "client/client.h"
#include "client/grant.h"
#include "client/limit.h"
#include "device.h"
#include "dma/bounce.h"
#include "dma/mapping.h"
#include "dma/quarantine.h"
#include "event/channel.h"
#include "event/listener.h"
#include "event/subscribe.h"
#include "irq/arm.h"
#include "memory/inode.h"
#include "memory/usermem.h"
#include "object.h"
#include "plugin/registration.h"
#include "plugin/session.h"
#include "plugin/shm.h"

static struct kplug_client *make_client(struct kplug_device *dev)
{
	struct kplug_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (!client)
		return ERR_PTR(-ENOMEM);
	client->bounce = kplug_dma_bounce_new();
	client->inode = client->bounce ? kplug_inode_new() : ERR_PTR(-ENOMEM);
	if (IS_ERR(client->inode)) {
		void *err = ERR_CAST(client->inode);

		kplug_dma_bounce_put(client->bounce);
		kfree(client);
		return err;
	}
	kref_init(&client->ref);
	client->dev = dev;
	client->user = current_euid();
	client->pid = get_pid(task_tgid(current));
	xa_init_flags(&client->shms, XA_FLAGS_ALLOC1);
	xa_init_flags(&client->mappings, XA_FLAGS_ALLOC1);
	xa_init_flags(&client->transactions, XA_FLAGS_ALLOC1);
	mutex_init(&client->dead_lock);
	mutex_init(&client->session_lock);
	kplug_transfer_init(client);
	kplug_channel_init(client);
	kplug_object_created(KPLUG_OBJECT_CLIENT);
	return client;
}

/* Takes the trust of the current task, which opens the node. It stays with the descriptor. */
static void decide_trust(struct kplug_client *client)
{
	lockdep_assert_held(&client->dev->lock);
	client->privileged = capable(CAP_SYS_RAWIO);
	if (!client->privileged)
		client->grants = kplug_grant_find(client->dev);
	client->trusted = client->privileged || client->grants;
	/* Bounce buffers are in memory that the whole machine shares. */
	kplug_dma_bounce_trust(client->bounce, client->privileged);
}

static int publish_client_locked(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	int err;

	if (kplug_dma_quarantine_resetting(dev))
		return -EAGAIN;
	if (dev->dead)
		return -ENODEV;
	decide_trust(client);
	err = kplug_limit_sharing(client);
	if (err)
		return err;
	kplug_subscribe_init(client);
	err = kplug_limit_client(client);
	if (err)
		return err;
	if (!try_module_get(dev->owner))
		return -ENODEV;
	client->owner = dev->owner;
	err = xa_alloc_cyclic(&dev->client_ids, &client->id, client, xa_limit_31b,
			      &dev->next_client, GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	list_add_tail(&client->node, &dev->clients);
	kplug_session_join(client);
	return 0;
}

/* Under the lock, so that removal sees the client or this sees the removal. */
static int publish_client(struct kplug_client *client)
{
	int err;

	do {
		err = kplug_dma_quarantine_wait(client->dev);
		if (err)
			break;
		if (mutex_lock_killable(&client->dev->lock))
			return -EINTR;
		err = publish_client_locked(client);
		mutex_unlock(&client->dev->lock);
	} while (err == -EAGAIN);
	return err;
}

/**
 * kplug_client_open() - create a client when a program opens a device
 * @dev: the device; the client holds it until kplug_client_close()
 * @read_only: the descriptor is not open for writing
 * @exclusive: there may be no other client
 *
 * Return: the client, or an ERR_PTR.
 */
struct kplug_client *kplug_client_open(struct kplug_device *dev, bool read_only, bool exclusive)
{
	struct kplug_client *client = make_client(dev);
	int err;

	if (IS_ERR(client))
		return client;
	client->read_only = read_only;
	client->exclusive = exclusive;
	err = publish_client(client);
	if (err) {
		kplug_client_put(client);
		return ERR_PTR(err);
	}
	get_device(&dev->dev);
	return client;
}

/* Its session has ended. Under session_lock, so that no second caller finds half of it. */
static void let_go_of_client(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	struct kplug_unlinked unlinked = {};

	kplug_dma_mapping_drop_slowly(client);
	mutex_lock(&dev->lock);
	/* Closed meanwhile: everything has ended, the ring too. */
	if (list_empty(&client->node)) {
		mutex_unlock(&dev->lock);
		return;
	}
	kplug_arm_drop_client(client, false);
	if (client->revoked) {
		kplug_listener_hangup_client(client);
		kplug_dma_quarantine_consider(dev);
	}
	kplug_listener_unlink(client, &unlinked);
	/* The ends of transactions go into its ring, even if it listens to nothing else. */
	unlinked.ring |= client->has_ring;
	mutex_unlock(&dev->lock);
	kplug_listener_free_unlinked(client, &unlinked);
}

/**
 * kplug_client_end() - end everything that a client does with the device
 * @client: a closed or revoked client
 * @killable: the caller may be killed while it waits for calls in the plugin
 *
 * Memory that the client shares with the kernel stays until close. Several tasks may call
 * this for one client, and call it again after -EINTR.
 *
 * Return: 0 or -EINTR.
 */
int kplug_client_end(struct kplug_client *client, bool killable)
{
	int err;

	if (!killable)
		mutex_lock(&client->session_lock);
	else if (mutex_lock_killable(&client->session_lock))
		return -EINTR;
	kplug_cleanup_run(client);
	err = kplug_session_end_locked(client, killable);
	if (!err)
		let_go_of_client(client);
	mutex_unlock(&client->session_lock);
	return err;
}

/* The last close of the descriptor, also when the process dies. */
void kplug_client_close(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;

	kplug_client_end(client, false);
	mutex_lock(&dev->lock);
	list_del_init(&client->node);
	xa_erase(&dev->client_ids, client->id);
	kplug_dma_quarantine_consider(dev);
	mutex_unlock(&dev->lock);

	kplug_listener_free(client);
	kplug_shm_free_all(client);
	kplug_transfer_free(client);
	kplug_client_put(client);
	put_device(&dev->dev);
}

/* The word for the attribute "clients". With the device's lock. */
const char *kplug_client_trust(const struct kplug_client *client)
{
	if (client->revoked)
		return "revoked";
	if (client->privileged)
		return "trusted";
	return client->trusted ? "granted" : "restricted";
}

static unsigned int count_entries(const struct xarray *xa)
{
	unsigned int num = 0;
	unsigned long id;
	void *entry;

	xa_for_each((struct xarray *)xa, id, entry)
		num++;
	return num;
}

/**
 * kplug_client_show() - print the lines of /proc/<pid>/fdinfo/<fd>
 * @m: receives the lines
 * @client: the client
 */
void kplug_client_show(struct seq_file *m, struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	u64 memory;

	if (mutex_lock_killable(&dev->lock))
		return;
	memory = kplug_shm_bytes(client);
	if (client->has_ring)
		memory += kplug_usermem_length(client->ring_memory);
	seq_printf(m, "kplug-device:\t%s\n", dev->name);
	seq_printf(m, "kplug-client:\t%u\n", client->id);
	seq_printf(m, "kplug-user:\t%u\n", from_kuid_munged(seq_user_ns(m), client->user));
	seq_printf(m, "kplug-trust:\t%s\n", kplug_client_trust(client));
	seq_printf(m, "kplug-plugin:\t%s\n", client->session ? client->session->plugin->name : "-");
	seq_printf(m, "kplug-armed:\t%*pbl\n", (int)dev->max_vectors, client->armed);
	seq_printf(m, "kplug-hears:\t%*pbl\n", (int)dev->max_vectors, client->hears);
	seq_printf(m, "kplug-ring:\t%u\n", client->has_ring ? client->ring.entries : 0);
	seq_printf(m, "kplug-lost:\t%llu\n", (unsigned long long)READ_ONCE(client->ring.dropped));
	seq_printf(m, "kplug-memory:\t%llu\n", (unsigned long long)memory);
	seq_printf(m, "kplug-mappings:\t%u\n", count_entries(&client->mappings));
	seq_printf(m, "kplug-copies:\t%llu\n",
		   (unsigned long long)kplug_dma_bounce_bytes(client->bounce));
	seq_printf(m, "kplug-transactions:\t%u\n", count_entries(&client->transactions));
	mutex_unlock(&dev->lock);
}
