// SPDX-License-Identifier: GPL-2.0
/* Which bridge is it? By its PCI ids, by those that the administrator names, or by a register. */
#include <linux/module.h>
#include <linux/pci.h>

#include "plx.h"

#define MAX_NAMED 8

static char *boards[MAX_NAMED];
module_param_array(boards, charp, NULL, 0444);
MODULE_PARM_DESC(boards, "bridges of boards with ids of their own: VENDOR:DEVICE=CHIP, in hex");

/* With DMA, and those that are targets of the bus alone. */
#define DMA_CHIP(number, bits, eeprom)                                                            \
	{                                                                                         \
		.id = (number), .channels = PLX_CHANNELS, .address_bits = (bits), .mailboxes = 8, \
		.eeprom_bits = (eeprom), .intcsr = PLX_INTCSR, .cntrl = PLX_CNTRL,                \
	}
#define TARGET_CHIP(number, eeprom)                                                   \
	{                                                                             \
		.id = (number), .eeprom_bits = (eeprom), .intcsr = PLX_TARGET_INTCSR, \
		.cntrl = PLX_TARGET_CNTRL,                                            \
	}

/* EEPROMs: 93CS46 with the old ones, 93CS56 or 93CS66 with the others. The 9052 says 9050. */
static const struct plx_chip chips[] = {
	DMA_CHIP(0x9054, 64, 8), DMA_CHIP(0x9056, 64, 8), DMA_CHIP(0x9656, 64, 8),
	DMA_CHIP(0x9080, 32, 6), TARGET_CHIP(0x9030, 8),  TARGET_CHIP(0x9050, 6),
	TARGET_CHIP(0x9052, 6),
};

static const struct plx_chip *chip_by_id(u32 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(chips); i++)
		if (chips[i].id == id)
			return &chips[i];
	return NULL;
}

static const struct plx_chip *chip_by_name(const struct pci_dev *pci)
{
	unsigned int i, vendor, device, chip;

	for (i = 0; i < MAX_NAMED && boards[i]; i++)
		if (sscanf(boards[i], "%x:%x=%x", &vendor, &device, &chip) == 3 &&
		    vendor == pci->vendor && device == pci->device)
			return chip_by_id(chip);
	return NULL;
}

/* The bridges with DMA tell their number to everyone, whatever ids the board has. */
static const struct plx_chip *chip_by_register(struct kplug_device *dev)
{
	struct pci_dev *pci = kplug_pci(dev);
	u32 id;

	if (pci_resource_len(pci, PLX_REGION_MEMORY) < PLX_REGISTERS_END)
		return NULL;
	id = kplug_read32(kplug_io(dev), PLX_REGION_MEMORY, PLX_HARD_ID);
	return (id & 0xffff) == PLX_VENDOR ? chip_by_id(id >> 16) : NULL;
}

/*
 * PCI 9050 and 9052 errata: the registers cannot be read in memory at an address with bit 7. The
 * same registers are ports.
 */
static u32 registers_of(struct pci_dev *pci, const struct plx_chip *chip)
{
	bool memory = pci_resource_len(pci, PLX_REGION_MEMORY) >= PLX_TARGET_END;
	bool misread = (chip->id == 0x9050 || chip->id == 0x9052) &&
		       pci_resource_start(pci, PLX_REGION_MEMORY) & BIT(7);

	return memory && !misread ? PLX_REGION_MEMORY : PLX_REGION_PORTS;
}

const struct plx_chip *plx_chip_of(struct kplug_device *dev, u32 *region)
{
	struct pci_dev *pci = kplug_pci(dev);
	const struct plx_chip *chip;

	if (!pci)
		return NULL;
	chip = chip_by_name(pci);
	if (!chip && pci->vendor == PLX_VENDOR)
		chip = chip_by_id(pci->device);
	if (!chip)
		chip = chip_by_register(dev);
	if (!chip)
		return NULL;
	*region = registers_of(pci, chip);
	return pci_resource_len(pci, *region) >= PLX_TARGET_END ? chip : NULL;
}

u32 plx_chip_sources(const struct plx_chip *chip)
{
	return chip->channels ? PLX_DOORBELL | PLX_LOCAL : PLX_LOCAL | PLX_LOCAL2;
}
