// SPDX-License-Identifier: GPL-2.0
/* Registrations: the list of plugins, and references to them. */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kmod.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "client/client.h"
#include "device.h"
#include "object.h"
#include "plugin/registration.h"

static DEFINE_MUTEX(plugins_lock);
static LIST_HEAD(plugins);

/* The check also keeps odd names from the module loader. */
bool kplug_registration_name_valid(const char *name)
{
	size_t len = strnlen(name, KPLUG_NAME_MAX);

	return len && len < KPLUG_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static void free_registration(struct kref *ref)
{
	struct kplug_registration *reg = container_of(ref, struct kplug_registration, ref);

	kfree(reg->driver_name);
	kfree(reg);
	kplug_object_destroyed(KPLUG_OBJECT_PLUGIN);
}

void kplug_registration_put(struct kplug_registration *reg)
{
	kref_put(&reg->ref, free_registration);
}

static struct kplug_registration *find_name_locked(const char *name)
{
	struct kplug_registration *reg;

	lockdep_assert_held(&plugins_lock);
	list_for_each_entry(reg, &plugins, node)
		if (!strcmp(reg->plugin->name, name))
			return reg;
	return NULL;
}

/* Returns a reference, or NULL. */
struct kplug_registration *kplug_registration_find(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg, *found = NULL;

	mutex_lock(&plugins_lock);
	list_for_each_entry(reg, &plugins, node)
		if (reg->plugin == plugin) {
			kref_get(&reg->ref);
			found = reg;
			break;
		}
	mutex_unlock(&plugins_lock);
	return found;
}

/* Takes a reference and pins the module; NULL: there is none. */
static struct kplug_registration *get_pinned(const char *name)
{
	struct kplug_registration *reg;

	mutex_lock(&plugins_lock);
	reg = find_name_locked(name);
	if (reg && try_module_get(reg->plugin->owner))
		kref_get(&reg->ref);
	else
		reg = NULL;
	mutex_unlock(&plugins_lock);
	return reg;
}

/**
 * kplug_registration_get_pinned() - find a plugin by its name
 * @name: a valid name
 * @load: load the module if necessary
 *
 * Return: a reference to the plugin, whose module is pinned; ERR_PTR(-ENOENT) without one;
 * ERR_PTR(-ENOMEM) when the kernel had no memory to ask for the module.
 */
struct kplug_registration *kplug_registration_get_pinned(const char *name, bool load)
{
	struct kplug_registration *reg = get_pinned(name);
	int err = 0;

	if (!reg && load) {
		err = request_module("kplug-plugin-%s", name);
		reg = get_pinned(name);
	}
	if (reg)
		return reg;
	/* A positive result is the exit code of modprobe. */
	return ERR_PTR(err == -ENOMEM ? err : -ENOENT);
}

void kplug_registration_put_pinned(struct kplug_registration *reg)
{
	module_put(reg->plugin->owner);
	kplug_registration_put(reg);
}

/* Takes the place of a missing op, so that calls need not check for one. */
static long no_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
		    size_t out_len)
{
	return -EOPNOTSUPP;
}

struct kplug_registration *kplug_registration_make(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg = kzalloc(sizeof(*reg), GFP_KERNEL);

	if (!reg)
		return NULL;
	kref_init(&reg->ref);
	reg->plugin = plugin;
	memcpy(&reg->ops, plugin->ops, min_t(size_t, plugin->ops_size, sizeof(reg->ops)));
	if (!reg->ops.call)
		reg->ops.call = no_call;
	reg->driver_name = kasprintf(GFP_KERNEL, "kplug_%s", plugin->name);
	if (!reg->driver_name) {
		kfree(reg);
		return NULL;
	}
	kplug_object_created(KPLUG_OBJECT_PLUGIN);
	return reg;
}

int kplug_registration_add(struct kplug_registration *reg)
{
	int err = 0;

	mutex_lock(&plugins_lock);
	if (find_name_locked(reg->plugin->name))
		err = -EBUSY; /* not EEXIST: modprobe takes that for success */
	else
		list_add_tail(&reg->node, &plugins);
	mutex_unlock(&plugins_lock);
	if (err)
		pr_err("kplug: plugin %s: the name is taken\n", reg->plugin->name);
	return err;
}

/* Removes it from the list, whose reference passes to the caller. */
void kplug_registration_del(struct kplug_registration *reg)
{
	mutex_lock(&plugins_lock);
	list_del(&reg->node);
	mutex_unlock(&plugins_lock);
}

struct count_arg {
	const struct kplug_registration *reg;
	unsigned int devices;
};

static void count_device(struct kplug_device *dev, void *p)
{
	struct count_arg *arg = p;

	if (READ_ONCE(dev->plugin) == arg->reg)
		arg->devices++;
}

/* Takes the plugins lock, then the devices lock, in the documented order. */
static int plugins_show(struct seq_file *m, void *unused)
{
	struct kplug_registration *reg;

	mutex_lock(&plugins_lock);
	list_for_each_entry(reg, &plugins, node) {
		struct count_arg arg = { .reg = reg };

		kplug_device_for_each(count_device, &arg);
		seq_printf(m, "%s %u\n", reg->plugin->name, arg.devices);
	}
	mutex_unlock(&plugins_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(plugins);

void kplug_registration_debugfs(struct dentry *dir)
{
	debugfs_create_file("plugins", 0400, dir, NULL, &plugins_fops);
}
