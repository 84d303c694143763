// SPDX-License-Identifier: MIT
/* Capabilities that vendors define. */
#include <pci/header.h>

#include "capability.h"

static const struct field standard[] = {
	{ "length", PCI_VNDR_LENGTH, 1, .form = FIELD_NUMBER },
};

/* Virtio 1.2, 4.1.2 and 4.1.4 */
static bool is_virtio(const struct capability *cap)
{
	uint32_t ids = pci_space_get(cap->space, PCI_VENDOR_ID, 4);

	return (ids & 0xffff) == 0x1af4 && ids >> 16 >= 0x1000 && ids >> 16 <= 0x107f;
}

static const char *const virtio_types[] = {
	[1] = "common",        "notify", "interrupt status", "device", "pci access",
	[8] = "shared memory", "vendor",
};

static const struct field virtio[] = {
	{ "virtio", 3, 1, FIELD_NAME, FIELD_NAMES(virtio_types) },
	{ "region", 4, 1, .form = FIELD_NUMBER },
	{ "offset", 8, 4, .form = FIELD_HEX },
	{ "size", 12, 4, .form = FIELD_HEX },
};

static const struct field virtio_notify[] = {
	{ "multiplier", 16, 4, .form = FIELD_HEX },
};

static void show_multiplier(const struct capability *cap, struct sheet *sheet)
{
	if (capability_get(cap, 3, 1) == 2)
		FIELDS_SHOW(cap->space, cap->offset, virtio_notify, sheet);
}

static const struct section standard_sections[] = {
	{ SECTION_FIELDS(standard) },
	{ .applies = is_virtio, SECTION_FIELDS(virtio), .more = show_multiplier },
};

static const struct field extended[] = {
	{ "vendor_specific_id", PCI_EVNDR_HEADER, 4, FIELD_HEX, .mask = 0xffff },
	{ "revision", PCI_EVNDR_HEADER, 4, FIELD_NUMBER, .mask = 0xf0000 },
	{ "length", PCI_EVNDR_HEADER, 4, FIELD_NUMBER, .mask = 0xfff00000 },
};

static const struct section extended_sections[] = { { SECTION_FIELDS(extended) } };

static const struct field designated[] = {
	{ "vendor_id", PCI_DVSEC_HEADER1, 4, FIELD_HEX, .mask = 0xffff },
	{ "vendor_specific_id", PCI_DVSEC_HEADER2, 2, .form = FIELD_HEX },
	{ "revision", PCI_DVSEC_HEADER1, 4, FIELD_NUMBER, .mask = 0xf0000 },
	{ "length", PCI_DVSEC_HEADER1, 4, FIELD_NUMBER, .mask = 0xfff00000 },
};

static const struct section designated_sections[] = { { SECTION_FIELDS(designated) } };

static const struct decoder decoders[] = {
	{ PCI_CAP_ID_VNDR, .extended = false, DECODER_SECTIONS(standard_sections) },
	{ PCI_EXT_CAP_ID_VNDR, .extended = true, DECODER_SECTIONS(extended_sections) },
	{ PCI_EXT_CAP_ID_DVSEC, .extended = true, DECODER_SECTIONS(designated_sections) },
};

DECODER_GROUP(vendor_group, decoders);
