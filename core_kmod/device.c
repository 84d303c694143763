// SPDX-License-Identifier: GPL-2.0
/* Life and death of a device. */
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "core.h"

#define MAX_MINORS 4096

static dev_t first_devt;
static DEFINE_IDA(minors);
static DEFINE_MUTEX(devices_lock);
static LIST_HEAD(devices);
static DECLARE_WAIT_QUEUE_HEAD(released);

static char *devnode(KPLUG_DEVNODE_CONST struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0660;
	return kasprintf(GFP_KERNEL, "kplug/%s", dev_name(dev));
}

/* Not our memory: the driver core may let go of it after we are unloaded. */
struct class *kplug_class;

static int make_class(void)
{
	kplug_class = kplug_compat_class_create("kplug");
	if (IS_ERR(kplug_class))
		return PTR_ERR(kplug_class);
	kplug_class->devnode = devnode;
	kplug_class->dev_groups = kplug_sysfs_groups;
	return 0;
}

int kplug_device_init(void)
{
	int err = alloc_chrdev_region(&first_devt, 0, MAX_MINORS, "kplug");

	if (err)
		return err;
	err = make_class();
	if (err)
		unregister_chrdev_region(first_devt, MAX_MINORS);
	return err;
}

void kplug_device_exit(void)
{
	/* No opener is left, but the driver core may be late with its references. */
	wait_event(released, ida_is_empty(&minors));
	class_destroy(kplug_class);
	unregister_chrdev_region(first_devt, MAX_MINORS);
}

/* The last reference went: no opener, no mapping, no sysfs file is left. */
static void release(struct device *d)
{
	struct kplug_device *dev = to_kplug_device(d);

	cleanup_srcu_struct(&dev->srcu);
	kplug_inode_free(dev->inode);
	kplug_pool_free(dev);
	kvfree(dev->vectors);
	put_device(dev->parent);
	mutex_destroy(&dev->lock);
	kplug_object_destroyed(KPLUG_OBJECT_DEVICE);
	ida_free(&minors, dev->id);
	kfree(dev);
	wake_up(&released);
}

static int alloc_parts(struct kplug_device *dev)
{
	int err;

	err = kplug_irq_setup(dev);
	if (err)
		return err;
	dev->inode = kplug_inode_new();
	if (IS_ERR(dev->inode)) {
		err = PTR_ERR(dev->inode);
		goto err_vectors;
	}
	err = init_srcu_struct(&dev->srcu);
	if (err)
		goto err_inode;
	err = ida_alloc_max(&minors, MAX_MINORS - 1, GFP_KERNEL);
	if (err < 0)
		goto err_srcu;
	dev->id = err;
	return 0;

err_srcu:
	cleanup_srcu_struct(&dev->srcu);
err_inode:
	kplug_inode_free(dev->inode);
err_vectors:
	kvfree(dev->vectors);
	return err;
}

/**
 * kplug_device_alloc() - make a device that nobody sees yet
 * @bus: its bus
 * @parent: the bus device; the kplug device holds a reference to it
 * @name: address, shorter than KPLUG_NAME_MAX
 * @max_vectors: what its best interrupt mode offers, at most KPLUG_MAX_VECTORS
 *
 * Return: the device or an ERR_PTR; give it back with kplug_device_put().
 */
