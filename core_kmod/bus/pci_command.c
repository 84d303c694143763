// SPDX-License-Identifier: GPL-2.0
/* The command register of a PCI function: bus mastery and INTx. */
#include <linux/atomic.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/spinlock.h>

#include "bus/pci.h"
#include "device.h"
#include "irq/vector.h"

/*
 * Sets or clears bus mastery. Programs write the same register, see pci_config.c. A device that may
 * access withdrawn memory never gets it.
 */
void kplug_pci_command_set_master(struct kplug_device *dev, bool on)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&dev->command_lock, flags);
	if (on && !dev->shut_down && !atomic_read(&dev->num_revoked))
		pci_set_master(to_pci_dev(dev->parent));
	else
		pci_clear_master(to_pci_dev(dev->parent));
	raw_spin_unlock_irqrestore(&dev->command_lock, flags);
}

/* Context: any. */
void kplug_pci_command_set_intx(struct kplug_device *dev, bool on)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&dev->command_lock, flags);
	pci_intx(to_pci_dev(dev->parent), on);
	raw_spin_unlock_irqrestore(&dev->command_lock, flags);
}

/*
 * The PCI core would disable INTx when messages are enabled, and enable it again afterwards. It
 * does not do that for functions with this flag, which send no messages while INTx is disabled.
 */
void kplug_pci_command_own_intx(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);

	dev->messages_need_intx = !!(pdev->dev_flags & PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG);
	pdev->dev_flags |= PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG;
}

void kplug_pci_command_disown_intx(struct kplug_device *dev)
{
	if (!dev->messages_need_intx)
		to_pci_dev(dev->parent)->dev_flags &= ~PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG;
}

/* A device with armed messages or mapped buffers is a bus master. */
static bool needs_master(const struct kplug_device *dev)
{
	bool messages = dev->irq_mode == KPLUG_IRQ_MSI || dev->irq_mode == KPLUG_IRQ_MSIX;

	return (messages && dev->num_armed) || dev->num_mappings;
}

void kplug_pci_command_want_master(struct kplug_device *dev, bool on)
{
	kplug_pci_command_set_master(dev, on || needs_master(dev));
}

void kplug_pci_command_quiesce(struct kplug_device *dev)
{
	kplug_pci_command_set_master(dev, false);
}

/* In a pause, a line that the function can mask stays masked. */
static bool rests_with_intx(const struct kplug_device *dev)
{
	if (dev->irq_mode == KPLUG_IRQ_INTX)
		return dev->num_armed && !dev->vectors[0].level;
	return dev->irq_mode != KPLUG_IRQ_AUTO && dev->messages_need_intx;
}

/*
 * The command register that the PCI core restored may be older than the last arm or disarm; the PCI
 * core tracks messages itself. The result is saved for the next link error, with bus mastery and
 * INTx off: otherwise they would be restored for vectors that may be disarmed by then.
 */
void kplug_pci_command_restore(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	u32 *command = &pdev->saved_config_space[PCI_COMMAND / 4];

	lockdep_assert_held(&dev->lock);
	kplug_pci_command_set_intx(dev, rests_with_intx(dev));
	kplug_pci_command_set_master(dev, needs_master(dev));
	pci_save_state(pdev);
	*command = (*command & ~PCI_COMMAND_MASTER) | PCI_COMMAND_INTX_DISABLE;
}
