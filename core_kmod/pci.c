// SPDX-License-Identifier: GPL-2.0
/* PCI functions: thin glue between the PCI core and kplug devices. */
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "compat.h"
#include "core.h"

/*
 * Mastery of the bus; programs write the same register, see pci_config.c. Nobody
 * has it who might reach for memory that was taken away.
 */
static void set_master(struct kplug_device *dev, bool on)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&dev->command_lock, flags);
	if (on && !atomic_read(&dev->num_revoked))
		pci_set_master(to_pci_dev(dev->parent));
	else
		pci_clear_master(to_pci_dev(dev->parent));
	raw_spin_unlock_irqrestore(&dev->command_lock, flags);
}

/* Context: any. */
static void set_intx(struct kplug_device *dev, bool on)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&dev->command_lock, flags);
	pci_intx(to_pci_dev(dev->parent), on);
	raw_spin_unlock_irqrestore(&dev->command_lock, flags);
}

static int irq_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	static const unsigned int flags[] = {
		[KPLUG_IRQ_AUTO] = PCI_IRQ_ALL_TYPES,
		[KPLUG_IRQ_INTX] = PCI_IRQ_INTX,
		[KPLUG_IRQ_MSI] = PCI_IRQ_MSI,
		[KPLUG_IRQ_MSIX] = PCI_IRQ_MSIX,
	};
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	int got;

	if (mode >= ARRAY_SIZE(flags))
		return -EOPNOTSUPP;
	got = pci_alloc_irq_vectors(pdev, 1, count ?: dev->max_vectors, flags[mode]);
	if (got < 0)
		return got == -ENOMEM ? got : -EOPNOTSUPP;
	dev->num_vectors = got;
	dev->irq_mode = pdev->msix_enabled ? KPLUG_IRQ_MSIX :
			pdev->msi_enabled ? KPLUG_IRQ_MSI : KPLUG_IRQ_INTX;
	return 0;
}

/* Messages are armed, or buffers mapped. */
static bool needs_master(const struct kplug_device *dev)
{
	bool messages = dev->irq_mode == KPLUG_IRQ_MSI || dev->irq_mode == KPLUG_IRQ_MSIX;

	return (messages && dev->num_armed) || dev->num_mappings;
}

static void want_master(struct kplug_device *dev, bool on)
{
	set_master(dev, on || needs_master(dev));
}

static void irq_free(struct kplug_device *dev)
{
	set_master(dev, dev->num_mappings);
	pci_free_irq_vectors(to_pci_dev(dev->parent));
}

/*
 * Without its own mask bit an INTx function cannot share its line. A shared line
 * is threaded on PREEMPT_RT whatever the plugin wants: all its users must agree.
 */
static int irq_request(struct kplug_vector *v)
{
	struct pci_dev *pdev = to_pci_dev(v->dev->parent);
	unsigned long flags = IRQF_NO_AUTOEN;
	int err;

	v->linux_irq = pci_irq_vector(pdev, v->irq.vector);
	v->level = v->dev->irq_mode == KPLUG_IRQ_INTX && pci_intx_mask_supported(pdev);
	if (v->dev->irq_mode == KPLUG_IRQ_INTX)
		set_intx(v->dev, !v->level);
	if (v->level)
		flags = IRQF_SHARED;
	else if (IS_ENABLED(CONFIG_PREEMPT_RT) && v->no_thread)
		flags |= IRQF_NO_THREAD;
	/* The search for interrupts that nobody claims has no business with a message. */
	if (v->dev->irq_mode != KPLUG_IRQ_INTX)
		irq_set_status_flags(v->linux_irq, IRQ_IS_POLLED);
	/* That the line is another's is an answer to the program, and no news for the log. */
	err = request_irq(v->linux_irq, kplug_irq_hard, flags | IRQF_PROBE_SHARED, v->name, v);
	/* A message is a write to memory, which needs mastership; it has an address only now. */
	if (!err && v->dev->irq_mode != KPLUG_IRQ_INTX)
		set_master(v->dev, true);
	return err;
}

static void irq_unmask(struct kplug_vector *v)
{
	if (v->level)
		set_intx(v->dev, true);
	else
		enable_irq(v->linux_irq);
}

static void irq_release(struct kplug_vector *v)
{
	if (v->level)
		set_intx(v->dev, false);
	/* A message that finds its vector gone is a fault to the IOMMU. */
	if (v->dev->num_armed == 1)
		set_master(v->dev, v->dev->num_mappings);
	free_irq(v->linux_irq, v);
}

static bool irq_pending(struct kplug_vector *v)
{
	u16 status;

	if (!v->level)
		return false;
	pci_read_config_word(to_pci_dev(v->dev->parent), PCI_STATUS, &status);
	return status != 0xffff && status & PCI_STATUS_INTERRUPT;
}

static bool irq_claim(struct kplug_vector *v)
{
	unsigned long flags;
	bool ours;

	raw_spin_lock_irqsave(&v->dev->command_lock, flags);
	ours = pci_check_and_mask_intx(to_pci_dev(v->dev->parent));
	raw_spin_unlock_irqrestore(&v->dev->command_lock, flags);
	return ours;
}

