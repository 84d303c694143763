/* SPDX-License-Identifier: GPL-2.0 */
/* Registrations: the list of plugins, and references to them. */
#ifndef KPLUG_PLUGIN_REGISTRATION_H
#define KPLUG_PLUGIN_REGISTRATION_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/types.h>

#include <kplug/plugin.h>

struct dentry;
struct kplug_plugin;

/* A registered plugin; outlives its registration while devices use it. */
struct kplug_registration {
	struct kref ref;
	struct list_head node;
	const struct kplug_plugin *plugin;
	struct kplug_plugin_ops ops; /* a copy of full size */
	char *driver_name; /* of both drivers */
	struct pci_driver pci_driver;
	struct platform_driver platform_driver;
	bool gone; /* set and read under the lock of each device */
	unsigned long flags; /* atomic */
};

enum { KPLUG_REGISTRATION_STRAYED }; /* in flags: reported, see access/stray.c */

bool kplug_registration_name_valid(const char *name);
void kplug_registration_put(struct kplug_registration *reg);
struct kplug_registration *kplug_registration_find(const struct kplug_plugin *plugin);
struct kplug_registration *kplug_registration_get_pinned(const char *name, bool load);
void kplug_registration_put_pinned(struct kplug_registration *reg);
struct kplug_registration *kplug_registration_make(const struct kplug_plugin *plugin);
int kplug_registration_add(struct kplug_registration *reg);
void kplug_registration_del(struct kplug_registration *reg);
void kplug_registration_debugfs(struct dentry *dir);

/* The number of vectors it serves, from 0 on. An older plugin has no such field. */
static inline u32 kplug_plugin_num_vectors(const struct kplug_plugin *plugin)
{
	u32 num = plugin->abi >= 4 ? plugin->num_vectors : 0;

	return num ?: KPLUG_MAX_VECTORS;
}

/* An older plugin has no such field. */
static inline u32 kplug_plugin_num_windows(const struct kplug_plugin *plugin)
{
	return plugin->abi >= 2 ? plugin->num_windows : 0;
}

static inline u32 kplug_plugin_version(const struct kplug_plugin *plugin)
{
	return plugin->abi >= 4 ? plugin->version : 0;
}

/* An older plugin has no such field. */
static inline const struct of_device_id *kplug_plugin_of_match(const struct kplug_plugin *plugin)
{
	return plugin->abi >= 5 ? plugin->of_match : NULL;
}

#endif /* KPLUG_PLUGIN_REGISTRATION_H */
