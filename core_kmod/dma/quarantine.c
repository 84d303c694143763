// SPDX-License-Identifier: GPL-2.0
/* Quarantine: memory that a device may still access although its users are gone. */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sysfs.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <kplug/plugin_dma.h>

#include "bus/bus.h"
#include "client/client.h"
#include "device.h"
#include "dma/master.h"
#include "dma/quarantine.h"
#include "dma/reach.h"
#include "object.h"

/* The delay while the function is being reset or removed. */
#define RETRY (HZ / 2)

enum { STUCK };

bool kplug_dma_quarantine_stuck(const struct kplug_device *dev)
{
	return test_bit(STUCK, &dev->quarantine.flags);
}

/**
 * kplug_dma_quarantine_add() - keep memory until the device has finished with it
 * @dev: the device, with its lock
 * @held: the memory; one of its two functions is called later, with the lock or when kplug no
 *	longer drives the device
 */
void kplug_dma_quarantine_add(struct kplug_device *dev, struct kplug_held *held)
{
	struct kplug_quarantine *q = &dev->quarantine;

	lockdep_assert_held(&dev->lock);
	list_add_tail(&held->node, &q->held);
	q->num++;
	q->bytes += held->bytes;
	kplug_object_created(KPLUG_OBJECT_QUARANTINE);
}

static struct kplug_held *take_held(struct kplug_quarantine *q)
{
	struct kplug_held *held = list_first_entry_or_null(&q->held, struct kplug_held, node);

	if (!held)
		return NULL;
	list_del(&held->node);
	q->num--;
	q->bytes -= held->bytes;
	return held;
}

/**
 * kplug_dma_quarantine_release() - release everything, because the device accesses no memory
 * @dev: was reset, has an idle engine, or is gone; with its lock
 *
 * The caller restores bus mastery if necessary.
 */
void kplug_dma_quarantine_release(struct kplug_device *dev)
{
	struct kplug_held *held;

	lockdep_assert_held(&dev->lock);
	while ((held = take_held(&dev->quarantine))) {
		held->release(held);
		kplug_object_destroyed(KPLUG_OBJECT_QUARANTINE);
		cond_resched();
	}
	if (test_and_clear_bit(STUCK, &dev->quarantine.flags))
		atomic_dec(&dev->num_revoked);
}

/* No later code refers to the memory; the count of objects shows it. */
static void leak_all(struct kplug_device *dev)
{
	struct kplug_quarantine *q = &dev->quarantine;
	struct kplug_held *held;

	dev_err(dev->parent,
		"kplug: the device may still access %llu bytes of %u buffers, which are lost until the machine restarts: it cannot be reset, and no IOMMU isolates it. Programs must stop its engine or unmap their buffers before they end\n",
		(unsigned long long)q->bytes, q->num);
	while ((held = take_held(q)))
		held->leak(held);
}

void kplug_dma_stuck(struct kplug_device *dev)
{
	if (!dev->bus->quiesce || test_and_set_bit(STUCK, &dev->quarantine.flags))
		return;
	atomic_inc(&dev->num_revoked);
	/* A task that sets bus mastery now sees the count, or did so before. */
	dev->bus->quiesce(dev);
	dev_warn(
		dev->parent,
		"kplug: the device does not stop its DMA: bus mastery stays off until it is reset\n");
}
EXPORT_SYMBOL_GPL(kplug_dma_stuck);

void kplug_dma_idle(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	kplug_dma_quarantine_release(dev);
	kplug_dma_master_go_on(dev);
}
EXPORT_SYMBOL_GPL(kplug_dma_idle);

/* Revoked clients do not count, because they may keep their descriptors for long. */
static bool has_client(const struct kplug_device *dev)
{
	const struct kplug_client *client;

	list_for_each_entry(client, &dev->clients, node)
		if (!client->hungup)
			return true;
	return false;
}

