// SPDX-License-Identifier: GPL-2.0
/* The registry of plugins, and their attachment to devices and openers. */
#include <linux/debugfs.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "core.h"

/* A plugin without one of these, and without a window, is not for restricted openers. */
#define ALLOW_FLAGS (KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS | \
		     KPLUG_PLUGIN_ALLOW_SHM | KPLUG_PLUGIN_ALLOW_DMA)
#define ALL_FLAGS (KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_DEFER_SLEEPS | ALLOW_FLAGS)

static DEFINE_MUTEX(plugins_lock);
static LIST_HEAD(plugins);

/* Also keeps odd names away from the module loader. */
bool kplug_name_valid(const char *name)
{
	size_t len = strnlen(name, KPLUG_NAME_MAX);

	return len && len < KPLUG_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static void free_registration(struct kref *ref)
{
	struct kplug_registration *reg = container_of(ref, struct kplug_registration, ref);

	kfree(reg->pci_driver.name);
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
struct kplug_registration *kplug_plugin_find(const struct kplug_plugin *plugin)
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

/* A reference that also pins the module; @load: loads the module when it is not there. */
static struct kplug_registration *get_pinned(const char *name, bool load)
{
	struct kplug_registration *reg;

again:
	mutex_lock(&plugins_lock);
	reg = find_name_locked(name);
	if (reg && try_module_get(reg->plugin->owner))
		kref_get(&reg->ref);
	else
		reg = NULL;
	mutex_unlock(&plugins_lock);
	if (reg || !load)
		return reg;
	load = false;
	request_module("kplug-plugin-%s", name);
	goto again;
}

static void put_pinned(struct kplug_registration *reg)
{
	module_put(reg->plugin->owner);
	kplug_registration_put(reg);
}

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
		pr_err("kplug: plugin %s: has an op that this kplug does not know\n",
		       plugin->name);
		return -ENOEXEC;
	}
	if (plugin->flags & ~ALL_FLAGS || plugin->max_in > KPLUG_MAX_MESSAGE ||
	    plugin->max_out > KPLUG_MAX_MESSAGE) {
		pr_err("kplug: plugin %s: unknown flag, or message length above the limit\n",
		       plugin->name);
		return -EINVAL;
	}
	if (!kplug_windows_valid(plugin)) {
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

/* In place of a missing op, so that calls need not ask. */
static long no_call(struct kplug_opener *opener, u32 cmd, const void *in, size_t in_len,
		    void *out, size_t out_len)
{
	return -EOPNOTSUPP;
}

static struct kplug_registration *make_registration(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg = kzalloc(sizeof(*reg), GFP_KERNEL);

	if (!reg)
		return NULL;
	kref_init(&reg->ref);
	reg->plugin = plugin;
	memcpy(&reg->ops, plugin->ops, min_t(size_t, plugin->ops_size, sizeof(reg->ops)));
	if (!reg->ops.call)
		reg->ops.call = no_call;
	reg->pci_driver.name = kasprintf(GFP_KERNEL, "kplug_%s", plugin->name);
	if (!reg->pci_driver.name) {
		kfree(reg);
		return NULL;
	}
	kplug_object_created(KPLUG_OBJECT_PLUGIN);
	return reg;
}

static int publish(struct kplug_registration *reg)
{
	int err = 0;

	mutex_lock(&plugins_lock);
	if (find_name_locked(reg->plugin->name))
		err = -EBUSY;	/* not EEXIST: modprobe takes that for success */
	else
		list_add_tail(&reg->node, &plugins);
	mutex_unlock(&plugins_lock);
	if (err)
		pr_err("kplug: plugin %s: the name is taken\n", reg->plugin->name);
	return err;
}

static void evict_if_attached(struct kplug_device *dev, void *reg)
{
	mutex_lock(&dev->lock);
	if (dev->plugin == reg)
		kplug_plugin_evict(dev);
	mutex_unlock(&dev->lock);
}

static void mark_gone(struct kplug_device *dev, void *arg)
{
	struct kplug_registration *reg = arg;

	/* Whoever looks at the mark holds the lock of some device. */
	mutex_lock(&dev->lock);
	WRITE_ONCE(reg->gone, true);
	mutex_unlock(&dev->lock);
}

static void unpublish(struct kplug_registration *reg)
{
	mutex_lock(&plugins_lock);
	list_del(&reg->node);
	mutex_unlock(&plugins_lock);

	WRITE_ONCE(reg->gone, true);
	kplug_device_for_each(mark_gone, reg);
	kplug_device_for_each(evict_if_attached, reg);
	kplug_registration_put(reg);
}

int kplug_plugin_register(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg;
	int err;

	if (!plugin->name || !kplug_name_valid(plugin->name) || !plugin->ops) {
		pr_err("kplug: a plugin needs ops and a name of [a-z0-9_]\n");
		return -EINVAL;
	}
	err = check_plugin(plugin);
	if (err)
		return err;
	reg = make_registration(plugin);
	if (!reg)
		return -ENOMEM;
	err = publish(reg);
	if (err) {
		kplug_registration_put(reg);
		return err;
	}
	err = kplug_pci_register(reg);
	if (err) {
		pr_err("kplug: plugin %s: no PCI driver: %d\n", plugin->name, err);
		unpublish(reg);
	}
	return err;
}
EXPORT_SYMBOL_GPL(kplug_plugin_register);

void kplug_plugin_unregister(const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg = kplug_plugin_find(plugin);

	if (WARN_ON_ONCE(!reg))
		return;
	kplug_pci_unregister(reg);
	unpublish(reg);
	kplug_registration_put(reg);
}
EXPORT_SYMBOL_GPL(kplug_plugin_unregister);

/* One more user of @reg on @dev; the first one attaches. */
static int use(struct kplug_device *dev, struct kplug_registration *reg)
{
	int err = 0;

	lockdep_assert_held(&dev->lock);
	if (dev->dead)
		return -ENODEV;
	if (READ_ONCE(reg->gone))
		return -ENOENT;
	if (dev->plugin && dev->plugin != reg)
		return -EBUSY;
	if (!dev->plugin) {
		kref_get(&reg->ref);
		WRITE_ONCE(dev->plugin, reg);
		kplug_transaction_reset_engine(dev);
		if (reg->ops.attach)
			err = reg->ops.attach(dev);
		if (err) {
			kplug_irq_forget_plugin(dev);
			WRITE_ONCE(dev->plugin, NULL);
			dev_err(kplug_parent(dev), "kplug: plugin %s: attach failed: %d\n",
				reg->plugin->name, err);
			kplug_registration_put(reg);
			return err;
		}
	}
	dev->plugin_users++;
	return 0;
}

/* The opposite; the last one detaches. */
static void unuse(struct kplug_device *dev)
{
	struct kplug_registration *reg = dev->plugin;

	lockdep_assert_held(&dev->lock);
	if (--dev->plugin_users)
		return;
	kplug_irq_forget_plugin(dev);
	if (reg->ops.detach)
		reg->ops.detach(dev);
	dev->plugin_priv = NULL;
	WRITE_ONCE(dev->plugin, NULL);
	kplug_registration_put(reg);
}

/* At bind time, by the plugin's own ids: does not pin the module. */
int kplug_plugin_attach_auto(struct kplug_device *dev, struct kplug_registration *reg)
{
	int err;

	mutex_lock(&dev->lock);
	err = use(dev, reg);
	if (!err)
		dev->plugin_auto = true;
	mutex_unlock(&dev->lock);
	return err;
}

int kplug_plugin_attach_permanent(struct kplug_device *dev, const char *name)
{
	struct kplug_registration *reg;
	int err;

	if (!kplug_name_valid(name))
		return -EINVAL;
	reg = get_pinned(name, true);
	if (!reg)
		return -ENOENT;
	mutex_lock(&dev->lock);
	err = dev->plugin_permanent ? -EALREADY : use(dev, reg);
	if (!err)
		dev->plugin_permanent = true;
	mutex_unlock(&dev->lock);
	if (err)
		put_pinned(reg);
	return err;
}

static void drop_permanent(struct kplug_device *dev)
{
	struct kplug_registration *reg = dev->plugin;

	dev->plugin_permanent = false;
	unuse(dev);
	put_pinned(reg);
}

/* Takes away the permanent attachment, and the automatic one. */
int kplug_plugin_detach_permanent(struct kplug_device *dev)
{
	int err = 0;

	mutex_lock(&dev->lock);
	if (!dev->plugin_permanent && !dev->plugin_auto)
		err = dev->dead ? -ENODEV : -EBADFD;
	if (dev->plugin_auto) {
		dev->plugin_auto = false;
		unuse(dev);
	}
	if (dev->plugin_permanent)
		drop_permanent(dev);
	mutex_unlock(&dev->lock);
	return err;
}

/* @reg is pinned for the session; the caller keeps the pin on failure. */
static int open_session(struct kplug_opener *opener, struct kplug_registration *reg)
{
	struct kplug_device *dev = opener->dev;
	int err = use(dev, reg);

	if (err)
		return err;
	if (reg->ops.open)
		err = reg->ops.open(opener);
	if (err) {
		opener->session_priv = NULL;
		unuse(dev);
		return err;
	}
	WRITE_ONCE(opener->session, reg);
	kplug_call_open(opener);
	kplug_channel_listen(opener);
	kplug_object_created(KPLUG_OBJECT_SESSION);
	return 0;
}

/* On return nobody reads the plugin's windows, and maps are looked at anew. */
static void close_windows(struct kplug_opener *opener, const struct kplug_registration *reg)
{
	if (!kplug_plugin_num_windows(reg->plugin))
		return;
	synchronize_srcu(&opener->dev->srcu);
	kplug_region_zap(opener->dev);
}

static void close_session(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;
	struct kplug_registration *reg = opener->session;

	lockdep_assert_held(&dev->lock);
	kplug_irq_forget_opener(opener, true);
	kplug_call_close(opener);
	kplug_transaction_forget(opener, dev->dead ? -ENODEV : -ECANCELED);
	WRITE_ONCE(opener->session, NULL);
	/* What the plugin allowed ends with it. */
	if (!opener->trusted) {
		kplug_channel_forget(opener);
		close_windows(opener, reg);
	}
	if (reg->ops.close)
		reg->ops.close(opener);
	opener->session_priv = NULL;
	unuse(dev);
	put_pinned(reg);
	kplug_object_destroyed(KPLUG_OBJECT_SESSION);
}

/* May it map a buffer? */
int kplug_session_asks_map(struct kplug_opener *opener, u64 length,
			   enum kplug_dma_direction direction)
{
	const struct kplug_registration *reg = opener->session;

	lockdep_assert_held(&opener->dev->lock);
	return reg && reg->ops.dma_map ? reg->ops.dma_map(opener, length, direction) : 0;
}

static bool admits(const struct kplug_opener *opener, const struct kplug_registration *reg)
{
	return opener->trusted || reg->plugin->flags & ALLOW_FLAGS ||
	       kplug_plugin_num_windows(reg->plugin);
}

/* KPLUG_ATTACH; called without dev->lock, since it may load a module. */
int kplug_session_attach(struct kplug_opener *opener, const char *name)
{
	struct kplug_device *dev = opener->dev;
	struct kplug_registration *reg;
	int err;

	if (!kplug_name_valid(name))
		return -EINVAL;
	if (!opener->trusted && !READ_ONCE(dev->plugin))
		return -EPERM;
	if (READ_ONCE(dev->dead))
		return -ENODEV;
	/* A restricted opener joins what is there, it does not bring modules in. */
	reg = get_pinned(name, opener->trusted);
	if (!reg)
		return -ENOENT;
	mutex_lock(&dev->lock);
	if (opener->session)
		err = opener->session == reg ? -EALREADY : -EBUSY;
	else if (!admits(opener, reg) || (!opener->trusted && dev->plugin != reg))
		err = -EPERM;
	else
		err = open_session(opener, reg);
	mutex_unlock(&dev->lock);
	if (err)
		put_pinned(reg);
	return err;
}

int kplug_session_detach(struct kplug_opener *opener)
{
	lockdep_assert_held(&opener->dev->lock);
	if (!opener->session)
		return -EBADFD;
	close_session(opener);
	return 0;
}

/* At open(): take part in what is attached for everybody, if it lets us. */
void kplug_session_join(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;
	struct kplug_registration *reg = dev->plugin;

	lockdep_assert_held(&dev->lock);
	if (!dev->plugin_permanent && !dev->plugin_auto)
		return;
	if (!admits(opener, reg) || !try_module_get(reg->plugin->owner))
		return;
	kref_get(&reg->ref);
	if (open_session(opener, reg))
		put_pinned(reg);
}

/* Close every session and detach, whoever attached; calls are over already or end here. */
void kplug_plugin_evict(struct kplug_device *dev)
{
	struct kplug_opener *opener;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(opener, &dev->openers, node)
		if (opener->session)
			close_session(opener);
	if (dev->plugin_auto) {
		dev->plugin_auto = false;
		unuse(dev);
	}
	if (dev->plugin_permanent)
		drop_permanent(dev);
}

void kplug_plugin_tell(struct kplug_device *dev, enum kplug_device_event event)
{
	lockdep_assert_held(&dev->lock);
	if (dev->plugin && dev->plugin->ops.event)
		dev->plugin->ops.event(dev, event);
}

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

struct kplug_device *kplug_opener_device(const struct kplug_opener *opener)
{
	return opener->dev;
}
EXPORT_SYMBOL_GPL(kplug_opener_device);

void kplug_opener_set_priv(struct kplug_opener *opener, void *priv)
{
	opener->session_priv = priv;
}
EXPORT_SYMBOL_GPL(kplug_opener_set_priv);

void *kplug_opener_priv(const struct kplug_opener *opener)
{
	return opener->session_priv;
}
EXPORT_SYMBOL_GPL(kplug_opener_priv);

bool kplug_opener_trusted(const struct kplug_opener *opener)
{
	return opener->trusted;
}
EXPORT_SYMBOL_GPL(kplug_opener_trusted);

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

/* plugins lock, then devices lock: the order that stands in core.h */
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

void kplug_plugin_debugfs(struct dentry *dir)
{
	debugfs_create_file("plugins", 0400, dir, NULL, &plugins_fops);
}
