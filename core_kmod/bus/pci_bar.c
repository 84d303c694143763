// SPDX-License-Identifier: GPL-2.0
/* BARs without an address, for example on machines with many bridges: the others are used. */
#include <linux/pci.h>

#include "bus/pci.h"

#define TYPES (IORESOURCE_MEM | IORESOURCE_IO)

static bool is_there(struct pci_dev *pdev, int bar)
{
	return pci_resource_len(pdev, bar);
}

static bool has_address(const struct pci_dev *pdev, int bar)
{
	const struct resource *res = &pdev->resource[bar];

	return res->parent && !(res->flags & IORESOURCE_UNSET);
}

/*
 * A function decodes all of its BARs of a type or none. Behind its own link it may decode address
 * 0, to which no access is routed. On a shared bus, or for ports, it would conflict with others.
 */
static unsigned long usable_types(struct pci_dev *pdev)
{
	unsigned long types = TYPES;
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (is_there(pdev, i) && !has_address(pdev, i) &&
		    !(pci_resource_flags(pdev, i) & IORESOURCE_MEM && pci_is_pcie(pdev)))
			types &= ~pci_resource_flags(pdev, i);
	return types & TYPES;
}

/**
 * kplug_pci_bar_usable() - check whether a function decodes a BAR
 * @pdev: enabled by kplug_pci_bar_enable()
 * @bar: number of the BAR
 */
bool kplug_pci_bar_usable(struct pci_dev *pdev, int bar)
{
	return is_there(pdev, bar) && has_address(pdev, bar) &&
	       pci_resource_flags(pdev, bar) & usable_types(pdev);
}

/* The address from firmware or an earlier driver may belong to another function by now. */
static void clear(struct pci_dev *pdev, int bar)
{
	int at = PCI_BASE_ADDRESS_0 + 4 * bar;

	pci_write_config_dword(pdev, at, 0);
	if (pci_resource_flags(pdev, bar) & IORESOURCE_MEM_64)
		pci_write_config_dword(pdev, at + 4, 0);
}

/* The PCI core refuses to enable a function that has a BAR without an address. */
static int enable_others(struct pci_dev *pdev)
{
	unsigned long flags[PCI_STD_NUM_BARS];
	bool usable[PCI_STD_NUM_BARS];
	int i, err;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		flags[i] = pdev->resource[i].flags;
		usable[i] = kplug_pci_bar_usable(pdev, i);
	}
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (!usable[i])
			pdev->resource[i].flags = 0;
	err = pci_enable_device(pdev);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		pdev->resource[i].flags = flags[i];
	return err;
}

/* @types: IORESOURCE_*, which the function no longer decodes */
static void stop_answering(struct pci_dev *pdev, unsigned long types)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (types & IORESOURCE_IO)
		command &= ~PCI_COMMAND_IO;
	if (types & IORESOURCE_MEM)
		command &= ~PCI_COMMAND_MEMORY;
	pci_write_config_word(pdev, PCI_COMMAND, command);
}

/**
 * kplug_pci_bar_enable() - enable a function, with all BARs that it can decode
 * @pdev: its device lock is held, and it has no other driver
 *
 * pci_disable_device() undoes it.
 *
 * Return: 0 or -errno.
 */
int kplug_pci_bar_enable(struct pci_dev *pdev)
{
	unsigned long without = 0;
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (is_there(pdev, i) && !has_address(pdev, i)) {
			pci_warn(pdev, "kplug: BAR %d has no address\n", i);
			without |= pci_resource_flags(pdev, i) & TYPES;
		}
	if (!without)
		return pci_enable_device(pdev);
	stop_answering(pdev, without);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (is_there(pdev, i) && !has_address(pdev, i))
			clear(pdev, i);
	return enable_others(pdev);
}
