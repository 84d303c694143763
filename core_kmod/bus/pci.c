// SPDX-License-Identifier: GPL-2.0
/* PCI functions: thin glue between the PCI core and kplug devices. */
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>

#include <kplug/plugin.h>

#include "bus/bus.h"
#include "bus/pci.h"
#include "bus/power.h"
#include "bus/resource.h"
#include "compat.h"
#include "device.h"
#include "dma/limits.h"
#include "dma/pool.h"
#include "irq/pause.h"
#include "plugin/attach.h"
#include "plugin/registration.h"

static void describe(struct kplug_device *dev, struct kplug_device_info *info)
{
	const struct pci_dev *pdev = to_pci_dev(dev->parent);

	info->out_vendor = pdev->vendor;
	info->out_device = pdev->device;
	info->out_subvendor = pdev->subsystem_vendor;
	info->out_subdevice = pdev->subsystem_device;
	info->out_class = pdev->class;
	info->out_revision = pdev->revision;
}

static const struct kplug_bus_ops pci_bus_ops = {
	.type = KPLUG_BUS_PCI,
	.irq_alloc = kplug_pci_irq_alloc,
	.irq_free = kplug_pci_irq_free,
	.irq_request = kplug_pci_irq_request,
	.irq_enable = kplug_pci_irq_enable,
	.irq_release = kplug_pci_irq_release,
	.irq_pending = kplug_pci_irq_pending,
	.irq_claim = kplug_pci_irq_claim,
	.irq_mask = kplug_pci_irq_mask,
	.irq_unmask = kplug_pci_irq_unmask,
	.restore = kplug_pci_command_restore,
	.reset = kplug_pci_reset_function,
	.reset_last = kplug_pci_reset_last,
	.quiesce = kplug_pci_command_quiesce,
	.set_master = kplug_pci_command_want_master,
	.describe = describe,
	.config_access = kplug_pci_config_access,
};

struct pci_dev *kplug_pci(const struct kplug_device *dev)
{
	return dev->bus == &pci_bus_ops ? to_pci_dev(dev->parent) : NULL;
}
EXPORT_SYMBOL_GPL(kplug_pci);

static unsigned int max_vectors(struct pci_dev *pdev)
{
	int msix = pci_msix_vec_count(pdev);
	int msi = pci_msi_vec_count(pdev);

	return clamp(max(msix, msi), 1, KPLUG_MAX_VECTORS);
}

static int add_bars(struct kplug_device *dev, struct pci_dev *pdev)
{
	int i, err = 0;

	for (i = 0; !err && i < PCI_STD_NUM_BARS; i++)
		if (kplug_pci_bar_usable(pdev, i))
			err = kplug_resource_add(dev, i, &pdev->resource[i], "kplug");
	return err;
}

/* The function is bound, and no client needs DMA or interrupts yet. */
static void quiet_function(struct kplug_device *dev, struct pci_dev *pdev)
{
	pci_clear_master(pdev);
	pci_intx(pdev, 0);
	kplug_pci_command_own_intx(dev);
	/* After a link error the state can no longer be saved, see pci_error.c. */
	pci_save_state(pdev);
}

/* Enabling also enables INTx, which has no handler yet, so keep it disabled. */
static int enable(struct pci_dev *pdev)
{
	u16 command;
	int err;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	err = kplug_pci_bar_enable(pdev);
	if (command & PCI_COMMAND_INTX_DISABLE)
		pci_intx(pdev, 0);
	return err;
}

