// SPDX-License-Identifier: GPL-2.0
/* Reset of a PCI function, by a program here or by an administrator in sysfs. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/srcu.h>

#include "bus/bus.h"
#include "bus/pci.h"
#include "compat.h"
#include "device.h"
#include "dma/quarantine.h"
#include "irq/pause.h"
#include "plugin/attach.h"

#define LOCK_PATIENCE HZ

/*
 * The lock of the bus device excludes removal and configuration accesses. This only tries it,
 * because a removal that holds it waits for the caller. A function that cannot be reset alone is
 * reset with its bus, and therefore needs the lock of the bridge too.
 */
static bool lock(struct pci_dev *pdev, struct pci_dev *bridge)
{
	if (bridge && !pci_dev_trylock(bridge))
		return false;
	if (pci_dev_trylock(pdev))
		return true;
	if (bridge)
		pci_dev_unlock(bridge);
	return false;
}

/*
 * The PCI core also holds the lock while it tells drivers that a reset or a recovery has ended, and
 * a program may hear that before the lock is free.
 */
static int lock_soon(struct kplug_device *dev, struct pci_dev *pdev, struct pci_dev *bridge)
{
	const unsigned long end = jiffies + LOCK_PATIENCE;

	while (!lock(pdev, bridge)) {
		if (kplug_device_dead(dev))
			return -ENODEV;
		if (time_after(jiffies, end))
			return -EBUSY;
		if (msleep_interruptible(1))
			return -EINTR;
	}
	return 0;
}

static void unlock(struct pci_dev *pdev, struct pci_dev *bridge)
{
	pci_dev_unlock(pdev);
	if (bridge)
		pci_dev_unlock(bridge);
}

/* Called without any lock. The client holds the function, and the function holds its bridge. */
int kplug_pci_reset_function(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	int err;

	if (kplug_device_dead(dev))
		return -ENODEV;
	err = lock_soon(dev, pdev, bridge);
	if (err)
		return err;
	/*
	 * A dead device may have another driver by now. Otherwise the reset calls the two functions
	 * below.
	 */
	err = kplug_device_dead(dev) ? -ENODEV : pci_reset_function_locked(pdev);
	unlock(pdev, bridge);
	return err == -ENOTTY ? -EOPNOTSUPP : err;
}

static int count_on_bus(struct pci_dev *pdev, void *num)
{
	++*(unsigned int *)num;
	return 0;
}

/*
 * The PCI core resets a bus for one function only if there is no other on it.
 *
 * Context: takes pci_bus_sem, so without dev->lock.
 */
static bool alone(struct pci_dev *pdev)
{
	unsigned int num = 0;

	pci_walk_bus(pdev->bus, count_on_bus, &num);
	return num == 1;
}

/* The PCI core calls reset_done also when it could not reset the function. */
static bool was_reset(struct pci_dev *pdev)
{
	return pci_device_is_present(pdev) && (kplug_compat_resets_itself(pdev) || alone(pdev));
}

/* Was the function unplugged, or does it not respond any more? */
static bool is_function_gone(struct pci_dev *pdev)
{
	return pdev->error_state == pci_channel_io_perm_failure || !pci_device_is_present(pdev);
}

/* The last reset, at unbind: the reset callbacks of this driver are not called for it. */
int kplug_pci_reset_last(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	int err = -EBUSY;

	if (is_function_gone(pdev))
		return 0;
	if (bridge && !pci_dev_trylock(bridge))
		return -EBUSY;
	if (pci_cfg_access_trylock(pdev)) {
		pci_save_state(pdev);
		err = __pci_reset_function_locked(pdev);
		pci_restore_state(pdev);
		pci_cfg_access_unlock(pdev);
	}
	if (bridge)
		pci_dev_unlock(bridge);
	return err;
}

/* With the lock of the bus device. The PCI core saves the function's state next. */
void kplug_pci_reset_prepare(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	/* See kplug_pci_config_access(). */
	synchronize_srcu_expedited(&dev->srcu);
	kplug_pause_begin(dev, KPLUG_DEVICE_RESET_PREPARE);
	mutex_lock(&dev->lock);
	/*
	 * The saved state must not have bus mastery: a message of a disarmed vector would be a
	 * fault.
	 */
	dev->bus->quiesce(dev);
	mutex_unlock(&dev->lock);
}

/* The PCI core has restored the state, also when the reset failed. */
void kplug_pci_reset_done(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);
	/* Without the lock: recovery from errors takes it with that of the list of functions. */
	bool reset = was_reset(pdev);

	mutex_lock(&dev->lock);
	if (reset)
		kplug_dma_quarantine_release(dev);
	dev->bus->restore(dev);
	kplug_attach_notify(dev, KPLUG_DEVICE_RESET_DONE);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_RESET, NULL, 0);
	kplug_pause_end(dev);
	mutex_unlock(&dev->lock);
}
