// SPDX-License-Identifier: GPL-2.0
/* Errors of the PCI link or function (AER), from the first report to the recovery. */
#include <linux/mutex.h>
#include <linux/pci.h>

#include "bus/bus.h"
#include "bus/pci.h"
#include "device.h"
#include "dma/quarantine.h"
#include "dma/transaction.h"
#include "irq/pause.h"
#include "plugin/attach.h"

static void post(struct kplug_device *dev, enum kplug_error_state state)
{
	const u64 word = state;

	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_ERROR, &word, 1);
}

static void report_error(struct pci_dev *pdev, enum kplug_error_state state)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	/* After a non-fatal error the function keeps working, with or without recovery. */
	if (state != KPLUG_ERROR_NONFATAL)
		kplug_pause_begin(dev, KPLUG_DEVICE_FROZEN);
	mutex_lock(&dev->lock);
	if (state == KPLUG_ERROR_NONFATAL)
		kplug_attach_notify(dev, KPLUG_DEVICE_ERROR);
	post(dev, state);
	mutex_unlock(&dev->lock);
}

/*
 * The PCI core calls each of the four with the lock of the bus device, which it does not hold in
 * between: the function may be removed at any time, and some calls may not happen.
 */
pci_ers_result_t kplug_pci_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	if (state == pci_channel_io_normal) {
		report_error(pdev, KPLUG_ERROR_NONFATAL);
		return PCI_ERS_RESULT_CAN_RECOVER;
	}
	if (state == pci_channel_io_frozen) {
		report_error(pdev, KPLUG_ERROR_FROZEN);
		return PCI_ERS_RESULT_NEED_RESET;
	}
	report_error(pdev, KPLUG_ERROR_PERMANENT);
	return PCI_ERS_RESULT_DISCONNECT;
}

/* Registers are accessible again, but the core has none to read. */
pci_ers_result_t kplug_pci_error_mmio_enabled(struct pci_dev *pdev)
{
	return PCI_ERS_RESULT_RECOVERED;
}

/* The link was reset. The driver has to restore configuration space. */
pci_ers_result_t kplug_pci_error_slot_reset(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	if (!pci_device_is_present(pdev))
		return PCI_ERS_RESULT_DISCONNECT;
	/* For a non-fatal error when a neighbour requested the reset. */
	kplug_pause_begin(dev, 0);
	mutex_lock(&dev->lock);
	pci_restore_state(pdev);
	kplug_dma_quarantine_release(dev);
	dev->bus->restore(dev);
	kplug_attach_notify(dev, KPLUG_DEVICE_RESET_DONE);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_RESET, NULL, 0);
	mutex_unlock(&dev->lock);
	return PCI_ERS_RESULT_RECOVERED;
}

void kplug_pci_error_resume(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	mutex_lock(&dev->lock);
	kplug_attach_notify(dev, KPLUG_DEVICE_RECOVERED);
	post(dev, KPLUG_ERROR_RECOVERED);
	kplug_pause_end(dev);
	mutex_unlock(&dev->lock);
}