/* Would a reset disturb no client? */
static bool is_unused_device(const struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	return !dev->dead && !has_client(dev) && !dev->plugin && !dev->num_armed && !dev->paused;
}

static bool wants_reset(const struct kplug_device *dev)
{
	return dev->quarantine.num || kplug_dma_quarantine_stuck(dev);
}

/**
 * kplug_dma_quarantine_consider() - reset the device after its last user, if that frees memory
 * @dev: the device, one of whose users has gone; with its lock
 *
 * Does nothing while the device has other users.
 */
void kplug_dma_quarantine_consider(struct kplug_device *dev)
{
	if (dev->bus->reset && wants_reset(dev) && is_unused_device(dev))
		mod_delayed_work(system_long_wq, &dev->quarantine.work, 0);
}

static bool begin_reset(struct kplug_device *dev)
{
	bool ret;

	mutex_lock(&dev->lock);
	ret = wants_reset(dev) && is_unused_device(dev);
	WRITE_ONCE(dev->quarantine.resetting, ret);
	mutex_unlock(&dev->lock);
	return ret;
}

static void end_reset(struct kplug_device *dev)
{
	mutex_lock(&dev->lock);
	WRITE_ONCE(dev->quarantine.resetting, false);
	mutex_unlock(&dev->lock);
	wake_up_var(&dev->quarantine.resetting);
}

/* The callbacks of the reset release the quarantine. */
static void reset_unused(struct work_struct *work)
{
	struct kplug_quarantine *q =
		container_of(to_delayed_work(work), struct kplug_quarantine, work);
	struct kplug_device *dev = container_of(q, struct kplug_device, quarantine);
	int err;

	if (!begin_reset(dev))
		return;
	err = dev->bus->reset(dev);
	end_reset(dev);
	if (err == -EBUSY)
		mod_delayed_work(system_long_wq, &q->work, RETRY);
}

/**
 * kplug_dma_quarantine_wait() - wait for the end of a reset that the core began
 * @dev: the device that a program opens; without any lock
 *
 * Check kplug_dma_quarantine_resetting() again with the device's lock.
 *
 * Return: 0, or -ERESTARTSYS when the program was killed.
 */
int kplug_dma_quarantine_wait(struct kplug_device *dev)
{
	return wait_var_event_killable(&dev->quarantine.resetting,
				       !kplug_dma_quarantine_resetting(dev));
}

void kplug_dma_quarantine_init(struct kplug_device *dev)
{
	INIT_LIST_HEAD(&dev->quarantine.held);
	INIT_DELAYED_WORK(&dev->quarantine.work, reset_unused);
}

/**
 * kplug_dma_quarantine_exit() - empty the quarantine when the driver leaves the device
 * @dev: a device without users; under the lock of the bus device
 *
 * The next driver may make the device a bus master again.
 */
void kplug_dma_quarantine_exit(struct kplug_device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev->parent);
	bool idle;

	cancel_delayed_work_sync(&dev->quarantine.work);
	if (!dev->quarantine.num)
		return;
	idle = !dev->bus->reset_last(dev);
	mutex_lock(&dev->lock);
	if (idle || kplug_dma_reach_translated(dev->parent))
		kplug_dma_quarantine_release(dev);
	else
		leak_all(dev);
	mutex_unlock(&dev->lock);
	/* Unmapping alone may be lazy. Up to here the device has no bus mastery. */
	if (!idle && domain)
		iommu_flush_iotlb_all(domain);
}

/* Prints "entries bytes", followed by "stuck" while the device is denied bus mastery. */
ssize_t kplug_dma_quarantine_show(struct kplug_device *dev, char *buf)
{
	struct kplug_quarantine *q = &dev->quarantine;
	ssize_t len;

	mutex_lock(&dev->lock);
	len = sysfs_emit(buf, "%u %llu%s\n", q->num, (unsigned long long)q->bytes,
			 kplug_dma_quarantine_stuck(dev) ? " stuck" : "");
	mutex_unlock(&dev->lock);
	return len;
}
