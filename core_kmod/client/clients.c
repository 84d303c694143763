// SPDX-License-Identifier: GPL-2.0
/* The clients of a device: finding one, references, and locking the device for one. */
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/slab.h>

#include "client/client.h"
#include "device.h"
#include "dma/bounce.h"
#include "memory/inode.h"
#include "object.h"

/**
 * kplug_client_lock() - take the device's lock for a command of a client
 * @client: the client
 *
 * Return: 0 with the lock held; -EINTR; -ENODEV when the device is gone, or was revoked from
 * the client.
 */
int kplug_client_lock(struct kplug_client *client)
{
	int err = kplug_device_lock(client->dev);

	if (err || !client->revoked)
		return err;
	mutex_unlock(&client->dev->lock);
	return -ENODEV;
}

/**
 * kplug_client_find() - find the first client of a kind
 * @dev: the device; without its lock
 * @wanted: returns whether a client is of the kind; called with the lock
 *
 * Return: a reference to the client, or NULL.
 */
struct kplug_client *kplug_client_find(struct kplug_device *dev,
				       bool (*wanted)(const struct kplug_client *client))
{
	struct kplug_client *client, *found = NULL;

	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		if (wanted(client)) {
			kref_get(&client->ref);
			found = client;
			break;
		}
	mutex_unlock(&dev->lock);
	return found;
}

static void free_client(struct kref *ref)
{
	struct kplug_client *client = container_of(ref, struct kplug_client, ref);

	kplug_dma_bounce_put(client->bounce);
	if (client->dead_page)
		__free_page(client->dead_page);
	kplug_inode_free(client->inode);
	module_put(client->owner);
	put_pid(client->pid);
	kfree(client);
	kplug_object_destroyed(KPLUG_OBJECT_CLIENT);
}

void kplug_client_put(struct kplug_client *client)
{
	kref_put(&client->ref, free_client);
}
