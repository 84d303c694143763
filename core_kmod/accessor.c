// SPDX-License-Identifier: GPL-2.0
/* Functions with which a plugin accesses its device and clients. */
#include <linux/device.h>
#include <linux/module.h>

#include <kplug/plugin.h>

#include "client/client.h"
#include "device.h"

void kplug_set_priv(struct kplug_device *dev, void *priv)
{
	dev->plugin_priv = priv;
}
EXPORT_SYMBOL_GPL(kplug_set_priv);

void *kplug_priv(const struct kplug_device *dev)
{
	return dev->plugin_priv;
}
EXPORT_SYMBOL_GPL(kplug_priv);

const struct kplug_io *kplug_io(const struct kplug_device *dev)
{
	return &dev->io;
}
EXPORT_SYMBOL_GPL(kplug_io);

struct device *kplug_parent(const struct kplug_device *dev)
{
	return dev->parent ?: (struct device *)&dev->dev;
}
EXPORT_SYMBOL_GPL(kplug_parent);

struct kplug_device *kplug_client_device(const struct kplug_client *client)
{
	return client->dev;
}
EXPORT_SYMBOL_GPL(kplug_client_device);

void kplug_client_set_priv(struct kplug_client *client, void *priv)
{
	client->session_priv = priv;
}
EXPORT_SYMBOL_GPL(kplug_client_set_priv);

void *kplug_client_priv(const struct kplug_client *client)
{
	return client->session_priv;
}
EXPORT_SYMBOL_GPL(kplug_client_priv);

bool kplug_client_trusted(const struct kplug_client *client)
{
	return READ_ONCE(client->privileged);
}
EXPORT_SYMBOL_GPL(kplug_client_trusted);
