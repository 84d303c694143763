// SPDX-License-Identifier: GPL-2.0
/* Configuration space of PCI functions: accesses, and what programs may not change. */
#include <linux/pci.h>
#include <linux/spinlock.h>

#include "bus/pci.h"
#include "device.h"

/* The base of the offset in a row below. */
enum place {
	IN_HEADER, /* type 0, because bridges are never bound */
	IN_CAP, /* the capability with this id */
	IN_EXT, /* the extended capability with this id */
};

/*
 * Registers owned by Linux and the core. A row with bits refuses writes that would change one of
 * them; a row without bits refuses every write.
 */
struct owned {
	enum place place;
	u16 id;
	u16 offset;
	u16 length; /* in bytes; 0 when the capability itself has its length */
	u32 bits;
};

/* The core writes it too, also in hard interrupts, so reading it needs command_lock. */
static const struct owned command = { IN_HEADER, 0, PCI_COMMAND, 2,
				      PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
					      PCI_COMMAND_INTX_DISABLE };

/* All other writes are allowed, and stay when the program ends. */
static const struct owned policy[] = {
	{ IN_HEADER, 0, PCI_BIST, 1, PCI_BIST_START }, /* no answer for up to two seconds */

	/* What the function decodes, and what it forwards. */
	{ IN_HEADER, 0, PCI_BASE_ADDRESS_0, 24 },
	{ IN_HEADER, 0, PCI_ROM_ADDRESS, 4 },
	{ IN_EXT, PCI_EXT_CAP_ID_REBAR, PCI_REBAR_CAP, 0 },

	/* Interrupts, power and reset have commands of their own. */
	{ IN_CAP, PCI_CAP_ID_MSI, 0, 0 },
	{ IN_CAP, PCI_CAP_ID_MSIX, 0, PCI_CAP_MSIX_SIZEOF },
	{ IN_CAP, PCI_CAP_ID_PM, PCI_PM_CTRL, 2, PCI_PM_CTRL_STATE_MASK },
	{ IN_CAP, PCI_CAP_ID_EXP, PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR },
	{ IN_CAP, PCI_CAP_ID_AF, PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR },

	/* sriov_numvfs in sysfs creates virtual functions. */
	{ IN_EXT, PCI_EXT_CAP_ID_SRIOV, PCI_SRIOV_CTRL, PCI_EXT_CAP_SRIOV_SIZEOF - PCI_SRIOV_CTRL },

	/* The isolation between devices depends on what the IOMMU sees of the function. */
	{ IN_EXT, PCI_EXT_CAP_ID_ACS, PCI_ACS_CTRL, 2 },
	{ IN_EXT, PCI_EXT_CAP_ID_ATS, PCI_ATS_CTRL, 2 },
	{ IN_EXT, PCI_EXT_CAP_ID_PRI, PCI_PRI_CTRL, 2 },
	{ IN_EXT, PCI_EXT_CAP_ID_PASID, PCI_PASID_CTRL, 2 },
};

/* The offset of the row's header or capability; negative if this function has none. */
static int start_of(struct pci_dev *pdev, const struct owned *row)
{
	switch (row->place) {
	case IN_CAP:
		return pci_find_capability(pdev, row->id) ?: -ENOENT;
	case IN_EXT:
		return pci_find_ext_capability(pdev, row->id) ?: -ENOENT;
	default:
		return 0;
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

static unsigned int owned_length(struct pci_dev *pdev, const struct owned *row, int start)
{
	if (row->length)
		return row->length;
	return row->place == IN_CAP ? msi_length(pdev, start) : rebar_length(pdev, start);
}

/* Would the write change one of the row's bits? @first: offset of its register. */
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

static int check_row(struct pci_dev *pdev, const struct owned *row, unsigned int offset,
		     unsigned int width, u64 value)
{
	int start = start_of(pdev, row);
	unsigned int first = start + row->offset;

	if (start < 0 || offset + width <= first ||
	    offset >= first + owned_length(pdev, row, start))
		return 0;
	return row->bits ? check_bits(pdev, row, first, offset, width, value) : -EPERM;
}

static int check_write(struct pci_dev *pdev, unsigned int offset, unsigned int width, u64 value)
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

static int write_beside_core(struct kplug_device *dev, struct pci_dev *pdev, unsigned int offset,
			     unsigned int width, u64 value)
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

static int write_checked(struct kplug_device *dev, struct pci_dev *pdev, unsigned int offset,
			 unsigned int width, u64 value)
{
	return check_write(pdev, offset, width, value) ?:
		       write_beside_core(dev, pdev, offset, width, value);
}

static int read_part(struct pci_dev *pdev, unsigned int offset, unsigned int width, u32 *value)
{
	u16 word = 0;
	u8 byte = 0;
	int err;

	switch (width) {
	case 1:
		err = pci_read_config_byte(pdev, offset, &byte);
		*value = byte;
		break;
	case 2:
		err = pci_read_config_word(pdev, offset, &word);
		*value = word;
		break;
	default:
		err = pci_read_config_dword(pdev, offset, value);
	}
	return err;
}

static int read(struct pci_dev *pdev, unsigned int offset, unsigned int width, u64 *value)
{
	u32 low = 0, high = 0;
	int err = read_part(pdev, offset, min(width, 4u), &low);

	if (!err && width == 8)
		err = read_part(pdev, offset + 4, 4, &high);
	*value = (u64)high << 32 | low;
	return err ? -ENODEV : 0;
}

/*
 * Programs stay out of a reset, which may last a minute: accesses do not wait here. The PCI core
 * blocks configuration space before it calls kplug_pci_reset_prepare(), which waits until the
 * device is left by each read that did not see it. It does not call that for the reset after an
 * error of the link: there, a read that has begun may meet the reset, and returns what a frozen
 * function does.
 */
static bool is_blocked(const struct pci_dev *pdev)
{
	/* A stale value is harmless: see above. */
	return data_race(pdev->block_cfg_access != 0);
}

/* A write changes what a reset saves and restores, so it excludes every holder of the lock. */
static bool claim_config(struct pci_dev *pdev)
{
	unsigned int tries;

	for (tries = 0; tries < 1000; tries++) {
		if (pci_cfg_access_trylock(pdev))
			return true;
		cpu_relax();
	}
	return false;
}

static int write_alone(struct kplug_device *dev, struct pci_dev *pdev, unsigned int offset,
		       unsigned int width, u64 value)
{
	int err;

	if (!claim_config(pdev))
		return -EAGAIN;
	err = write_checked(dev, pdev, offset, width, value);
	pci_cfg_access_unlock(pdev);
	return err;
}

/* If the bus cannot reach an offset below its own length, the device is gone. */
int kplug_pci_config_access(struct kplug_device *dev, u64 offset, unsigned int width, bool is_write,
			    u64 *value, bool alone)
{
	struct pci_dev *pdev = to_pci_dev(dev->parent);

	if (is_write)
		return alone ? write_alone(dev, pdev, offset, width, *value) :
			       write_checked(dev, pdev, offset, width, *value);
	if (alone && is_blocked(pdev))
		return -EAGAIN;
	return read(pdev, offset, width, value);
}

void kplug_pci_config_init(struct kplug_device *dev)
{
	raw_spin_lock_init(&dev->command_lock);
	dev->region[KPLUG_CONFIG_REGION].length = to_pci_dev(dev->parent)->cfg_size;
	dev->region[KPLUG_CONFIG_REGION].flags = KPLUG_REGION_CONFIG;
	dev->region[KPLUG_CONFIG_REGION].widths = 1 | 2 | 4 | 8;
}
