// SPDX-License-Identifier: MIT
/* Joins the halves of 64-bit base addresses, and says what kind each is of. */
#include "bar.h"

#include <stdio.h>

#include <pci/header.h>

struct bar {
	uint64_t address;
	const char *kind;
	uint32_t enable; /* its bit in the command register */
	bool wide, prefetchable, broken;
};

static const char *memory_kind(uint32_t low)
{
	switch (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) {
	case PCI_BASE_ADDRESS_MEM_TYPE_32:
		return "memory 32-bit";
	case PCI_BASE_ADDRESS_MEM_TYPE_1M:
		return "memory low-1M";
	case PCI_BASE_ADDRESS_MEM_TYPE_64:
		return "memory 64-bit";
	default:
		return "memory of type 3";
	}
}

/* The last register of a function has no upper half. */
static struct bar decode(struct pci_space *space, unsigned int offset, bool last)
{
	uint32_t low = pci_space_get(space, offset, 4);
	struct bar bar = { .kind = "ports", .enable = PCI_COMMAND_IO };

	if (low & PCI_BASE_ADDRESS_SPACE_IO) {
		bar.address = low & ~(uint32_t)0x3;
		return bar;
	}
	bar.address = low & ~(uint32_t)0xf;
	bar.kind = memory_kind(low);
	bar.enable = PCI_COMMAND_MEMORY;
	bar.prefetchable = low & PCI_BASE_ADDRESS_MEM_PREFETCH;
	bar.wide = (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
	bar.broken = bar.wide && last;
	if (bar.wide && !last)
		bar.address |= (uint64_t)pci_space_get(space, offset + 4, 4) << 32;
	return bar;
}

static void show(const struct bar *bar, unsigned int index, uint32_t command, struct sheet *sheet)
{
	char name[16], kind[80];

	snprintf(name, sizeof(name), "bar%u", index);
	snprintf(kind, sizeof(kind), "%s%s%s%s%s", bar->kind,
		 bar->prefetchable ? " prefetchable" : "", bar->broken ? " without-upper-half" : "",
		 bar->address ? "" : " unassigned", bar->enable & command ? "" : " disabled");
	sheet_address(sheet, name, bar->wide ? 16 : 8, bar->address, kind);
}

void bars_show(struct pci_space *space, unsigned int offset, unsigned int count, uint32_t command,
	       struct sheet *sheet)
{
	struct bar bar;
	uint32_t low;
	unsigned int i;

	for (i = 0; i < count && pci_space_has(space, offset + 4 * i, 4); i++) {
		low = pci_space_get(space, offset + 4 * i, 4);
		/* A register does not read as all ones unless its access failed. */
		if (!low || low == UINT32_MAX)
			continue;
		bar = decode(space, offset + 4 * i, i == count - 1);
		show(&bar, i, command, sheet);
		i += bar.wide;
	}
}
