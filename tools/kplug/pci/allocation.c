// SPDX-License-Identifier: MIT
/* Where regions are and which sizes they may have: enhanced allocation, resizable BARs. */
#include <stdio.h>

#include <pci/header.h>

#include "capability.h"

/* PCI Express 4.0, 7.8.5.3: what an entry stands for, and its properties */
static const char *const stands_for[] = {
	"BAR 0",    "BAR 1",    "BAR 2",    "BAR 3",    "BAR 4",    "BAR 5",    "behind the bridge",
	"no BAR",   "ROM",      "VF BAR 0", "VF BAR 1", "VF BAR 2", "VF BAR 3", "VF BAR 4",
	"VF BAR 5", "reserved",
};

static const char *const properties[] = {
	"memory",
	"prefetchable memory",
	"ports",
	"prefetchable memory of virtual functions",
	"memory of virtual functions",
	"memory behind the bridge",
	"prefetchable memory behind the bridge",
	"ports behind the bridge",
};

static const char *property_name(uint32_t value)
{
	static const char *const unavailable[] = { "unavailable memory", "unavailable ports",
						   "unavailable" };

	if (value < sizeof(properties) / sizeof(properties[0]))
		return properties[value];
	return value >= 0xfd ? unavailable[value - 0xfd] : "reserved";
}

/* An address has an upper half if bit 1 says so; @upper is where that would be, and moves on. */
static uint64_t entry_address(const struct capability *cap, unsigned int at, unsigned int *upper,
			      uint32_t low_bits)
{
	uint32_t low = capability_get(cap, at, 4);
	uint64_t high = 0;

	if (low & 2) {
		high = capability_get(cap, *upper, 4);
		*upper += 4;
	}
	return high << 32 | (low & ~3u) | low_bits;
}

static void show_entry(const struct capability *cap, unsigned int at, struct sheet *sheet)
{
	uint32_t first = capability_get(cap, at, 4);
	unsigned int upper = at + 12;
	uint64_t base = entry_address(cap, at + 4, &upper, 0);
	uint64_t last_offset = entry_address(cap, at + 8, &upper, 3);

	sheet_text(sheet, "stands_for", stands_for[first >> 4 & 0xf]);
	sheet_yes(sheet, "enabled", first & PCI_EA_CAP_ENT_ENABLE);
	sheet_yes(sheet, "writable", first & PCI_EA_CAP_ENT_WRITABLE);
	sheet_text(sheet, "properties", property_name(first >> 8 & 0xff));
	sheet_text(sheet, "secondary_properties", property_name(first >> 16 & 0xff));
	sheet_range(sheet, "range", 16, base, base + last_offset, "");
}

static const struct field ea[] = {
	{ "entries", PCI_CAP_FLAGS, 1, FIELD_NUMBER, .mask = 0x3f },
};

static const struct field ea_buses[] = {
	{ "secondary_bus", PCI_EA_CAP_TYPE1_SECONDARY, 1, .form = FIELD_NUMBER },
	{ "subordinate_bus", PCI_EA_CAP_TYPE1_SUBORDINATE, 1, .form = FIELD_NUMBER },
};

static void show_entries(const struct capability *cap, struct sheet *sheet)
{
	bool bridge = pci_space_header(cap->space) == PCI_HEADER_TYPE_BRIDGE;
	unsigned int count = capability_get(cap, PCI_CAP_FLAGS, 1) & 0x3f;
	unsigned int i, at = bridge ? 8 : 4, size;
	char title[32];

	if (bridge)
		FIELDS_SHOW(cap->space, cap->offset, ea_buses, sheet);
	for (i = 0; i < count && pci_space_has(cap->space, cap->offset + at, 4); i++) {
		size = 4 * ((capability_get(cap, at, 4) & 7) + 1);
		if (cap->offset + at + size > PCI_SPACE_STANDARD ||
		    !pci_space_has(cap->space, cap->offset + at, size))
			break;
		snprintf(title, sizeof(title), "entry_%u", i);
		sheet_line(sheet, title);
		show_entry(cap, at, sheet);
		at += size;
	}
}

static const struct section ea_sections[] = { { SECTION_FIELDS(ea), .more = show_entries } };

/* 1 MiB and its powers of two, up to 2^43 times that */
static void size_text(char text[16], unsigned int power)
{
	static const char *const units[] = { "MB", "GB", "TB", "PB", "EB" };

	snprintf(text, 16, "%u%s", 1u << power % 10, units[power / 10]);
}

/* Bits 4 to 31 of the first register, and then 16 to 31 of the second. */
static uint64_t supported_sizes(const struct capability *cap, unsigned int at)
{
	return capability_get(cap, at, 4) >> 4 | (uint64_t)(capability_get(cap, at + 4, 4) >> 16)
							 << 28;
}

static void show_sizes(struct sheet *sheet, uint64_t sizes)
{
	char text[512] = "none", size[16];
	unsigned int power;
	size_t used = 0;

	for (power = 0; power < 44; power++) {
		if (!(sizes >> power & 1))
			continue;
		size_text(size, power);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used ? " " : "",
					 size);
	}
	sheet_text(sheet, "sizes", text);
}

static void show_resizable(const struct capability *cap, unsigned int at, struct sheet *sheet)
{
	uint32_t control = capability_get(cap, at + 4, 4);
	unsigned int power = control >> 8 & 0x3f;
	char title[32], size[16] = "reserved";

	snprintf(title, sizeof(title), "bar%u", control & 7);
	sheet_line(sheet, title);
	if (power < 44)
		size_text(size, power);
	sheet_text(sheet, "size", size);
	show_sizes(sheet, supported_sizes(cap, at));
}

/* PCI Express 4.0, 7.8.6: the first control register has their number. */
static void show_resizables(const struct capability *cap, struct sheet *sheet)
{
	unsigned int i, count = capability_get(cap, 8, 4) >> 5 & 7;

	sheet_number(sheet, "bars", count);
	for (i = 0; i < count && pci_space_has(cap->space, cap->offset + 4 + 8 * i, 8); i++)
		show_resizable(cap, 4 + 8 * i, sheet);
}

static const struct section resizable_sections[] = { { .more = show_resizables } };

static const struct decoder decoders[] = {
	{ PCI_CAP_ID_EA, .extended = false, DECODER_SECTIONS(ea_sections) },
	{ PCI_EXT_CAP_ID_REBAR, .extended = true, DECODER_SECTIONS(resizable_sections) },
	{ PCI_EXT_CAP_ID_VF_REBAR, .extended = true, DECODER_SECTIONS(resizable_sections) },
};

DECODER_GROUP(allocation_group, decoders);