/* @reg: the plugin whose ids matched, or NULL */
static int bind(struct pci_dev *pdev, struct kplug_registration *reg)
{
	struct kplug_device *dev;
	int err;

	/* The devices behind a bridge get their memory, interrupts and DMA through it. */
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return -EOPNOTSUPP;
	err = enable(pdev);
	if (err)
		return err;
	dev = kplug_device_alloc(&pci_bus_ops, &pdev->dev, pci_name(pdev), max_vectors(pdev));
	if (IS_ERR(dev)) {
		err = PTR_ERR(dev);
		goto err_disable;
	}
	kplug_pci_config_init(dev);
	kplug_dma_limits_init(dev);
	err = add_bars(dev, pdev);
	if (err)
		goto err_remove;
	kplug_pci_msix_own(dev);
	quiet_function(dev, pdev);
	pci_set_drvdata(pdev, dev);
	kplug_compat_report_errors(pdev, true);
	if (reg) {
		dev->owner = reg->plugin->owner;
		err = kplug_attach_auto(dev, reg);
		if (err)
			goto err_report;
	}
	kplug_dma_pool_init(dev);
	err = kplug_device_publish(dev);
	if (err)
		goto err_pool;
	return 0;

err_pool:
	kplug_dma_pool_exit(dev);
err_report:
	kplug_compat_report_errors(pdev, false);
	kplug_pci_command_disown_intx(dev);
err_remove:
	kplug_dma_limits_exit(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
err_disable:
	pci_disable_device(pdev);
	return err;
}

static int probe_pci(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return bind(pdev, NULL);
}

static int probe_plugin(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pci_driver *driver = to_pci_driver(pdev->dev.driver);

	return bind(pdev, container_of(driver, struct kplug_registration, pci_driver));
}

static void remove_pci(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	/* Removes its virtual functions first, also from their drivers. */
	pci_disable_sriov(pdev);
	kplug_device_remove(dev);
	kplug_dma_pool_exit(dev);
	kplug_compat_report_errors(pdev, false);
	kplug_pci_command_disown_intx(dev);
	kplug_dma_limits_exit(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
	pci_disable_device(pdev);
}

/*
 * The machine shuts down, or another kernel takes over, whose memory the device must not access.
 * Programs may still be running: the device stays off whatever they do.
 */
static void shutdown(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	kplug_pause_begin(dev, KPLUG_DEVICE_SHUTDOWN);
	mutex_lock(&dev->lock);
	dev->shut_down = true;
	kplug_pci_command_quiesce(dev);
	mutex_unlock(&dev->lock);
}

static const struct pci_error_handlers error_handlers = {
	.reset_prepare = kplug_pci_reset_prepare,
	.reset_done = kplug_pci_reset_done,
	.error_detected = kplug_pci_error_detected,
	.mmio_enabled = kplug_pci_error_mmio_enabled,
	.slot_reset = kplug_pci_error_slot_reset,
	.resume = kplug_pci_error_resume,
};

/* It has no ids: driver_override or new_id bind devices. */
static struct pci_driver kplug_pci_driver = {
	.name = "kplug",
	.probe = probe_pci,
	.remove = remove_pci,
	.shutdown = shutdown,
	.err_handler = &error_handlers,
	.sriov_configure = pci_sriov_configure_simple,
	.driver.pm = pm_sleep_ptr(&kplug_power_ops),
};

int kplug_pci_init(void)
{
	return pci_register_driver(&kplug_pci_driver);
}

void kplug_pci_exit(void)
{
	pci_unregister_driver(&kplug_pci_driver);
}

/* Registers a PCI driver for a plugin with ids, so that the kernel matches and autoloads. */
int kplug_pci_register(struct kplug_registration *reg)
{
	if (!reg->plugin->pci_ids)
		return 0;
	reg->pci_driver.name = reg->driver_name;
	reg->pci_driver.id_table = reg->plugin->pci_ids;
	reg->pci_driver.probe = probe_plugin;
	reg->pci_driver.remove = remove_pci;
	reg->pci_driver.shutdown = shutdown;
	reg->pci_driver.err_handler = &error_handlers;
	reg->pci_driver.sriov_configure = pci_sriov_configure_simple;
	reg->pci_driver.driver.pm = pm_sleep_ptr(&kplug_power_ops);
	return __pci_register_driver(&reg->pci_driver, reg->plugin->owner, reg->plugin->name);
}

void kplug_pci_unregister(struct kplug_registration *reg)
{
	if (reg->plugin->pci_ids)
		pci_unregister_driver(&reg->pci_driver);
}
