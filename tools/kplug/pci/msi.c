// SPDX-License-Identifier: MIT
/* MSI and MSI-X. */
#include <pci/header.h>

#include "capability.h"

static const struct field msi[] = {
	{ "enabled", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSI_FLAGS_ENABLE },
	{ "vectors", PCI_MSI_FLAGS, 2, FIELD_POWER, .mask = PCI_MSI_FLAGS_QMASK },
	{ "allocated", PCI_MSI_FLAGS, 2, FIELD_POWER, .mask = PCI_MSI_FLAGS_QSIZE },
	{ "64_bit", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSI_FLAGS_64BIT },
	{ "maskable", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSI_FLAGS_MASK_BIT },
};

static const struct field message32[] = {
	{ "address", PCI_MSI_ADDRESS_LO, 4, .form = FIELD_ADDRESS },
	{ "data", PCI_MSI_DATA_32, 2, .form = FIELD_HEX },
};

static const struct field message64[] = {
	{ "address", PCI_MSI_ADDRESS_LO, 4, .form = FIELD_ADDRESS64 },
	{ "data", PCI_MSI_DATA_64, 2, .form = FIELD_HEX },
};

static const struct field masks32[] = {
	{ "masked", PCI_MSI_MASK_BIT_32, 4, .form = FIELD_HEX },
	{ "pending", PCI_MSI_PENDING_32, 4, .form = FIELD_HEX },
};

static const struct field masks64[] = {
	{ "masked", PCI_MSI_MASK_BIT_64, 4, .form = FIELD_HEX },
	{ "pending", PCI_MSI_PENDING_64, 4, .form = FIELD_HEX },
};

static void show_message(const struct capability *cap, struct sheet *sheet)
{
	uint32_t flags = capability_get(cap, PCI_MSI_FLAGS, 2);
	bool masks = flags & PCI_MSI_FLAGS_MASK_BIT;

	if (flags & PCI_MSI_FLAGS_64BIT) {
		FIELDS_SHOW(cap->space, cap->offset, message64, sheet);
		if (masks)
			FIELDS_SHOW(cap->space, cap->offset, masks64, sheet);
	} else {
		FIELDS_SHOW(cap->space, cap->offset, message32, sheet);
		if (masks)
			FIELDS_SHOW(cap->space, cap->offset, masks32, sheet);
	}
}

static const struct section msi_sections[] = {
	{ SECTION_FIELDS(msi) },
	{ .more = show_message },
};

static const struct field msix[] = {
	{ "enabled", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSIX_ENABLE },
	{ "masked", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSIX_MASK },
	{ "vectors", PCI_MSI_FLAGS, 2, FIELD_COUNT, .mask = PCI_MSIX_TABSIZE },
	{ "table_region", PCI_MSIX_TABLE, 4, FIELD_NUMBER, .mask = PCI_MSIX_BIR },
	{ "table_offset", PCI_MSIX_TABLE, 4, FIELD_OFFSET, .mask = ~(uint32_t)PCI_MSIX_BIR },
	{ "pending_region", PCI_MSIX_PBA, 4, FIELD_NUMBER, .mask = PCI_MSIX_BIR },
	{ "pending_offset", PCI_MSIX_PBA, 4, FIELD_OFFSET, .mask = ~(uint32_t)PCI_MSIX_BIR },
};

static const struct section msix_sections[] = { { SECTION_FIELDS(msix) } };

static const struct decoder decoders[] = {
	{ PCI_CAP_ID_MSI, .extended = false, DECODER_SECTIONS(msi_sections) },
	{ PCI_CAP_ID_MSIX, .extended = false, DECODER_SECTIONS(msix_sections) },
};

DECODER_GROUP(msi_group, decoders);
