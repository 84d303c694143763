// SPDX-License-Identifier: GPL-2.0
/* Creating, publishing and removing devices. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "access/map.h"
#include "bus/bus.h"
#include "chardev.h"
#include "client/client.h"
#include "device.h"
#include "dma/mapping.h"
#include "dma/peer.h"
#include "dma/pool.h"
#include "dma/quarantine.h"
#include "dma/queue.h"
#include "dma/stop.h"
#include "dma/watchdog.h"
#include "event/listener.h"
#include "irq/arm.h"
#include "irq/statistics.h"
#include "irq/vector.h"
#include "memory/inode.h"
#include "object.h"
#include "plugin/attach.h"
#include "plugin/session.h"
#include "sysfs.h"

#define MAX_MINORS 4096

static dev_t first_devt;
static DEFINE_IDA(minors);
static DECLARE_WAIT_QUEUE_HEAD(released);

int kplug_device_init(void)
{
	int err = alloc_chrdev_region(&first_devt, 0, MAX_MINORS, "kplug");

	if (err)
		return err;
	err = kplug_devices_init(kplug_sysfs_groups);
	if (err)
		unregister_chrdev_region(first_devt, MAX_MINORS);
	return err;
}

void kplug_device_exit(void)
{
	/* There are no clients any more, but the driver core may drop its references late. */
	wait_event(released, ida_is_empty(&minors));
	/* A task may still be in the rest of release_device(), ... */
	synchronize_rcu();
	/* ... or preempted on its way out, which is also code of this module. */
	synchronize_rcu_tasks();
	kplug_devices_exit();
	unregister_chrdev_region(first_devt, MAX_MINORS);
}

/* The last reference is gone: there is no client, map or sysfs file any more. */
static void release_device(struct device *d)
{
	struct kplug_device *dev = to_kplug_device(d);

	cleanup_srcu_struct(&dev->srcu);
	kplug_inode_free(dev->inode);
	kplug_dma_pool_free(dev);
	kvfree(dev->vectors);
	put_device(dev->parent);
	mutex_destroy(&dev->lock);
	kplug_object_destroyed(KPLUG_OBJECT_DEVICE);
	/* Unloading continues when the last minor is free, but waits for the rest of this. */
	rcu_read_lock();
	ida_free(&minors, dev->id);
	wake_up(&released);
	kfree(dev);
	rcu_read_unlock();
}

static int alloc_parts(struct kplug_device *dev)
{
	int err;

	err = kplug_vector_setup(dev);
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
 * kplug_device_alloc() - allocate a device without publishing it
 * @bus: its bus
 * @parent: the bus device; the kplug device holds a reference to it
 * @name: address, shorter than KPLUG_NAME_MAX
 * @max_vectors: number of vectors in its best interrupt mode, at most KPLUG_MAX_VECTORS
 *
 * Return: the device, for kplug_device_put(); or an ERR_PTR.
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
	INIT_LIST_HEAD(&dev->clients);
	xa_init_flags(&dev->client_ids, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&dev->listeners);
	INIT_LIST_HEAD(&dev->peers);
	INIT_LIST_HEAD(&dev->memory);
	kplug_dma_quarantine_init(dev);
	kplug_dma_mapping_init(dev);
	kplug_dma_queue_init(dev);
	kplug_dma_stop_init(dev);
	kplug_dma_watchdog_init(dev);
	err = alloc_parts(dev);
	if (err) {
		kfree(dev);
		return ERR_PTR(err);
	}
	dev->parent = get_device(parent);
	device_initialize(&dev->dev);
	dev->dev.class = kplug_device_class;
	dev->dev.parent = parent;
	dev->dev.devt = first_devt + dev->id;
	dev->dev.release = release_device;
	kplug_object_created(KPLUG_OBJECT_DEVICE);
	err = dev_set_name(&dev->dev, "%s", name);
	if (err) {
		kplug_device_put(dev);
		return ERR_PTR(err);
	}
	return dev;
}

/* Marks the device dead, so that nothing new begins. */
static void die(struct kplug_device *dev)
{
	mutex_lock(&dev->lock);
	WRITE_ONCE(dev->dead, true);
	kplug_dma_peer_revoke(dev);
	kplug_dma_queue_hold(dev);
	kplug_attach_notify(dev, KPLUG_DEVICE_REMOVE);
	mutex_unlock(&dev->lock);
}

static void stop_interrupts(struct kplug_device *dev)
{
	mutex_lock(&dev->lock);
	kplug_arm_drop_all(dev);
	if (dev->bus->quiesce)
		dev->bus->quiesce(dev);
	mutex_unlock(&dev->lock);
}

static void let_go_of_device(struct kplug_device *dev)
{
	struct kplug_client *client;

	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		kplug_dma_mapping_drop(client);
	if (dev->irq_mode != KPLUG_IRQ_AUTO)
		dev->bus->irq_free(dev);
	mutex_unlock(&dev->lock);
}

/* On return neither the hardware nor the plugin is used any more. */
static void stop_device(struct kplug_device *dev)
{
	die(dev);
	kplug_session_quiet_all(dev);
	stop_interrupts(dev);
	/* Wait for running register accesses and page faults. */
	synchronize_srcu(&dev->srcu);
	kplug_session_evict_all(dev);
	let_go_of_device(dev);
	kplug_dma_watchdog_exit(dev);
	kplug_dma_queue_exit(dev);
	kplug_dma_mapping_exit(dev);
}

/**
 * kplug_device_remove() - remove a published device
 * @dev: the device; the bus glue unmaps its regions and puts it afterwards
 *
 * Never waits for a program, and holds no lock while it waits for calls. Clients keep a dead
 * device: every operation fails with -ENODEV, waits end, and maps read as all ones.
 */
void kplug_device_remove(struct kplug_device *dev)
{
	kplug_statistics_remove(dev);
	cdev_device_del(&dev->cdev, &dev->dev);
	kplug_devices_del(dev);
	stop_device(dev);
	kplug_map_zap(dev);
	kplug_listener_hangup(dev);
}

/* Lets programs open the device. After a failure the plugin is detached. */
int kplug_device_publish(struct kplug_device *dev)
{
	int err = kplug_devices_add(dev);

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
	kplug_devices_del(dev);
err_stop:
	stop_device(dev);
	return err;
}
