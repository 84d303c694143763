// SPDX-License-Identifier: MIT
/* How functions share a device: virtual functions, isolation, address translation. */
#include <pci/header.h>

#include "bar.h"
#include "capability.h"

static const struct field sriov[] = {
	{ "enabled", PCI_IOV_CTRL, 2, FIELD_YES, .mask = PCI_IOV_CTRL_VFE },
	{ "functions", PCI_IOV_NUMVF, 2, .form = FIELD_NUMBER },
	{ "functions_offered", PCI_IOV_TOTALVF, 2, .form = FIELD_NUMBER },
	{ "first_offset", PCI_IOV_OFFSET, 2, .form = FIELD_NUMBER },
	{ "stride", PCI_IOV_STRIDE, 2, .form = FIELD_NUMBER },
	{ "device_id", PCI_IOV_DID, 2, .form = FIELD_HEX },
};

static const char *const sriov_offers[] = { "migration", "ari-hierarchy", "10-bit-tags" };
static const char *const sriov_control[] = { "enabled", "migration",     "migration-irq",
					     "memory",  "ari-hierarchy", "10-bit-tags" };

static const struct field sriov_more[] = {
	{ "offers", PCI_IOV_CAP, 4, FIELD_BITS, FIELD_NAMES(sriov_offers) },
	{ "control", PCI_IOV_CTRL, 2, FIELD_BITS, FIELD_NAMES(sriov_control) },
	{ "migrated", PCI_IOV_STATUS, 2, FIELD_YES, .mask = PCI_IOV_STATUS_MS },
	{ "functions_initially", PCI_IOV_INITIALVF, 2, .form = FIELD_NUMBER },
	{ "dependency", PCI_IOV_FDL, 1, .form = FIELD_HEX },
	{ "page_sizes_offered", PCI_IOV_SUPPS, 4, .form = FIELD_HEX },
	{ "page_size", PCI_IOV_SYSPS, 4, .form = FIELD_HEX },
};

static void show_bars(const struct capability *cap, struct sheet *sheet)
{
	bool memory = capability_get(cap, PCI_IOV_CTRL, 2) & PCI_IOV_CTRL_MSE;

	bars_show(cap->space, cap->offset + PCI_IOV_BAR_BASE, PCI_IOV_NUM_BAR,
		  memory ? PCI_COMMAND_MEMORY : 0, sheet);
}

static const struct section sriov_sections[] = {
	{ SECTION_FIELDS(sriov) },
	{ SECTION_FIELDS(sriov_more) },
	{ .more = show_bars },
};

static const char *const acs_bits[] = { "source-validation",   "translation-blocking",
					"request-redirect",    "completion-redirect",
					"upstream-forwarding", "egress-control",
					"direct-translated" };

static const struct field acs[] = {
	{ "offered", PCI_ACS_CAP, 2, FIELD_BITS, FIELD_NAMES(acs_bits) },
	{ "egress_bits", PCI_ACS_CAP, 2, FIELD_NUMBER, .mask = 0xff00 },
};

static const struct field acs_control[] = {
	{ "control", PCI_ACS_CTRL, 2, FIELD_BITS, FIELD_NAMES(acs_bits) },
};

static const struct section acs_sections[] = { { SECTION_FIELDS(acs) },
					       { SECTION_FIELDS(acs_control) } };

static const char *const ari_bits[] = { "mfvc-groups", "acs-groups" };

static const struct field ari[] = {
	{ "next_function", PCI_ARI_CAP, 2, FIELD_NUMBER, .mask = 0xff00 },
	{ "offers", PCI_ARI_CAP, 2, FIELD_BITS, FIELD_NAMES(ari_bits) },
	{ "control", PCI_ARI_CTRL, 2, FIELD_BITS, FIELD_NAMES(ari_bits) },
	{ "group", PCI_ARI_CTRL, 2, FIELD_NUMBER, .mask = 0x70 },
};

static const struct section ari_sections[] = { { SECTION_FIELDS(ari) } };

static const struct field ats[] = {
	{ "enabled", PCI_ATS_CTRL, 2, FIELD_YES, .mask = PCI_ATS_CTRL_ENABLE },
	{ "queue_depth", PCI_ATS_CAP, 2, FIELD_NUMBER, .mask = 0x1f },
	{ "page_aligned", PCI_ATS_CAP, 2, FIELD_YES, .mask = 0x20 },
	{ "smallest_unit", PCI_ATS_CTRL, 2, FIELD_POWER, .mask = 0x1f, .unit = 4096 },
};

static const struct section ats_sections[] = { { SECTION_FIELDS(ats) } };

static const char *const pri_status
	[] = { [0] = "failed", [1] = "unexpected-group", [8] = "stopped", [15] = "prefix-required" };

