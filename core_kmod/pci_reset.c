// SPDX-License-Identifier: GPL-2.0
/* Reset of a PCI function, whoever asks for it: a program here, or an administrator in sysfs. */
#include <linux/pci.h>

#include "core.h"

/*
 * The lock of the device keeps removal away, and configuration accesses of
 * others. Only tried: whoever has it removes or resets the function just now.
 * A reset of a function without a reset of its own resets the bus, which is its
 * bridge's.
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

static void unlock(struct pci_dev *pdev, struct pci_dev *bridge)
{
	pci_dev_unlock(pdev);
	if (bridge)
		pci_dev_unlock(bridge);
}

/* Called without any lock; the opener keeps the function, the function its bridge. */
int kplug_pci_reset(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	int err;

	if (kplug_device_dead(dev))
		return -ENODEV;
	if (!lock(pdev, bridge))
		return -EBUSY;
	/* Dead: it may have another driver by now. Else it calls the two below. */
	err = kplug_device_dead(dev) ? -ENODEV : pci_reset_function_locked(pdev);
	unlock(pdev, bridge);
	return err == -ENOTTY ? -EOPNOTSUPP : err;
}

/* Under the lock of the bus device; the PCI core saves the function's state next. */
void kplug_pci_reset_prepare(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	mutex_lock(&dev->lock);
	kplug_transaction_hold(dev);
	kplug_plugin_tell(dev, KPLUG_DEVICE_RESET_PREPARE);
	kplug_pause_begin(dev);
	/* Not saved as master: a message of a vector disarmed meanwhile would go nowhere. */
	dev->bus->quiesce(dev);
	mutex_unlock(&dev->lock);
}

/* The PCI core has put the state back, also if the reset failed. */
void kplug_pci_reset_done(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	mutex_lock(&dev->lock);
	dev->bus->restore(dev);
	kplug_plugin_tell(dev, KPLUG_DEVICE_RESET_DONE);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_RESET, NULL, 0);
	kplug_pause_end(dev);
	mutex_unlock(&dev->lock);
}
