// SPDX-License-Identifier: MIT
/* Small capabilities of conventional PCI: power, slots, subsystem, ports for debuggers. */
#include <pci/header.h>

#include "capability.h"

static const char *const power_states[] = { "D0", "D1", "D2", "D3hot" };

static const struct field pm[] = {
	{ "version", PCI_CAP_FLAGS, 2, FIELD_NUMBER, .mask = PCI_PM_CAP_VER_MASK },
	{ "state", PCI_PM_CTRL, 2, FIELD_NAME, .mask = PCI_PM_CTRL_STATE_MASK,
	  FIELD_NAMES(power_states) },
	{ "pme_enabled", PCI_PM_CTRL, 2, FIELD_YES, .mask = PCI_PM_CTRL_PME_ENABLE },
};

static const char *const pm_offers[] = {
	[3] = "pme-clock", [5] = "specific-init", [9] = "d1",
	[10] = "d2",       [11] = "pme-d0",       [12] = "pme-d1",
	[13] = "pme-d2",   [14] = "pme-d3hot",    [15] = "pme-d3cold",
};

static const char *const pm_status[] = { [3] = "no-soft-reset", [8] = "pme-enabled", [15] = "pme" };

static const char *const aux_currents[] = { "0 mA",   "55 mA",  "100 mA", "160 mA",
					    "220 mA", "270 mA", "320 mA", "375 mA" };

static const struct field pm_more[] = {
	{ "offers", PCI_CAP_FLAGS, 2, FIELD_BITS, FIELD_NAMES(pm_offers) },
	{ "aux_current", PCI_CAP_FLAGS, 2, FIELD_NAME, .mask = PCI_PM_CAP_AUX_C_MASK,
	  FIELD_NAMES(aux_currents) },
	{ "status", PCI_PM_CTRL, 2, FIELD_BITS, FIELD_NAMES(pm_status) },
	{ "data_select", PCI_PM_CTRL, 2, FIELD_NUMBER, .mask = PCI_PM_CTRL_DATA_SEL_MASK },
	{ "data_scale", PCI_PM_CTRL, 2, FIELD_NUMBER, .mask = PCI_PM_CTRL_DATA_SCALE_MASK },
};

static const char *const pm_bridge_bits[] = { [6] = "b2-in-d3hot", [7] = "clock-control" };

static const struct field pm_bridge[] = {
	{ "bridge", PCI_PM_PPB_EXTENSIONS, 1, FIELD_BITS, FIELD_NAMES(pm_bridge_bits) },
};

/* Zero for all that is no bridge. */
static bool has_bridge_bits(const struct capability *cap)
{
	return capability_get(cap, PCI_PM_PPB_EXTENSIONS, 1);
}

static const struct section pm_sections[] = {
	{ SECTION_FIELDS(pm) },
	{ SECTION_FIELDS(pm_more) },
	{ .applies = has_bridge_bits, SECTION_FIELDS(pm_bridge) },
};

static const char *const agp_bits[] = {
	[3] = "agp3",  "fast-write", "64-bit",   "no-host-translation",
	"64-bit-gart", "coherent",   "sideband", [16] = "isochronous",
};
static const char *const agp_command_bits
	[] = { [4] = "fast-write", [5] = "64-bit", [7] = "64-bit-gart", "enabled", "sideband" };

static const struct field agp[] = {
	{ "major", PCI_AGP_VERSION, 1, FIELD_NUMBER, .mask = 0xf0 },
	{ "minor", PCI_AGP_VERSION, 1, FIELD_NUMBER, .mask = 0x0f },
	{ "status", PCI_AGP_STATUS, 4, FIELD_BITS, FIELD_NAMES(agp_bits) },
	{ "requests_offered", PCI_AGP_STATUS, 4, FIELD_COUNT, .mask = PCI_AGP_STATUS_RQ_MASK },
	{ "rates_offered", PCI_AGP_STATUS, 4, FIELD_HEX, .mask = 0x7 },
};

