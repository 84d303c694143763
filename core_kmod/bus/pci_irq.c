// SPDX-License-Identifier: GPL-2.0
/* Vectors of a PCI function: MSI-X, MSI, and INTx. */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/pci.h>
#include <linux/spinlock.h>

#include "bus/pci.h"
#include "device.h"
#include "irq/irq.h"
#include "irq/vector.h"

/* Does not use the PCI core, which would enable INTx before there is a handler. */
static int alloc_line(struct kplug_device *dev, struct pci_dev *pdev)
{
	if (!pdev->irq || pdev->irq == IRQ_NOTCONNECTED)
		return -EOPNOTSUPP;
	dev->num_vectors = 1;
	WRITE_ONCE(dev->irq_mode, KPLUG_IRQ_INTX);
	return 0;
}

/* @type: PCI_IRQ_MSI or PCI_IRQ_MSIX */
static bool has_messages(struct pci_dev *pdev, unsigned int type)
{
	return pci_msi_enabled() &&
	       (type == PCI_IRQ_MSIX ? pci_msix_vec_count(pdev) : pci_msi_vec_count(pdev)) > 0;
}

static int alloc_messages(struct kplug_device *dev, struct pci_dev *pdev, unsigned int type,
			  unsigned int count)
{
	int got;

	if (!has_messages(pdev, type))
		return -EOPNOTSUPP;
	got = pci_alloc_irq_vectors(pdev, 1, count ?: dev->max_vectors, type);
	/*
	 * ENOSPC means that the machine has no more vectors, or no memory. For a function that has
	 * the mode, all other errors mean a lack of memory, except EINVAL from a quirk.
	 */
	if (got < 0)
		return got == -EINVAL ? -EOPNOTSUPP : got == -ENOSPC ? got : -ENOMEM;
	dev->num_vectors = got;
	WRITE_ONCE(dev->irq_mode, pdev->msix_enabled ? KPLUG_IRQ_MSIX : KPLUG_IRQ_MSI);
	/* A function does not use its line while messages are enabled. */
	kplug_pci_command_set_intx(dev, dev->messages_need_intx);
	return 0;
}

static int alloc_best(struct kplug_device *dev, struct pci_dev *pdev, unsigned int count)
{
	int msix, msi;

	msix = alloc_messages(dev, pdev, PCI_IRQ_MSIX, count);
	if (!msix)
		return 0;
	msi = alloc_messages(dev, pdev, PCI_IRQ_MSI, count);
	if (!msi || !alloc_line(dev, pdev))
		return 0;
	/* The error of the best mode that the function has. */
	return msix == -EOPNOTSUPP ? msi : msix;
}

int kplug_pci_irq_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);

	switch (mode) {
	case KPLUG_IRQ_AUTO:
		return alloc_best(dev, pdev, count);
	case KPLUG_IRQ_INTX:
		return alloc_line(dev, pdev);
	case KPLUG_IRQ_MSI:
		return alloc_messages(dev, pdev, PCI_IRQ_MSI, count);
	case KPLUG_IRQ_MSIX:
		return alloc_messages(dev, pdev, PCI_IRQ_MSIX, count);
	default:
		return -EOPNOTSUPP;
	}
}

void kplug_pci_irq_free(struct kplug_device *dev)
{
	kplug_pci_command_set_master(dev, dev->num_mappings);
	kplug_pci_command_set_intx(dev, false);
	pci_free_irq_vectors(to_pci_dev(dev->parent));
}

/*
 * A function without an INTx mask bit cannot share its line. On PREEMPT_RT and with threadirqs, a
 * shared line is threaded whatever the plugin requests: all users of a line must agree, and other
 * drivers' handlers are threaded there.
 *
 * INTx stays disabled in the function until kplug_pci_irq_enable().
 */
int kplug_pci_irq_request(struct kplug_vector *v)
{
	struct pci_dev *pdev = to_pci_dev(v->dev->parent);
	unsigned long flags = IRQF_NO_AUTOEN;
	int err;

	v->linux_irq = pci_irq_vector(pdev, v->irq.vector);
	v->level = v->dev->irq_mode == KPLUG_IRQ_INTX && pci_intx_mask_supported(pdev);
	if (v->level)
		flags = IRQF_SHARED;
	else if (v->no_thread)
		flags |= IRQF_NO_THREAD;
	/* The kernel's search for unclaimed interrupts must not involve messages. */
	if (v->dev->irq_mode != KPLUG_IRQ_INTX)
		irq_set_status_flags(v->linux_irq, IRQ_IS_POLLED);
	/* A busy line is reported to the program, so it need not appear in the log. */
	err = request_irq(v->linux_irq, kplug_irq_hard, flags | IRQF_PROBE_SHARED, v->name, v);
	/*
	 * A message is a memory write and needs bus mastery; only now the message has an address.
	 */
	if (!err && v->dev->irq_mode != KPLUG_IRQ_INTX)
		kplug_pci_command_set_master(v->dev, true);
	return err;
}

void kplug_pci_irq_unmask(struct kplug_vector *v)
{
	if (v->level)
		kplug_pci_command_set_intx(v->dev, true);
	else
		enable_irq(v->linux_irq);
}

/* Enables the interrupt, now that the handler is installed. */
void kplug_pci_irq_enable(struct kplug_vector *v)
{
	if (v->dev->irq_mode == KPLUG_IRQ_INTX)
		kplug_pci_command_set_intx(v->dev, true);
	if (!v->level)
		enable_irq(v->linux_irq);
}

/* Disables INTx before the handler goes, also in a function that reports no such bit. */
void kplug_pci_irq_release(struct kplug_vector *v)
{
	if (v->dev->irq_mode == KPLUG_IRQ_INTX)
		kplug_pci_command_set_intx(v->dev, false);
	/* An IOMMU reports a message to a vector that is gone as a fault. */
	if (v->dev->num_armed == 1)
		kplug_pci_command_set_master(v->dev, v->dev->num_mappings);
	free_irq(v->linux_irq, v);
}

bool kplug_pci_irq_pending(struct kplug_vector *v)
{
	u16 status;

	if (!v->level)
		return false;
	pci_read_config_word(to_pci_dev(v->dev->parent), PCI_STATUS, &status);
	return status != 0xffff && status & PCI_STATUS_INTERRUPT;
}

bool kplug_pci_irq_claim(struct kplug_vector *v)
{
	unsigned long flags;
	bool ours;

	raw_spin_lock_irqsave(&v->dev->command_lock, flags);
	ours = pci_check_and_mask_intx(to_pci_dev(v->dev->parent));
	raw_spin_unlock_irqrestore(&v->dev->command_lock, flags);
	return ours;
}

void kplug_pci_irq_mask(struct kplug_vector *v)
{
	if (v->level)
		kplug_pci_command_set_intx(v->dev, false);
	else
		disable_irq_nosync(v->linux_irq);
}
