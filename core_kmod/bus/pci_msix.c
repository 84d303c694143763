// SPDX-License-Identifier: GPL-2.0
/*
 * The message table of a PCI function (MSI-X). Writing to it would allow a program to make the
 * function write any value anywhere, in the guise of an interrupt. The kernel therefore owns the
 * table. It also owns the pending bits, whose writing the specification leaves undefined.
 */
#include <linux/math.h>
#include <linux/pci.h>

#include "access/region.h"
#include "bus/pci.h"
#include "device.h"

/* PCI Local Bus 3.0, 6.8.2: one register has both the BAR and the offset. */
static void own(struct kplug_device *dev, struct pci_dev *pdev, int where, u64 length)
{
	u32 place = ~0u, bar;

	pci_read_config_dword(pdev, pdev->msix_cap + where, &place);
	bar = place & PCI_MSIX_TABLE_BIR;
	if (bar < PCI_STD_NUM_BARS)
		kplug_region_own(&dev->region[bar], place & PCI_MSIX_TABLE_OFFSET, length);
}

/**
 * kplug_pci_msix_own() - keep programs from writing the message table
 * @dev: the device, with its regions, not published yet
 *
 * This applies also while messages are disabled, because they may be enabled later while a program
 * has the registers mapped.
 */
void kplug_pci_msix_own(struct kplug_device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);
	int num = pci_msix_vec_count(pdev);

	if (num <= 0)
		return;
	own(dev, pdev, PCI_MSIX_TABLE, (u64)num * PCI_MSIX_ENTRY_SIZE);
	/* One bit for each vector, in 64-bit words. */
	own(dev, pdev, PCI_MSIX_PBA, DIV_ROUND_UP(num, 64) * sizeof(u64));
}
