// SPDX-License-Identifier: MIT
/* The headers of bridges: buses, windows, control. */
#include <pci/header.h>

#include "bar.h"
#include "field.h"
#include "std_header.h"

static const struct field buses[] = {
	{ "primary_bus", PCI_PRIMARY_BUS, 1, .form = FIELD_NUMBER },
	{ "secondary_bus", PCI_SECONDARY_BUS, 1, .form = FIELD_NUMBER },
	{ "subordinate_bus", PCI_SUBORDINATE_BUS, 1, .form = FIELD_NUMBER },
	{ "secondary_latency", PCI_SEC_LATENCY_TIMER, 1, .form = FIELD_NUMBER },
};

static const char *const secondary_bits[] = {
	[5] = "66-mhz",          [7] = "fast-back-to-back",
	"master-parity-error",   [11] = "signaled-target-abort",
	"received-target-abort", "received-master-abort",
	"received-serr",         "parity-error",
};

static const char *const control_bits[] = {
	"parity",
	"serr",
	"no-isa",
	"vga",
	"vga-16-bit",
	"master-abort",
	"reset",
	"fast-back-to-back",
	"primary-discard-timer",
	"secondary-discard-timer",
	"discard-status",
	"discard-serr",
};

static const struct field rest[] = {
	{ "secondary_status", PCI_SEC_STATUS, 2, FIELD_BITS, FIELD_NAMES(secondary_bits) },
	{ "rom", PCI_ROM_ADDRESS1, 4, FIELD_ADDRESS, .mask = 0xfffff800 },
	{ "rom_enabled", PCI_ROM_ADDRESS1, 4, FIELD_YES, .mask = PCI_ROM_ADDRESS_ENABLE },
	{ "bridge_control", PCI_BRIDGE_CONTROL, 2, FIELD_BITS, FIELD_NAMES(control_bits) },
};

/* A window with its end before its start is closed. */
static void show_window(struct sheet *sheet, const char *name, bool wide, uint64_t first,
			uint64_t last)
{
	sheet_range(sheet, name, wide ? 16 : 8, first, last, first > last ? "closed" : "");
}

/* PCI-to-PCI Bridge 1.2, 3.2.5.6: units of 4 KiB */
static void show_ports(struct pci_space *space, struct sheet *sheet)
{
	uint32_t base = pci_space_get(space, PCI_IO_BASE, 1);
	uint32_t limit = pci_space_get(space, PCI_IO_LIMIT, 1);
	uint32_t first = (base & 0xf0) << 8, last = (limit & 0xf0) << 8 | 0xfff;

	if ((base & PCI_IO_RANGE_TYPE_MASK) == PCI_IO_RANGE_TYPE_32) {
		first |= pci_space_get(space, PCI_IO_BASE_UPPER16, 2) << 16;
		last |= pci_space_get(space, PCI_IO_LIMIT_UPPER16, 2) << 16;
	}
	show_window(sheet, "ports_behind", false, first, last);
}

/* 3.2.5.8 and 3.2.5.9: units of 1 MiB */
static void show_memory(struct pci_space *space, struct sheet *sheet)
{
	uint32_t base = pci_space_get(space, PCI_MEMORY_BASE, 2);
	uint32_t limit = pci_space_get(space, PCI_MEMORY_LIMIT, 2);

	show_window(sheet, "memory_behind", false, (base & 0xfff0) << 16,
		    (limit & 0xfff0) << 16 | 0xfffff);
}

static void show_prefetchable(struct pci_space *space, struct sheet *sheet)
{
	uint32_t base = pci_space_get(space, PCI_PREF_MEMORY_BASE, 2);
	uint32_t limit = pci_space_get(space, PCI_PREF_MEMORY_LIMIT, 2);
	uint64_t first = (base & 0xfff0) << 16, last = (limit & 0xfff0) << 16 | 0xfffff;
	bool wide = (base & PCI_PREF_RANGE_TYPE_MASK) == PCI_PREF_RANGE_TYPE_64;

	if (wide) {
		first |= (uint64_t)pci_space_get(space, PCI_PREF_BASE_UPPER32, 4) << 32;
		last |= (uint64_t)pci_space_get(space, PCI_PREF_LIMIT_UPPER32, 4) << 32;
	}
	show_window(sheet, "prefetchable_behind", wide, first, last);
}

void bridge_show(struct pci_space *space, struct sheet *sheet)
{
	bars_show(space, PCI_BASE_ADDRESS_0, 2, pci_space_get(space, PCI_COMMAND, 2), sheet);
	FIELDS_SHOW(space, 0, buses, sheet);
	show_ports(space, sheet);
	show_memory(space, sheet);
	show_prefetchable(space, sheet);
	FIELDS_SHOW(space, 0, rest, sheet);
}

static const char *const cardbus_control_bits[] = {
	"parity", "serr",       "isa",        "vga",        [5] = "master-abort",
	"reset",  "16-bit-irq", "prefetch-0", "prefetch-1", "post-writes",
};

static const struct field cardbus_rest[] = {
	{ "secondary_status", PCI_CB_SEC_STATUS, 2, FIELD_BITS, FIELD_NAMES(secondary_bits) },
	{ "bridge_control", PCI_CB_BRIDGE_CONTROL, 2, FIELD_BITS,
	  FIELD_NAMES(cardbus_control_bits) },
	{ "subvendor_id", PCI_CB_SUBSYSTEM_VENDOR_ID, 2, .form = FIELD_HEX },
	{ "subdevice_id", PCI_CB_SUBSYSTEM_ID, 2, .form = FIELD_HEX },
	{ "legacy_base", PCI_CB_LEGACY_MODE_BASE, 2, .form = FIELD_HEX },
};

/* PC Card 8.0, 4.5: units of 4 KiB and of 4 ports; bit 0 says whether ports have 32 bits. */
static void show_cardbus_windows(struct pci_space *space, struct sheet *sheet)
{
	static const char *const memory[] = { "memory_window_0", "memory_window_1" };
	static const char *const ports[] = { "port_window_0", "port_window_1" };
	unsigned int i;

	for (i = 0; i < 2; i++)
		show_window(sheet, memory[i], false,
			    pci_space_get(space, PCI_CB_MEMORY_BASE_0 + 8 * i, 4) & ~0xfffu,
			    pci_space_get(space, PCI_CB_MEMORY_LIMIT_0 + 8 * i, 4) | 0xfff);
	for (i = 0; i < 2; i++) {
		uint32_t base = pci_space_get(space, PCI_CB_IO_BASE_0 + 8 * i, 4);
		uint32_t limit = pci_space_get(space, PCI_CB_IO_LIMIT_0 + 8 * i, 4);
		uint32_t mask = base & 1 ? UINT32_MAX : 0xffff;

		show_window(sheet, ports[i], false, base & mask & ~3u, (limit & mask) | 3);
	}
}

void cardbus_show(struct pci_space *space, struct sheet *sheet)
{
	bars_show(space, PCI_BASE_ADDRESS_0, 1, pci_space_get(space, PCI_COMMAND, 2), sheet);
	FIELDS_SHOW(space, 0, buses, sheet);
	show_cardbus_windows(space, sheet);
	FIELDS_SHOW(space, 0, cardbus_rest, sheet);
}
