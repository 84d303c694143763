// SPDX-License-Identifier: MIT
/* The fields of the header that all functions have, and those of devices. */
#include "std_header.h"

#include <stdio.h>

#include <pci/header.h>

#include "bar.h"
#include "field.h"

static const char *const command_bits[] = {
	"io",
	"memory",
	"bus-master",
	"special-cycles",
	"write-invalidate",
	"palette-snoop",
	"parity",
	"stepping",
	"serr",
	"fast-back-to-back",
	"intx-disable",
};

static const char *const status_bits[] = {
	[3] = "intx",
	"capabilities",
	"66-mhz",
	"user-definable",
	"fast-back-to-back",
	"master-parity-error",
	[11] = "signaled-target-abort",
	"received-target-abort",
	"received-master-abort",
	"signaled-serr",
	"parity-error",
};

static const char *const select_times[] = { "fast", "medium", "slow" };
static const char *const header_types[] = { "device", "bridge", "cardbus" };

static const struct field common[] = {
	{ "vendor_id", PCI_VENDOR_ID, 2, .form = FIELD_HEX },
	{ "device_id", PCI_DEVICE_ID, 2, .form = FIELD_HEX },
	{ "class", PCI_CLASS_REVISION, 4, FIELD_HEX, .mask = 0xffffff00 },
	{ "revision", PCI_REVISION_ID, 1, .form = FIELD_HEX },
	{ "command", PCI_COMMAND, 2, FIELD_BITS, FIELD_NAMES(command_bits) },
	{ "status", PCI_STATUS, 2, FIELD_BITS, FIELD_NAMES(status_bits) },
	{ "select_timing", PCI_STATUS, 2, FIELD_NAME, .mask = PCI_STATUS_DEVSEL_MASK,
	  FIELD_NAMES(select_times) },
	{ "header_type", PCI_HEADER_TYPE, 1, FIELD_NAME, .mask = 0x7f, FIELD_NAMES(header_types) },
	{ "multifunction", PCI_HEADER_TYPE, 1, FIELD_YES, .mask = 0x80 },
	{ "cache_line_size", PCI_CACHE_LINE_SIZE, 1, .form = FIELD_NUMBER },
	{ "latency_timer", PCI_LATENCY_TIMER, 1, .form = FIELD_NUMBER },
	{ "interrupt_line", PCI_INTERRUPT_LINE, 1, .form = FIELD_NUMBER },
	{ "interrupt_pin", PCI_INTERRUPT_PIN, 1, .form = FIELD_NUMBER },
};

static const struct field self_test[] = {
	{ "self_test_running", PCI_BIST, 1, FIELD_YES, .mask = PCI_BIST_START },
	{ "self_test_result", PCI_BIST, 1, FIELD_NUMBER, .mask = PCI_BIST_CODE_MASK },
};

static const struct field device[] = {
	{ "rom", PCI_ROM_ADDRESS, 4, FIELD_ADDRESS, .mask = 0xfffff800 },
	{ "rom_enabled", PCI_ROM_ADDRESS, 4, FIELD_YES, .mask = PCI_ROM_ADDRESS_ENABLE },
	{ "cis", PCI_CARDBUS_CIS, 4, .form = FIELD_HEX },
	{ "subvendor_id", PCI_SUBSYSTEM_VENDOR_ID, 2, .form = FIELD_HEX },
	{ "subdevice_id", PCI_SUBSYSTEM_ID, 2, .form = FIELD_HEX },
	{ "min_grant", PCI_MIN_GNT, 1, .form = FIELD_NUMBER },
	{ "max_latency", PCI_MAX_LAT, 1, .form = FIELD_NUMBER },
};

static void show_rest(struct pci_space *space, struct sheet *sheet)
{
	switch (pci_space_header(space)) {
	case PCI_HEADER_TYPE_NORMAL:
		bars_show(space, PCI_BASE_ADDRESS_0, 6, pci_space_get(space, PCI_COMMAND, 2),
			  sheet);
		FIELDS_SHOW(space, 0, device, sheet);
		break;
	case PCI_HEADER_TYPE_BRIDGE:
		bridge_show(space, sheet);
		break;
	case PCI_HEADER_TYPE_CARDBUS:
		cardbus_show(space, sheet);
		break;
	}
}

void header_show(struct pci_space *space, struct sheet *sheet)
{
	FIELDS_SHOW(space, 0, common, sheet);
	if (pci_space_get(space, PCI_BIST, 1) & PCI_BIST_CAPABLE)
		FIELDS_SHOW(space, 0, self_test, sheet);
	show_rest(space, sheet);
}

bool header_is_absent(struct pci_space *space)
{
	return pci_space_get(space, PCI_VENDOR_ID, 4) == UINT32_MAX;
}

const char *header_problem(struct pci_space *space)
{
	static char text[80];

	if (header_is_absent(space))
		return "all its registers read as ones: it is gone, without power, or its link is "
		       "down";
	if (pci_space_header(space) <= PCI_HEADER_TYPE_CARDBUS)
		return NULL;
	snprintf(text, sizeof(text), "its header type 0x%02x is none of device, bridge and CardBus",
		 pci_space_header(space));
	return text;
}
