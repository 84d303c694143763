// SPDX-License-Identifier: GPL-2.0
/* The attributes in /sys/class/kplug/<address>/, for administrators. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uidgid.h>

#include "access/width.h"
#include "bus/bus.h"
#include "client/client.h"
#include "client/grant.h"
#include "client/revoke.h"
#include "device.h"
#include "dma/pool.h"
#include "dma/quarantine.h"
#include "plugin/attach.h"
#include "plugin/registration.h"
#include "sysfs.h"

static ssize_t plugin_show(struct device *d, struct device_attribute *attr, char *buf)
{
	struct kplug_device *dev = to_kplug_device(d);
	ssize_t len;

	mutex_lock(&dev->lock);
	len = sysfs_emit(buf, "%s\n", dev->plugin ? dev->plugin->plugin->name : "none");
	mutex_unlock(&dev->lock);
	return len;
}

/*
 * Removal waits for accesses to attributes. An access that itself waits for a module to load or
 * for a plugin's calls therefore releases the attribute, so that the device may be removed
 * meanwhile. The removal is what ends such waits.
 */
static int run_detached(struct device *d, struct device_attribute *attr,
			int (*run)(struct kplug_device *dev, void *arg), void *arg)
{
	struct kernfs_node *kn;
	int err = -ENODEV;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	get_device(d);
	kn = sysfs_break_active_protection(&d->kobj, &attr->attr);
	if (kn) {
		err = run(to_kplug_device(d), arg);
		sysfs_unbreak_active_protection(kn);
	}
	put_device(d);
	module_put(THIS_MODULE);
	return err;
}

static int attach_permanent(struct kplug_device *dev, void *name)
{
	return kplug_attach_permanent(dev, name);
}

/* A name attaches a plugin permanently; an empty line or "none" detaches it. */
static ssize_t plugin_store(struct device *d, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	char line[KPLUG_NAME_MAX + 1];
	char *name;
	int err;

	if (strscpy(line, buf, sizeof(line)) < 0)
		return -EINVAL;
	name = strim(line);
	if (!*name || !strcmp(name, "none"))
		err = kplug_attach_detach(to_kplug_device(d));
	else
		err = run_detached(d, attr, attach_permanent, name);
	return err ?: len;
}
static DEVICE_ATTR_RW(plugin);

static ssize_t clients_show(struct device *d, struct device_attribute *attr, char *buf)
{
	struct kplug_device *dev = to_kplug_device(d);
	struct kplug_client *client;
	ssize_t line, len = 0;

	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node) {
		line = sysfs_emit_at(buf, len, "%d %s %s %u %u\n", pid_vnr(client->pid),
				     kplug_client_trust(client),
				     client->session ? client->session->plugin->name : "-",
				     client->id, from_kuid_munged(current_user_ns(), client->user));
		/* A truncated line would describe another client. */
		if (len + line >= PAGE_SIZE - 1)
			break;
		len += line;
	}
	mutex_unlock(&dev->lock);
	return len;
}
static DEVICE_ATTR_RO(clients);

/* The users and groups that are trusted with the device, one on each line. */
static ssize_t grants_show(struct device *d, struct device_attribute *attr, char *buf)
{
	return kplug_grant_show(to_kplug_device(d), buf);
}

static int change_grants(struct kplug_device *dev, void *line)
{
	bool removed = false;
	int err = kplug_grant_store(dev, line, &removed);

	return removed ? kplug_revoke_finish(dev) : err;
}

/* Only an administrator may write it. */
static int copy_admin_line(char *line, size_t size, const char *buf)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return strscpy(line, buf, size) < 0 ? -EINVAL : 0;
}

static ssize_t grants_store(struct device *d, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	char line[32];
	int err;

	err = copy_admin_line(line, sizeof(line), buf);
	if (!err)
		err = run_detached(d, attr, change_grants, line);
	return err ?: len;
}
static DEVICE_ATTR_RW(grants);

static int revoke(struct kplug_device *dev, void *id)
{
	return kplug_revoke_client(dev, *(u32 *)id);
}

/* The number of a client, as in "clients", whose access is revoked. */
static ssize_t revoke_store(struct device *d, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	u32 id;
	int err;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	err = kstrtou32(buf, 10, &id) ?: run_detached(d, attr, revoke, &id);
	return err ?: len;
}
static DEVICE_ATTR_WO(revoke);

static ssize_t irq_mode_show(struct device *d, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[KPLUG_IRQ_AUTO] = "none",       [KPLUG_IRQ_INTX] = "INTx",
		[KPLUG_IRQ_MSI] = "MSI",         [KPLUG_IRQ_MSIX] = "MSI-X",
		[KPLUG_IRQ_VIRTUAL] = "virtual", [KPLUG_IRQ_WIRED] = "wired",
	};

	return sysfs_emit(buf, "%s\n", names[READ_ONCE(to_kplug_device(d)->irq_mode)]);
}
static DEVICE_ATTR_RO(irq_mode);

static ssize_t bus_show(struct device *d, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[KPLUG_BUS_PCI] = "pci",
		[KPLUG_BUS_VIRTUAL] = "virtual",
		[KPLUG_BUS_PLATFORM] = "platform",
		[KPLUG_BUS_ISA] = "isa",
	};

	return sysfs_emit(buf, "%s\n", names[to_kplug_device(d)->bus->type]);
}
static DEVICE_ATTR_RO(bus);

static ssize_t pool_show(struct device *d, struct device_attribute *attr, char *buf)
{
	return kplug_dma_pool_show(to_kplug_device(d), buf);
}
static DEVICE_ATTR_RO(pool);

static ssize_t quarantine_show(struct device *d, struct device_attribute *attr, char *buf)
{
	return kplug_dma_quarantine_show(to_kplug_device(d), buf);
}
static DEVICE_ATTR_RO(quarantine);

/* The widths of accesses that each region permits. */
static ssize_t widths_show(struct device *d, struct device_attribute *attr, char *buf)
{
	return kplug_width_show(to_kplug_device(d), buf);
}

static ssize_t widths_store(struct device *d, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	char line[32];
	int err;

	err = copy_admin_line(line, sizeof(line), buf);
	if (!err)
		err = kplug_width_store(to_kplug_device(d), line);
	return err ?: len;
}
static DEVICE_ATTR_RW(widths);

static struct attribute *attrs[] = {
	&dev_attr_bus.attr,     &dev_attr_plugin.attr,
	&dev_attr_clients.attr, &dev_attr_grants.attr,
	&dev_attr_revoke.attr,  &dev_attr_irq_mode.attr,
	&dev_attr_pool.attr,    &dev_attr_quarantine.attr,
	&dev_attr_widths.attr,  NULL,
};

static const struct attribute_group group = { .attrs = attrs };

const struct attribute_group *kplug_sysfs_groups[] = { &group, NULL };
