// SPDX-License-Identifier: GPL-2.0
/* The list of devices: names, iteration, and finding the device of a region. */
#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rculist.h>

#include "compat.h"
#include "device.h"

static DEFINE_MUTEX(devices_lock);
static LIST_HEAD(devices); /* RCU, changed under devices_lock */

/*
 * Must not fail: without a name of ours the driver core takes another one, when it makes the node
 * and when it removes it.
 */
static char *devnode(KPLUG_DEVNODE_CONST struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0660;
	return kasprintf(GFP_KERNEL | __GFP_NOFAIL, "kplug/%s", dev_name(dev));
}

/* Allocated by the driver core, which may free it after this module is unloaded. */
struct class *kplug_device_class;

/* @groups: the attributes of each device */
int kplug_devices_init(const struct attribute_group **groups)
{
	kplug_device_class = kplug_compat_class_create("kplug");
	if (IS_ERR(kplug_device_class))
		return PTR_ERR(kplug_device_class);
	kplug_device_class->devnode = devnode;
	kplug_device_class->dev_groups = groups;
	return 0;
}

void kplug_devices_exit(void)
{
	class_destroy(kplug_device_class);
}

/* Refuses a name that exists: the driver core would only print a warning. */
int kplug_devices_add(struct kplug_device *dev)
{
	struct kplug_device *other;
	int err = 0;

	mutex_lock(&devices_lock);
	list_for_each_entry(other, &devices, node)
		if (!strcmp(other->name, dev->name))
			err = -EBUSY; /* not EEXIST: modprobe takes that for success */
	if (!err)
		list_add_tail_rcu(&dev->node, &devices);
	mutex_unlock(&devices_lock);
	return err;
}

void kplug_devices_del(struct kplug_device *dev)
{
	mutex_lock(&devices_lock);
	list_del_rcu(&dev->node);
	mutex_unlock(&devices_lock);
	synchronize_rcu();
}

/**
 * kplug_device_of_region() - find the device of a region
 * @r: the region, as the accessors have it
 *
 * Context: any, under RCU.
 * Return: the device, valid under RCU; NULL before it is published.
 */
struct kplug_device *kplug_device_of_region(const struct kplug_io_region *r)
{
	struct kplug_device *dev;

	list_for_each_entry_rcu(dev, &devices, node)
		if (r >= dev->io.region && r < dev->io.region + KPLUG_MAX_REGIONS)
			return dev;
	return NULL;
}

/* Calls @fn, which may sleep, for each device, with a reference and without a lock. */
void kplug_device_for_each(void (*fn)(struct kplug_device *dev, void *arg), void *arg)
{
	struct class_dev_iter iter;
	struct device *d;

	class_dev_iter_init(&iter, kplug_device_class, NULL, NULL);
	while ((d = class_dev_iter_next(&iter)))
		fn(to_kplug_device(d), arg);
	class_dev_iter_exit(&iter);
}
