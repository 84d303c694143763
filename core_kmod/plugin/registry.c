// SPDX-License-Identifier: GPL-2.0
/* Registering and unregistering plugins. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <kplug/plugin.h>

#include "access/window.h"
#include "bus/pci.h"
#include "bus/platform.h"
#include "device.h"
#include "plugin/entry.h"
#include "plugin/registration.h"
#include "plugin/session.h"

#define ALL_FLAGS (KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_DEFER_SLEEPS | KPLUG_PLUGIN_ALLOW_FLAGS)

static bool engine_valid(const struct kplug_plugin *plugin)
{
	return plugin->ops_size < offsetofend(struct kplug_plugin_ops, dma_abort) ||
	       !plugin->ops->dma_program == !plugin->ops->dma_abort;
}

static int check_plugin(const struct kplug_plugin *plugin)
{
	const u8 *ops = (const u8 *)plugin->ops;
	size_t known = sizeof(struct kplug_plugin_ops);

	if (plugin->abi < KPLUG_PLUGIN_ABI_MIN || plugin->abi > KPLUG_PLUGIN_ABI) {
		pr_err("kplug: plugin %s: built for plugin ABI %u, this kplug has %u to %u\n",
		       plugin->name, plugin->abi, KPLUG_PLUGIN_ABI_MIN, KPLUG_PLUGIN_ABI);
		return -ENOEXEC;
	}
	if (plugin->ops_size > known && memchr_inv(ops + known, 0, plugin->ops_size - known)) {
		pr_err("kplug: plugin %s: has an op that this kplug does not know\n", plugin->name);
		return -ENOEXEC;
	}
	if (plugin->flags & ~ALL_FLAGS || plugin->max_in > KPLUG_MAX_MESSAGE ||
	    plugin->max_out > KPLUG_MAX_MESSAGE) {
		pr_err("kplug: plugin %s: unknown flag, or message length above the limit\n",
		       plugin->name);
		return -EINVAL;
	}
	if (!kplug_window_all_valid(plugin)) {
		pr_err("kplug: plugin %s: a window is empty, unknown, or not of whole pages\n",
		       plugin->name);
		return -EINVAL;
	}
	if (!engine_valid(plugin)) {
		pr_err("kplug: plugin %s: dma_program and dma_abort go together\n", plugin->name);
		return -EINVAL;
	}
	return 0;
}

static void evict_if_attached(struct kplug_device *dev, void *reg)
{
	/* It cannot be attached again: kplug_attach_use() refuses it. */
	if (READ_ONCE(dev->plugin) == reg)
		kplug_session_evict_all(dev);
}

static void mark_gone(struct kplug_device *dev, void *arg)
{
	struct kplug_registration *reg = arg;

	/* kplug_attach_use() checks the mark with the lock of its device. */
	mutex_lock(&dev->lock);
	WRITE_ONCE(reg->gone, true);
	mutex_unlock(&dev->lock);
}

static void withdraw_registration(struct kplug_registration *reg)
{
	kplug_registration_del(reg);
	WRITE_ONCE(reg->gone, true);
	kplug_device_for_each(mark_gone, reg);
	kplug_device_for_each(evict_if_attached, reg);
	kplug_registration_put(reg);
}

/* Lets the kernel match its devices, on each bus. */
static int register_drivers(struct kplug_registration *reg)
{
	int err = kplug_pci_register(reg);

	if (err)
		return err;
	err = kplug_platform_register(reg);
	if (err)
		kplug_pci_unregister(reg);
	return err;
}

int kplug_plugin_register(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg;
	int err;

	if (!plugin->name || !kplug_registration_name_valid(plugin->name) || !plugin->ops) {
		pr_err("kplug: a plugin needs ops and a name of [a-z0-9_]\n");
		return -EINVAL;
	}
	err = check_plugin(plugin);
	if (err)
		return err;
	reg = kplug_registration_make(plugin);
	if (!reg)
		return -ENOMEM;
	err = kplug_registration_add(reg);
	if (err) {
		kplug_registration_put(reg);
		return err;
	}
	err = register_drivers(reg);
	if (err) {
		pr_err("kplug: plugin %s: no driver for its devices: %d\n", plugin->name, err);
		withdraw_registration(reg);
	}
	return err;
}
EXPORT_SYMBOL_GPL(kplug_plugin_register);

void kplug_plugin_unregister(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg = kplug_registration_find(plugin);

	if (WARN_ON_ONCE(!reg))
		return;
	kplug_platform_unregister(reg);
	kplug_pci_unregister(reg);
	withdraw_registration(reg);
	kplug_registration_put(reg);
}
EXPORT_SYMBOL_GPL(kplug_plugin_unregister);
