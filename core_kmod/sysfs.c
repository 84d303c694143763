// SPDX-License-Identifier: GPL-2.0
/* /sys/class/kplug/<address>/: what an administrator sees and sets. */
#include <linux/device.h>
#include <linux/pid.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "core.h"

static ssize_t plugin_show(struct device *d, struct device_attribute *attr, char *buf)
{
	struct kplug_device *dev = to_kplug_device(d);
	ssize_t len;

	mutex_lock(&dev->lock);
	len = sysfs_emit(buf, "%s\n", dev->plugin ? dev->plugin->plugin->name : "none");
	mutex_unlock(&dev->lock);
	return len;
}

/* A name attaches for good; an empty line or "none" detaches. */
static ssize_t plugin_store(struct device *d, struct device_attribute *attr,
			    const char *buf, size_t len)
{
	struct kplug_device *dev = to_kplug_device(d);
	char line[KPLUG_NAME_MAX + 1];
	const char *name;
	int err;

	if (strscpy(line, buf, sizeof(line)) < 0)
		return -EINVAL;
	name = strim(line);
	if (!*name || !strcmp(name, "none"))
		err = kplug_plugin_detach_permanent(dev);
	else
		err = kplug_plugin_attach_permanent(dev, name);
	return err ?: len;
}
static DEVICE_ATTR_RW(plugin);

static ssize_t openers_show(struct device *d, struct device_attribute *attr, char *buf)
{
	struct kplug_device *dev = to_kplug_device(d);
	struct kplug_opener *opener;
	ssize_t len = 0;

	mutex_lock(&dev->lock);
	list_for_each_entry(opener, &dev->openers, node)
		len += sysfs_emit_at(buf, len, "%d %s %s\n", pid_vnr(opener->pid),
				     opener->trusted ? "trusted" : "restricted",
				     opener->session ? opener->session->plugin->name : "-");
	mutex_unlock(&dev->lock);
	return len;
}
static DEVICE_ATTR_RO(openers);

static ssize_t irq_mode_show(struct device *d, struct device_attribute *attr, char *buf)
{
	static const char * const names[] = {
		[KPLUG_IRQ_AUTO] = "none", [KPLUG_IRQ_INTX] = "INTx",
		[KPLUG_IRQ_MSI] = "MSI", [KPLUG_IRQ_MSIX] = "MSI-X",
		[KPLUG_IRQ_SOFT] = "soft", [KPLUG_IRQ_WIRED] = "wired",
	};

	return sysfs_emit(buf, "%s\n", names[READ_ONCE(to_kplug_device(d)->irq_mode)]);
}
static DEVICE_ATTR_RO(irq_mode);

static ssize_t bus_show(struct device *d, struct device_attribute *attr, char *buf)
{
	static const char * const names[] = {
		[KPLUG_BUS_PCI] = "pci", [KPLUG_BUS_SOFT] = "soft",
		[KPLUG_BUS_PLATFORM] = "platform", [KPLUG_BUS_ISA] = "isa",
	};

	return sysfs_emit(buf, "%s\n", names[to_kplug_device(d)->bus->type]);
}
static DEVICE_ATTR_RO(bus);

static ssize_t pool_show(struct device *d, struct device_attribute *attr, char *buf)
{
	return kplug_pool_show(to_kplug_device(d), buf);
}
static DEVICE_ATTR_RO(pool);

static struct attribute *attrs[] = {
	&dev_attr_bus.attr,
	&dev_attr_plugin.attr,
	&dev_attr_openers.attr,
	&dev_attr_irq_mode.attr,
	&dev_attr_pool.attr,
	NULL,
};

static const struct attribute_group group = { .attrs = attrs };

const struct attribute_group *kplug_sysfs_groups[] = { &group, NULL };
