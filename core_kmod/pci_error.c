// SPDX-License-Identifier: GPL-2.0
/* Errors of the PCI link or function (AER), from the first report to the recovery. */
#include <linux/pci.h>

#include "core.h"

static void post(struct kplug_device *dev, enum kplug_error_state state)
{
	const u64 word = state;

	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_ERROR, &word, 1);
}

static void report(struct pci_dev *pdev, enum kplug_error_state state)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	mutex_lock(&dev->lock);
	/* After a non-fatal one the function works on, with a recovery or without. */
	if (state == KPLUG_ERROR_NONFATAL) {
		kplug_plugin_tell(dev, KPLUG_DEVICE_ERROR);
	} else {
		kplug_transaction_hold(dev);
		kplug_plugin_tell(dev, KPLUG_DEVICE_FROZEN);
		kplug_pause_begin(dev);
	}
	post(dev, state);
	mutex_unlock(&dev->lock);
}

/*
 * Each of the four is called under the lock of the bus device, which is not held
 * in between: the function may be removed at any time, and not all of them come.
 */
pci_ers_result_t kplug_pci_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	if (state == pci_channel_io_normal) {
		report(pdev, KPLUG_ERROR_NONFATAL);
		return PCI_ERS_RESULT_CAN_RECOVER;
	}
	if (state == pci_channel_io_frozen) {
		report(pdev, KPLUG_ERROR_FROZEN);
		return PCI_ERS_RESULT_NEED_RESET;
	}
	report(pdev, KPLUG_ERROR_PERMANENT);
	return PCI_ERS_RESULT_DISCONNECT;
}

/* Registers can be read again, and there is none that would have to be. */
pci_ers_result_t kplug_pci_mmio_enabled(struct pci_dev *pdev)
{
	return PCI_ERS_RESULT_RECOVERED;
}

/* The link was reset, and nobody but us puts configuration space back. */
pci_ers_result_t kplug_pci_slot_reset(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	if (!pci_device_is_present(pdev))
		return PCI_ERS_RESULT_DISCONNECT;
	mutex_lock(&dev->lock);
	/* After a non-fatal error, if a neighbour wanted the reset. */
	kplug_pause_begin(dev);
	pci_restore_state(pdev);
	dev->bus->restore(dev);
	kplug_plugin_tell(dev, KPLUG_DEVICE_RESET_DONE);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_RESET, NULL, 0);
	mutex_unlock(&dev->lock);
	return PCI_ERS_RESULT_RECOVERED;
}

void kplug_pci_resume(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	mutex_lock(&dev->lock);
	kplug_plugin_tell(dev, KPLUG_DEVICE_RECOVERED);
	post(dev, KPLUG_ERROR_RECOVERED);
	kplug_pause_end(dev);
	mutex_unlock(&dev->lock);
}
