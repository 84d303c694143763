// SPDX-License-Identifier: GPL-2.0
/* Configuration space of PCI functions: reaching it, and what a program may not change there. */
#include <linux/pci.h>

#include "core.h"

/* What the offset of a row below counts from. */
enum place {
	IN_HEADER,	/* of every function */
	IN_DEVICE,	/* header type 0 */
	IN_BRIDGE,	/* header type 1 */
	IN_OTHER,	/* CardBus bridges, and what the future brings */
	IN_CAP,		/* the capability with this id */
	IN_EXT,		/* the extended capability with this id */
};

/*
 * What Linux and the core own. A row with bits refuses writes that would change
 * one of them; a row without refuses every write.
 */
struct owned {
	enum place place;
	u16 id;
	u16 offset;
	u16 length;	/* in bytes; 0: the capability says how long it is */
	u32 bits;
};

/* The core writes it too, in hard interrupts as well: only command_lock can tell what it says. */
static const struct owned command = {
	IN_HEADER, 0, PCI_COMMAND, 2,
	PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE
};

/* Everything else goes through, and stays as it is when the program ends. */
static const struct owned policy[] = {
	{ IN_HEADER, 0, PCI_BIST, 1, PCI_BIST_START },	/* deaf for up to two seconds */

	/* Where the function answers, and what it lets through. */
	{ IN_DEVICE, 0, PCI_BASE_ADDRESS_0, 24 },
	{ IN_DEVICE, 0, PCI_ROM_ADDRESS, 4 },
	{ IN_BRIDGE, 0, PCI_BASE_ADDRESS_0, 8 },
	{ IN_BRIDGE, 0, PCI_PRIMARY_BUS, 3 },	/* and secondary and subordinate */
	{ IN_BRIDGE, 0, PCI_IO_BASE, 2 },
	{ IN_BRIDGE, 0, PCI_MEMORY_BASE, 20 },	/* with the prefetchable and upper ones */
	{ IN_BRIDGE, 0, PCI_ROM_ADDRESS1, 4 },
	{ IN_BRIDGE, 0, PCI_BRIDGE_CONTROL, 2,
	  PCI_BRIDGE_CTL_ISA | PCI_BRIDGE_CTL_VGA | PCI_BRIDGE_CTL_BUS_RESET },
	{ IN_OTHER, 0, PCI_BASE_ADDRESS_0, PCI_STD_HEADER_SIZEOF - PCI_BASE_ADDRESS_0 },
	{ IN_EXT, PCI_EXT_CAP_ID_REBAR, PCI_REBAR_CAP, 0 },

	/* Interrupts, power, reset: each has its own call. */
	{ IN_CAP, PCI_CAP_ID_MSI, 0, 0 },
	{ IN_CAP, PCI_CAP_ID_MSIX, 0, PCI_CAP_MSIX_SIZEOF },
	{ IN_CAP, PCI_CAP_ID_PM, PCI_PM_CTRL, 2, PCI_PM_CTRL_STATE_MASK },
	{ IN_CAP, PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR },
	{ IN_CAP, PCI_CAP_ID_AF, PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR },

	/* Virtual functions are made by sriov_numvfs in sysfs. */
	{ IN_EXT, PCI_EXT_CAP_ID_SRIOV, PCI_SRIOV_CTRL, PCI_EXT_CAP_SRIOV_SIZEOF - PCI_SRIOV_CTRL },

	/* The IOMMU's view of the function, on which the walls between devices rest. */
	{ IN_EXT, PCI_EXT_CAP_ID_ACS, PCI_ACS_CTRL, 2 },
	{ IN_EXT, PCI_EXT_CAP_ID_ATS, PCI_ATS_CTRL, 2 },
	{ IN_EXT, PCI_EXT_CAP_ID_PRI, PCI_PRI_CTRL, 2 },
	{ IN_EXT, PCI_EXT_CAP_ID_PASID, PCI_PASID_CTRL, 2 },
};

static bool has_header(const struct pci_dev *pdev, enum place place)
{
	switch (pdev->hdr_type) {
	case PCI_HEADER_TYPE_NORMAL:
		return place == IN_DEVICE;
	case PCI_HEADER_TYPE_BRIDGE:
		return place == IN_BRIDGE;
	default:
		return place == IN_OTHER;
	}
}

/* Where the row's header or capability starts; negative if this function has none. */
static int start_of(struct pci_dev *pdev, const struct owned *row)
{
	switch (row->place) {
	case IN_HEADER:
		return 0;
	case IN_CAP:
		return pci_find_capability(pdev, row->id) ?: -ENOENT;
	case IN_EXT:
		return pci_find_ext_capability(pdev, row->id) ?: -ENOENT;
	default:
		return has_header(pdev, row->place) ? 0 : -ENOENT;
	}
}

/* PCI Local Bus 3.0, 6.8.1: four layouts. */
static unsigned int msi_length(struct pci_dev *pdev, int msi)
{
	u16 flags;

	pci_read_config_word(pdev, msi + PCI_MSI_FLAGS, &flags);
	if (flags & PCI_MSI_FLAGS_MASKBIT)
		return flags & PCI_MSI_FLAGS_64BIT ? 24 : 20;
	return flags & PCI_MSI_FLAGS_64BIT ? 14 : 10;
}