struct kplug_device *kplug_device_alloc(const struct kplug_bus_ops *bus, struct device *parent,
					const char *name, unsigned int max_vectors)
{
	struct kplug_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int err;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->bus = bus;
	dev->max_vectors = max_vectors;
	strscpy(dev->name, name, sizeof(dev->name));
	mutex_init(&dev->lock);
	INIT_LIST_HEAD(&dev->node);
	INIT_LIST_HEAD(&dev->openers);
	INIT_LIST_HEAD(&dev->listeners);
	INIT_LIST_HEAD(&dev->peers);
	kplug_transaction_init(dev);
	kplug_mapping_init(dev);
	err = alloc_parts(dev);
	if (err) {
		kfree(dev);
		return ERR_PTR(err);
	}
	dev->parent = get_device(parent);
	device_initialize(&dev->dev);
	dev->dev.class = kplug_class;
	dev->dev.parent = parent;
	dev->dev.devt = first_devt + dev->id;
	dev->dev.release = release;
	kplug_object_created(KPLUG_OBJECT_DEVICE);
	err = dev_set_name(&dev->dev, "%s", name);
	if (err) {
		kplug_device_put(dev);
		return ERR_PTR(err);
	}
	return dev;
}

void kplug_device_put(struct kplug_device *dev)
{
	put_device(&dev->dev);
}

/* Nothing of the hardware or the plugin is used after this. */
static void stop(struct kplug_device *dev)
{
	struct kplug_opener *opener;

	mutex_lock(&dev->lock);
	WRITE_ONCE(dev->dead, true);
	kplug_peer_revoke(dev);
	kplug_plugin_tell(dev, KPLUG_DEVICE_REMOVE);
	kplug_transaction_forget_all(dev);
	kplug_irq_forget_all(dev);
	if (dev->bus->quiesce)
		dev->bus->quiesce(dev);
	/* Register accesses and page faults under way. */
	synchronize_srcu(&dev->srcu);
	kplug_plugin_evict(dev);
	list_for_each_entry(opener, &dev->openers, node)
		kplug_mapping_forget(opener);
	if (dev->irq_mode != KPLUG_IRQ_AUTO)
		dev->bus->irq_free(dev);
	mutex_unlock(&dev->lock);
	kplug_transaction_exit(dev);
	kplug_mapping_exit(dev);
}

/* Names are unique: the driver core would only complain about a second one. */
static int list(struct kplug_device *dev)
{
	struct kplug_device *other;
	int err = 0;

	mutex_lock(&devices_lock);
	list_for_each_entry(other, &devices, node)
		if (!strcmp(other->name, dev->name))
			err = -EBUSY;	/* not EEXIST: modprobe takes that for success */
	if (!err)
		list_add_tail(&dev->node, &devices);
	mutex_unlock(&devices_lock);
	return err;
}

static void unlist(struct kplug_device *dev)
{
	mutex_lock(&devices_lock);
	list_del_init(&dev->node);
	mutex_unlock(&devices_lock);
}

/**
 * kplug_device_remove() - take a published device away from everybody
 * @dev: the bus glue unmaps its regions and puts it afterwards
 *
 * Never waits for a program. Openers keep a dead device: every operation says
 * -ENODEV, waits end, mappings read all ones.
 */
void kplug_device_remove(struct kplug_device *dev)
{
	kplug_statistics_remove(dev);
	cdev_device_del(&dev->cdev, &dev->dev);
	unlist(dev);
	stop(dev);
	kplug_region_zap(dev);
	kplug_channel_hangup(dev);
}

/* From here on programs can open it. On failure nothing of the plugin is left. */
int kplug_device_publish(struct kplug_device *dev)
{
	int err = list(dev);

	if (err)
		goto err_stop;
	cdev_init(&dev->cdev, &kplug_chardev_fops);
	dev->cdev.owner = THIS_MODULE;
	err = cdev_device_add(&dev->cdev, &dev->dev);
	if (err)
		goto err_unlist;
	err = kplug_statistics_add(dev);
	if (err)
		kplug_device_remove(dev);
	return err;

err_unlist:
	unlist(dev);
err_stop:
	stop(dev);
	return err;
}

void kplug_device_for_each(void (*fn)(struct kplug_device *dev, void *arg), void *arg)
{
	struct kplug_device *dev;

	mutex_lock(&devices_lock);
	list_for_each_entry(dev, &devices, node)
		fn(dev, arg);
	mutex_unlock(&devices_lock);
}
