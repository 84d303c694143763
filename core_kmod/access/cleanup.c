// SPDX-License-Identifier: GPL-2.0
/* Cleanup: the writes that a client leaves for its end. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "access/cleanup.h"
#include "access/transfer.h"
#include "access/transfer_check.h"
#include "access/window.h"
#include "client/client.h"
#include "client/lockdown.h"
#include "device.h"
#include "memory/array.h"

static struct kplug_transfer *get_writes(const struct kplug_cleanup *arg)
{
	struct kplug_transfer *writes =
		kcalloc(arg->num_writes, sizeof(*writes), GFP_KERNEL_ACCOUNT);
	int err;

	if (!writes)
		return ERR_PTR(-ENOMEM);
	err = kplug_array_get(&kplug_transfer_element, writes, u64_to_user_ptr(arg->writes),
			      arg->stride, arg->num_writes);
	if (err) {
		kfree(writes);
		return ERR_PTR(err);
	}
	return writes;
}

static int check_one(const struct kplug_client *client, const struct kplug_transfer *t)
{
	int err = kplug_transfer_check(client->dev->region, t);

	if (err)
		return err;
	if (t->op != KPLUG_TRANSFER_WRITE || t->buffer)
		return -EINVAL;
	/* The caller has entered the device: this reads the plugin's windows. */
	return kplug_window_allows(client, t) ? 0 : -EPERM;
}

static int check_writes(const struct kplug_client *client, const struct kplug_transfer *writes,
			u32 num)
{
	int idx = kplug_device_enter(client->dev);
	int err = 0;
	u32 i;

	for (i = 0; i < num && !err; i++)
		err = check_one(client, &writes[i]);
	kplug_device_leave(client->dev, idx);
	return err;
}

/* Swaps the list under the lock. Returns the list to free. */
static struct kplug_transfer *exchange(struct kplug_client *client, struct kplug_transfer *writes,
				       u32 num)
{
	struct kplug_transfer *old = client->cleanup;

	client->cleanup = writes;
	client->num_cleanup = num;
	return old;
}

/* With the lock: the earlier check holds while the client is trusted. */
static int publish_writes(struct kplug_client *client, struct kplug_transfer **writes, u32 num)
{
	if (!client->trusted)
		return -EPERM;
	*writes = exchange(client, *writes, num);
	return 0;
}

/* KPLUG_CLEANUP; called without the lock, because accesses to the program's memory may sleep. */
int kplug_cleanup_set(struct kplug_client *client, const struct kplug_cleanup *arg)
{
	struct kplug_device *dev = client->dev;
	struct kplug_transfer *writes = NULL;
	int err = 0;

	if (arg->num_writes > KPLUG_MAX_CLEANUP)
		return -EINVAL;
	if (arg->num_writes) {
		err = kplug_transfer_may_write(client);
		if (err)
			return err;
		writes = get_writes(arg);
		if (IS_ERR(writes))
			return PTR_ERR(writes);
		err = check_writes(client, writes, arg->num_writes);
	}
	if (!err)
		err = kplug_client_lock(client);
	if (!err) {
		err = publish_writes(client, &writes, arg->num_writes);
		mutex_unlock(&dev->lock);
	}
	kfree(writes);
	return err;
}

/*
 * The client ends: performs its writes. Only the first caller finds the list. Under
 * session_lock.
 */
void kplug_cleanup_run(struct kplug_client *client)
{
	struct kplug_transfer *writes;
	u32 i, num;

	mutex_lock(&client->dev->lock);
	num = client->num_cleanup;
	writes = exchange(client, NULL, 0);
	mutex_unlock(&client->dev->lock);
	/* The kernel may have been locked down after the list was set. */
	if (num && kplug_lockdown(client->dev->bus))
		num = 0;
	/* The widths that the region permits may have changed, too. */
	for (i = 0; i < num; i++)
		if (!kplug_transfer_check(client->dev->region, &writes[i]))
			kplug_transfer_last(client->dev, &writes[i]);
	kfree(writes);
}
