// SPDX-License-Identifier: GPL-2.0
/* The limits on clients and listeners of a device. */
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/uidgid.h>

#include "client/client.h"
#include "client/limit.h"
#include "device.h"

/* Clients without CAP_SYS_RAWIO get half of the maximum, and one user gets half of that. */
#define RESTRICTED(max) ((max) / 2)
#define OF_A_USER(max)  ((max) / 4)

static int has_room(const struct kplug_client *client, bool listening, unsigned int max)
{
	unsigned int all = 0, restricted = 0, of_user = 0;
	const struct kplug_client *other;

	lockdep_assert_held(&client->dev->lock);
	list_for_each_entry(other, &client->dev->clients, node) {
		if (listening && !other->listening)
			continue;
		all++;
		restricted += !other->privileged;
		of_user += !other->privileged && uid_eq(other->user, client->user);
	}
	if (all >= max)
		return -ENOSPC;
	if (!client->privileged && (restricted >= RESTRICTED(max) || of_user >= OF_A_USER(max)))
		return -ENOSPC;
	return 0;
}

/* May the client have the device with the others, or alone? For revoked ones it is gone. */
int kplug_limit_sharing(const struct kplug_client *client)
{
	const struct kplug_client *other;

	lockdep_assert_held(&client->dev->lock);
	if (client->exclusive && !client->trusted)
		return -EPERM;
	list_for_each_entry(other, &client->dev->clients, node)
		if (!other->revoked && (client->exclusive || other->exclusive))
			return -EBUSY;
	return 0;
}

/* May the device have one more client? */
int kplug_limit_client(const struct kplug_client *client)
{
	return has_room(client, false, KPLUG_MAX_CLIENTS);
}

/* The client counts as a listener until close, because it could listen again at any time. */
int kplug_limit_listener(struct kplug_client *client)
{
	int err = client->listening ? 0 : has_room(client, true, KPLUG_MAX_LISTENERS);

	if (!err)
		client->listening = true;
	return err;
}