static const struct field agp_control[] = {
	{ "command", PCI_AGP_COMMAND, 4, FIELD_BITS, FIELD_NAMES(agp_command_bits) },
	{ "requests", PCI_AGP_COMMAND, 4, FIELD_COUNT, .mask = PCI_AGP_COMMAND_RQ_MASK },
	{ "rates", PCI_AGP_COMMAND, 4, FIELD_HEX, .mask = 0x7 },
};

static const struct section agp_sections[] = { { SECTION_FIELDS(agp) },
					       { SECTION_FIELDS(agp_control) } };

static const struct field slot_id[] = {
	{ "slots", PCI_SID_ESR, 1, FIELD_NUMBER, .mask = PCI_SID_ESR_NSLOTS },
	{ "first_in_chassis", PCI_SID_ESR, 1, FIELD_YES, .mask = PCI_SID_ESR_FIC },
	{ "chassis", PCI_SID_CHASSIS_NR, 1, .form = FIELD_NUMBER },
};

static const struct section slot_id_sections[] = { { SECTION_FIELDS(slot_id) } };

static const struct field debug_port[] = {
	{ "region", PCI_CAP_FLAGS, 2, FIELD_NUMBER, .mask = 0xe000 },
	{ "offset", PCI_CAP_FLAGS, 2, FIELD_HEX, .mask = 0x1fff },
};

static const struct section debug_port_sections[] = { { SECTION_FIELDS(debug_port) } };

static const struct field subsystem[] = {
	{ "subvendor_id", PCI_SSVID_VENDOR, 2, .form = FIELD_HEX },
	{ "subdevice_id", PCI_SSVID_DEVICE, 2, .form = FIELD_HEX },
};

static const struct section subsystem_sections[] = { { SECTION_FIELDS(subsystem) } };

/* Serial ATA AHCI 1.3.1, 2.4 */
static const char *const sata_places[] = { [4] = "BAR 0",
					   [5] = "BAR 1",
					   [6] = "BAR 2",
					   [7] = "BAR 3",
					   [8] = "BAR 4",
					   [9] = "BAR 5",
					   [15] = "configuration space" };

static const struct field sata[] = {
	{ "major", PCI_CAP_FLAGS, 2, FIELD_NUMBER, .mask = 0xf0 },
	{ "minor", PCI_CAP_FLAGS, 2, FIELD_NUMBER, .mask = 0x0f },
	{ "place", PCI_SATA_HBA_BARS, 4, FIELD_NAME, .mask = 0xf, FIELD_NAMES(sata_places) },
	{ "offset", PCI_SATA_HBA_BARS, 4, FIELD_NUMBER, .mask = 0xfffff0, .unit = 4 },
};

static const struct section sata_sections[] = { { SECTION_FIELDS(sata) } };

static const struct field af[] = {
	{ "function_reset", PCI_AF_CAP, 1, FIELD_YES, .mask = PCI_AF_CAP_FLR },
	{ "transactions_reported", PCI_AF_CAP, 1, FIELD_YES, .mask = PCI_AF_CAP_TP },
	{ "transactions_pending", PCI_AF_STATUS, 1, FIELD_YES, .mask = PCI_AF_STATUS_TP },
};

static const struct section af_sections[] = { { SECTION_FIELDS(af) } };

static const struct decoder decoders[] = {
	{ PCI_CAP_ID_PM, .extended = false, DECODER_SECTIONS(pm_sections) },
	{ PCI_CAP_ID_AGP, .extended = false, DECODER_SECTIONS(agp_sections) },
	{ PCI_CAP_ID_AGP3, .extended = false, DECODER_SECTIONS(agp_sections) },
	{ PCI_CAP_ID_SLOTID, .extended = false, DECODER_SECTIONS(slot_id_sections) },
	{ PCI_CAP_ID_DBG, .extended = false, DECODER_SECTIONS(debug_port_sections) },
	{ PCI_CAP_ID_SSVID, .extended = false, DECODER_SECTIONS(subsystem_sections) },
	{ PCI_CAP_ID_SATA, .extended = false, DECODER_SECTIONS(sata_sections) },
	{ PCI_CAP_ID_AF, .extended = false, DECODER_SECTIONS(af_sections) },
};

DECODER_GROUP(basic_group, decoders);