/* PCIe 4.0, 7.8.6: a capability and a control register for each BAR. */
static unsigned int rebar_length(struct pci_dev *pdev, int rebar)
{
	u32 control;

	pci_read_config_dword(pdev, rebar + PCI_REBAR_CTRL, &control);
	return 8 * ((control & PCI_REBAR_CTRL_NBAR_MASK) >> PCI_REBAR_CTRL_NBAR_SHIFT);
}

static unsigned int length_of(struct pci_dev *pdev, const struct owned *row, int start)
{
	if (row->length)
		return row->length;
	return row->place == IN_CAP ? msi_length(pdev, start) : rebar_length(pdev, start);
}

/* Would the write change one of the row's bits? @first: where its register is. */
static int check_bits(struct pci_dev *pdev, const struct owned *row, unsigned int first,
		      unsigned int offset, unsigned int width, u64 value)
{
	unsigned int at, end = min(first + row->length, offset + width);
	u8 now;

	for (at = max(first, offset); at < end; at++) {
		if (pci_read_config_byte(pdev, at, &now))
			return -ENODEV;
		if ((now ^ value >> 8 * (at - offset)) & row->bits >> 8 * (at - first) & 0xff)
			return -EPERM;
	}
	return 0;
}

static int check_row(struct pci_dev *pdev, const struct owned *row,
		     unsigned int offset, unsigned int width, u64 value)
{
	int start = start_of(pdev, row);
	unsigned int first = start + row->offset;

	if (start < 0 || offset + width <= first ||
	    offset >= first + length_of(pdev, row, start))
		return 0;
	return row->bits ? check_bits(pdev, row, first, offset, width, value) : -EPERM;
}

static int check(struct pci_dev *pdev, unsigned int offset, unsigned int width, u64 value)
{
	int i, err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(policy); i++)
		err = check_row(pdev, &policy[i], offset, width, value);
	return err;
}

static int write(struct pci_dev *pdev, unsigned int offset, unsigned int width, u64 value)
{
	switch (width) {
	case 1:
		return pci_write_config_byte(pdev, offset, value);
	case 2:
		return pci_write_config_word(pdev, offset, value);
	case 4:
		return pci_write_config_dword(pdev, offset, value);
	default:
		return pci_write_config_dword(pdev, offset, value) ?:
		       pci_write_config_dword(pdev, offset + 4, value >> 32);
	}
}

static int write_beside_core(struct kplug_device *dev, struct pci_dev *pdev,
			     unsigned int offset, unsigned int width, u64 value)
{
	unsigned long flags;
	int err;

	raw_spin_lock_irqsave(&dev->command_lock, flags);
	err = check_bits(pdev, &command, command.offset, offset, width, value);
	if (!err && write(pdev, offset, width, value))
		err = -ENODEV;
	raw_spin_unlock_irqrestore(&dev->command_lock, flags);
	return err;
}

/* @wait: own the space meanwhile, as pci_user_write_config_*() does */
static int write_checked(struct kplug_device *dev, struct pci_dev *pdev,
			 unsigned int offset, unsigned int width, u64 value, bool wait)
{
	int err;

	if (wait)
		pci_cfg_access_lock(pdev);
	err = check(pdev, offset, width, value);
	if (!err)
		err = write_beside_core(dev, pdev, offset, width, value);
	if (wait)
		pci_cfg_access_unlock(pdev);
	return err;
}

static int read_part(struct pci_dev *pdev, unsigned int offset, unsigned int width, u32 *value,
		     bool wait)
{
	u16 word = 0;
	u8 byte = 0;
	int err;

	switch (width) {
	case 1:
		err = wait ? pci_user_read_config_byte(pdev, offset, &byte) :
			     pci_read_config_byte(pdev, offset, &byte);
		*value = byte;
		break;
	case 2:
		err = wait ? pci_user_read_config_word(pdev, offset, &word) :
			     pci_read_config_word(pdev, offset, &word);
		*value = word;
		break;
	default:
		err = wait ? pci_user_read_config_dword(pdev, offset, value) :
			     pci_read_config_dword(pdev, offset, value);
	}
	return err;
}

static int read(struct pci_dev *pdev, unsigned int offset, unsigned int width, u64 *value,
		bool wait)
{
	u32 low = 0, high = 0;
	int err = read_part(pdev, offset, min(width, 4u), &low, wait);

	if (!err && width == 8)
		err = read_part(pdev, offset + 4, 4, &high, wait);
	*value = (u64)high << 32 | low;
	return err ? -ENODEV : 0;
}

/* What the bus does not reach, within the length it told, is gone. */
int kplug_pci_config_access(struct kplug_device *dev, u64 offset, unsigned int width,
			    bool is_write, u64 *value, bool wait)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);

	if (is_write)
		return write_checked(dev, pdev, offset, width, *value, wait);
	return read(pdev, offset, width, value, wait);
}

void kplug_pci_config_init(struct kplug_device *dev)
{
	raw_spin_lock_init(&dev->command_lock);
	dev->region[KPLUG_CONFIG_REGION].length = to_pci_dev(dev->parent)->cfg_size;
	dev->region[KPLUG_CONFIG_REGION].flags = KPLUG_REGION_CONFIG;
	dev->region[KPLUG_CONFIG_REGION].widths = 1 | 2 | 4 | 8;
}