static const struct field pri[] = {
	{ "enabled", PCI_PRI_CTRL, 2, FIELD_YES, .mask = PCI_PRI_CTRL_ENABLE },
	{ "reset", PCI_PRI_CTRL, 2, FIELD_YES, .mask = PCI_PRI_CTRL_RESET },
	{ "status", PCI_PRI_STATUS, 2, FIELD_BITS, FIELD_NAMES(pri_status) },
	{ "requests_offered", PCI_PRI_MAX_REQ, 4, .form = FIELD_HEX },
	{ "requests", PCI_PRI_ALLOC_REQ, 4, .form = FIELD_HEX },
};

static const struct section pri_sections[] = { { SECTION_FIELDS(pri) } };

static const char *const pasid_offers[] = { [1] = "execute", [2] = "privileged" };
static const char *const pasid_control[] = { "enabled", "execute", "privileged" };

static const struct field pasid[] = {
	{ "enabled", PCI_PASID_CTRL, 2, FIELD_YES, .mask = PCI_PASID_CTRL_ENABLE },
	{ "width", PCI_PASID_CAP, 2, FIELD_NUMBER, .mask = 0x1f00 },
	{ "offers", PCI_PASID_CAP, 2, FIELD_BITS, FIELD_NAMES(pasid_offers) },
	{ "control", PCI_PASID_CTRL, 2, FIELD_BITS, FIELD_NAMES(pasid_control) },
};

static const struct section pasid_sections[] = { { SECTION_FIELDS(pasid) } };

static const char
	*const tph_modes[] = { [0] = "no-table", [1] = "vector", [2] = "device", [8] = "extended" };
static const char *const tph_places[] = { "none", "capability", "MSI-X table" };

static const struct field tph[] = {
	{ "modes", PCI_TPH_CAPABILITIES, 4, FIELD_BITS, FIELD_NAMES(tph_modes) },
	{ "table", PCI_TPH_CAPABILITIES, 4, FIELD_NAME, .mask = PCI_TPH_ST_LOC_MASK,
	  FIELD_NAMES(tph_places) },
	{ "entries", PCI_TPH_CAPABILITIES, 4, FIELD_COUNT, .mask = 0x7ff0000 },
};

static const struct section tph_sections[] = { { SECTION_FIELDS(tph) } };

static const struct field multicast[] = {
	{ "enabled", PCI_MCAST_CTRL, 2, FIELD_YES, .mask = PCI_MCAST_CTRL_ENABLE },
	{ "groups_offered", PCI_MCAST_CAP, 2, FIELD_COUNT, .mask = 0x3f },
	{ "groups", PCI_MCAST_CTRL, 2, FIELD_COUNT, .mask = 0x3f },
	{ "index_bit", PCI_MCAST_BAR, 4, FIELD_NUMBER, .mask = 0x3f },
	{ "address", PCI_MCAST_BAR, 4, FIELD_ADDRESS64, .mask = 0xfffff000 },
};

static const struct section multicast_sections[] = { { SECTION_FIELDS(multicast) } };

static const struct field collector[] = {
	{ "endpoints", PCI_RCEC_RCIEP_BMAP, 4, .form = FIELD_HEX },
};

static const struct section collector_sections[] = { { SECTION_FIELDS(collector) } };

static const struct field serial_number[] = {
	{ "upper", 8, 4, .form = FIELD_HEX },
	{ "lower", 4, 4, .form = FIELD_HEX },
};

static const struct section serial_number_sections[] = { { SECTION_FIELDS(serial_number) } };

static const struct decoder decoders[] = {
	{ PCI_EXT_CAP_ID_SRIOV, .extended = true, DECODER_SECTIONS(sriov_sections) },
	{ PCI_EXT_CAP_ID_ACS, .extended = true, DECODER_SECTIONS(acs_sections) },
	{ PCI_EXT_CAP_ID_ARI, .extended = true, DECODER_SECTIONS(ari_sections) },
	{ PCI_EXT_CAP_ID_ATS, .extended = true, DECODER_SECTIONS(ats_sections) },
	{ PCI_EXT_CAP_ID_PRI, .extended = true, DECODER_SECTIONS(pri_sections) },
	{ PCI_EXT_CAP_ID_PASID, .extended = true, DECODER_SECTIONS(pasid_sections) },
	{ PCI_EXT_CAP_ID_TPH, .extended = true, DECODER_SECTIONS(tph_sections) },
	{ PCI_EXT_CAP_ID_MCAST, .extended = true, DECODER_SECTIONS(multicast_sections) },
	{ PCI_EXT_CAP_ID_RCEC, .extended = true, DECODER_SECTIONS(collector_sections) },
	{ PCI_EXT_CAP_ID_DSN, .extended = true, DECODER_SECTIONS(serial_number_sections) },
};

DECODER_GROUP(sharing_group, decoders);