static void irq_mask(struct kplug_vector *v)
{
	if (v->level)
		set_intx(v->dev, false);
	else
		disable_irq_nosync(v->linux_irq);
}

/*
 * What the PCI core has put back in the command register may be older than what
 * was armed or disarmed last. A line stays masked for the time of the pause.
 * Messages are in the core's own state. What comes of it is what the next error
 * of the link has to put back, but for mastery of the bus: it would be put back
 * for vectors that may be disarmed by then.
 */
static void restore(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	bool line = dev->irq_mode == KPLUG_IRQ_INTX;

	lockdep_assert_held(&dev->lock);
	if (line)
		set_intx(dev, dev->num_armed && !dev->vectors[0].level);
	set_master(dev, needs_master(dev));
	pci_save_state(pdev);
	pdev->saved_config_space[PCI_COMMAND / 4] &= ~PCI_COMMAND_MASTER;
}

static void quiesce(struct kplug_device *dev)
{
	set_master(dev, false);
}

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
	.irq_alloc = irq_alloc,
	.irq_free = irq_free,
	.irq_request = irq_request,
	.irq_enable = irq_unmask,
	.irq_release = irq_release,
	.irq_pending = irq_pending,
	.irq_claim = irq_claim,
	.irq_mask = irq_mask,
	.irq_unmask = irq_unmask,
	.restore = restore,
	.reset = kplug_pci_reset,
	.quiesce = quiesce,
	.set_master = want_master,
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

static int add_regions(struct kplug_device *dev, struct pci_dev *pdev)
{
	int i, err = 0;

	for (i = 0; !err && i < PCI_STD_NUM_BARS; i++)
		if (pci_resource_len(pdev, i))
			err = kplug_resource_add(dev, i, &pdev->resource[i], "kplug");
	return err;
}

/* Nothing has asked for DMA or interrupts yet. Only once the function is ours: others may use it else. */
static void quiet(struct pci_dev *pdev)
{
	pci_clear_master(pdev);
	pci_intx(pdev, 0);
	/* After an error of the link there is no state to save, see pci_error.c. */
	pci_save_state(pdev);
}

/* @reg: the plugin whose ids brought us here, or NULL */
static int bind(struct pci_dev *pdev, struct kplug_registration *reg)
{
	struct kplug_device *dev;
	int err = pci_enable_device(pdev);

	if (err)
		return err;
	dev = kplug_device_alloc(&pci_bus_ops, &pdev->dev, pci_name(pdev), max_vectors(pdev));
	if (IS_ERR(dev)) {
		err = PTR_ERR(dev);
		goto err_disable;
	}
	kplug_pci_config_init(dev);
	kplug_dma_init(dev);
	err = add_regions(dev, pdev);
	if (err)
		goto err_remove;
	quiet(pdev);
	pci_set_drvdata(pdev, dev);
	kplug_compat_report_errors(pdev, true);
	if (reg) {
		dev->owner = reg->plugin->owner;
		err = kplug_plugin_attach_auto(dev, reg);
		if (err)
			goto err_report;
	}
	kplug_pool_init(dev);
	err = kplug_device_publish(dev);
	if (err)
		goto err_pool;
	return 0;

err_pool:
	kplug_pool_exit(dev);
err_report:
	kplug_compat_report_errors(pdev, false);
err_remove:
	kplug_dma_exit(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
err_disable:
	pci_disable_device(pdev);
	return err;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return bind(pdev, NULL);
}

static int probe_plugin(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pci_driver *driver = to_pci_driver(pdev->dev.driver);

	return bind(pdev, container_of(driver, struct kplug_registration, pci_driver));
}

static void remove(struct pci_dev *pdev)
{
	struct kplug_device *dev = pci_get_drvdata(pdev);

	/* Its virtual functions go first, from their drivers too. */
	pci_disable_sriov(pdev);
	kplug_device_remove(dev);
	kplug_pool_exit(dev);
	kplug_compat_report_errors(pdev, false);
	kplug_dma_exit(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
	pci_disable_device(pdev);
}

static const struct pci_error_handlers error_handlers = {
	.reset_prepare = kplug_pci_reset_prepare,
	.reset_done = kplug_pci_reset_done,
	.error_detected = kplug_pci_error_detected,
	.mmio_enabled = kplug_pci_mmio_enabled,
	.slot_reset = kplug_pci_slot_reset,
	.resume = kplug_pci_resume,
};

/* No ids of its own: bound by driver_override or new_id. */
static struct pci_driver kplug_pci_driver = {
	.name = "kplug",
	.probe = probe,
	.remove = remove,
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

/* Each plugin with ids is a PCI driver, so that matching and autoload are the kernel's. */
int kplug_pci_register(struct kplug_registration *reg)
{
	if (!reg->plugin->pci_ids)
		return 0;
	reg->pci_driver.id_table = reg->plugin->pci_ids;
	reg->pci_driver.probe = probe_plugin;
	reg->pci_driver.remove = remove;
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
