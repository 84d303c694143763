// SPDX-License-Identifier: GPL-2.0
/* Revoking a device from a client, by an administrator. */
#include <linux/mutex.h>
#include <linux/xarray.h>

#include "client/client.h"
#include "client/revoke.h"
#include "client/trust.h"
#include "device.h"

static bool is_unfinished(const struct kplug_client *client)
{
	return client->revoked && !client->hungup;
}

/**
 * kplug_revoke_finish() - end everything that revoked clients do with the device
 * @dev: the device, without its lock
 *
 * As at close, first the client loses access to all registers, and then the core performs the
 * writes that it left for its end.
 *
 * Return: 0; or -EINTR when the caller was killed, and close does the rest.
 */
int kplug_revoke_finish(struct kplug_device *dev)
{
	struct kplug_client *client;
	int err = 0;

	while (!err && (client = kplug_client_find(dev, is_unfinished))) {
		kplug_trust_close_registers(client);
		err = kplug_client_end(client, true);
		kplug_client_put(client);
	}
	return err;
}

/**
 * kplug_revoke_client() - take the device away from a client
 * @dev: the device
 * @id: number of the client
 *
 * Return: 0, -ENOENT, -EINTR, -ENODEV.
 */
int kplug_revoke_client(struct kplug_device *dev, u32 id)
{
	struct kplug_client *client;
	int err = kplug_device_lock(dev);

	if (err)
		return err;
	client = xa_load(&dev->client_ids, id);
	if (client)
		kplug_trust_withdraw(client);
	mutex_unlock(&dev->lock);
	return client ? kplug_revoke_finish(dev) : -ENOENT;
}
