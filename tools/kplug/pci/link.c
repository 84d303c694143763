// SPDX-License-Identifier: MIT
/* Extended capabilities of links: latency, power states, time, equalization, channels. */
#include <stdio.h>

#include <pci/header.h>

#include "capability.h"

/* PCIe 4.0, 7.8.2.2: ten bits, and a scale of powers of 32, of which there are six */
static void show_latency(struct sheet *sheet, const char *name, uint32_t value)
{
	uint64_t latency = value & PCI_LTR_VALUE_MASK;
	unsigned int scale = value >> PCI_LTR_SCALE_SHIFT & PCI_LTR_SCALE_MASK;

	if (scale > 5)
		sheet_text(sheet, name, "reserved");
	else
		sheet_number(sheet, name, latency << 5 * scale);
}

static void show_latencies(const struct capability *cap, struct sheet *sheet)
{
	show_latency(sheet, "snoop_ns", capability_get(cap, PCI_LTR_MAX_SNOOP, 2));
	show_latency(sheet, "no_snoop_ns", capability_get(cap, PCI_LTR_MAX_NOSNOOP, 2));
}

static const struct section ltr_sections[] = { { .more = show_latencies } };

static const char *const substates[] = { "pm-l1.2", "pm-l1.1", "aspm-l1.2", "aspm-l1.1",
					 "substates" };

static const struct field l1[] = {
	{ "offers", PCI_L1PM_SUBSTAT_CAP, 4, FIELD_BITS, FIELD_NAMES(substates) },
	{ "control", PCI_L1PM_SUBSTAT_CTL1, 4, FIELD_BITS, FIELD_NAMES(substates) },
};

static const struct field l1_times[] = {
	{ "restore_time_us", PCI_L1PM_SUBSTAT_CAP, 4, FIELD_NUMBER, .mask = 0xff00 },
	{ "common_mode_us", PCI_L1PM_SUBSTAT_CTL1, 4, FIELD_NUMBER, .mask = 0xff00 },
};

/* PCIe 4.0, 7.8.3.2 to 7.8.3.4: a value, and its scale of 2, 10 or 100 us */
static uint32_t power_on_time(uint32_t value, uint32_t scale)
{
	static const uint32_t scales[] = { 2, 10, 100, 0 };

	return value * scales[scale];
}

static void show_l1_times(const struct capability *cap, struct sheet *sheet)
{
	uint32_t offers = capability_get(cap, PCI_L1PM_SUBSTAT_CAP, 4);
	uint32_t first = capability_get(cap, PCI_L1PM_SUBSTAT_CTL1, 4);
	uint32_t second = capability_get(cap, PCI_L1PM_SUBSTAT_CTL2, 4);

	sheet_number(sheet, "power_on_offered_us",
		     power_on_time(offers >> 19 & 0x1f, offers >> 16 & 3));
	sheet_number(sheet, "power_on_us", power_on_time(second >> 3 & 0x1f, second & 3));
	show_latency(sheet, "threshold_ns", (first >> 16 & 0x3ff) | (first >> 29) << 10);
}

static const struct section l1_sections[] = {
	{ SECTION_FIELDS(l1) },
	{ SECTION_FIELDS(l1_times), .more = show_l1_times },
};

static const char *const ptm_offers[] = { "requester", "responder", "root" };
static const char *const ptm_control[] = { "enabled", "root-selected" };

/* PCIe 4.0, 7.9.16 */
static const struct field ptm[] = {
	{ "offers", 4, 4, FIELD_BITS, FIELD_NAMES(ptm_offers) },
	{ "control", 8, 4, FIELD_BITS, FIELD_NAMES(ptm_control) },
	{ "local_granularity_ns", 4, 4, FIELD_NUMBER, .mask = 0xff00 },
	{ "granularity_ns", 8, 4, FIELD_NUMBER, .mask = 0xff00 },
};

static const struct section ptm_sections[] = { { SECTION_FIELDS(ptm) } };

static const char *const secondary_control[] = { "equalize", "equalization-irq" };

static const struct field secondary[] = {
	{ "control", PCI_SEC_LNKCTL3, 4, FIELD_BITS, FIELD_NAMES(secondary_control) },
	{ "lane_errors", PCI_SEC_LANE_ERR, 4, .form = FIELD_HEX },
};

static const struct section secondary_sections[] = { { SECTION_FIELDS(secondary) } };

static const char *const equalization[] = { "complete", "phase-1", "phase-2", "phase-3",
					    "request" };

/* PCIe 4.0, 7.7.5, and 5.0, 7.7.6 */
static const struct field speed16[] = {
	{ "equalization", 0xc, 4, FIELD_BITS, FIELD_NAMES(equalization) },
	{ "parity_mismatch", 0x10, 4, .form = FIELD_HEX },
};

static const struct section speed16_sections[] = { { SECTION_FIELDS(speed16) } };

static const struct field speed32[] = {
	{ "offers", 4, 4, .form = FIELD_HEX },
	{ "control", 8, 4, .form = FIELD_HEX },
	{ "equalization", 0xc, 4, FIELD_BITS, FIELD_NAMES(equalization) },
};

static const struct section speed32_sections[] = { { SECTION_FIELDS(speed32) } };

/* PCIe 4.0, 7.7.4 */
static const char *const feature_offers[] = { [0] = "scaled-flow-control", [31] = "exchange" };
static const char *const feature_status[] = { [0] = "scaled-flow-control", [31] = "valid" };

static const struct field feature[] = {
	{ "offers", 4, 4, FIELD_BITS, FIELD_NAMES(feature_offers) },
	{ "partner", 8, 4, FIELD_BITS, FIELD_NAMES(feature_status) },
};

static const struct section feature_sections[] = { { SECTION_FIELDS(feature) } };

/* PCIe 4.0, 7.7.7 */
static const char *const margining_status[] = { "ready", "software-ready" };

static const struct field margining[] = {
	{ "uses_driver", 4, 2, FIELD_YES, .mask = 1 },
	{ "status", 6, 2, FIELD_BITS, FIELD_NAMES(margining_status) },
};

static const struct section margining_sections[] = { { SECTION_FIELDS(margining) } };

static const char *const arbitrations[] = { "fixed", "wrr-32", "wrr-64", "wrr-128" };

static const struct field channel[] = {
	{ "extra_channels", PCI_VC_PORT_REG1, 4, FIELD_NUMBER, .mask = 0x7 },
	{ "low_priority", PCI_VC_PORT_REG1, 4, FIELD_NUMBER, .mask = 0x70 },
	{ "arbitrations", PCI_VC_PORT_REG2, 4, FIELD_BITS, FIELD_NAMES(arbitrations) },
	{ "loading", PCI_VC_PORT_STATUS, 2, FIELD_YES, .mask = 0x1 },
	{ "arbitration", PCI_VC_PORT_CTRL, 2, FIELD_NAME, .mask = 0xe, FIELD_NAMES(arbitrations) },
};

/* Of each channel, from its own registers on. */
static const struct field one_channel[] = {
	{ "enabled", PCI_VC_RES_CTRL, 4, FIELD_YES, .mask = 0x80000000 },
	{ "id", PCI_VC_RES_CTRL, 4, FIELD_NUMBER, .mask = 0x7000000 },
	{ "traffic_classes", PCI_VC_RES_CTRL, 4, FIELD_HEX, .mask = 0xff },
	{ "negotiating", PCI_VC_RES_STATUS, 2, FIELD_YES, .mask = 0x2 },
	{ "time_slots", PCI_VC_RES_CAP, 4, FIELD_COUNT, .mask = 0x7f0000 },
	{ "rejects_snoop", PCI_VC_RES_CAP, 4, FIELD_YES, .mask = 0x8000 },
};

#define CHANNEL_BYTES 12

static void show_channels(const struct capability *cap, struct sheet *sheet)
{
	unsigned int i, count = (capability_get(cap, PCI_VC_PORT_REG1, 4) & 7) + 1;
	char title[32];

	for (i = 0; i < count; i++) {
		snprintf(title, sizeof(title), "channel_%u", i);
		sheet_line(sheet, title);
		FIELDS_SHOW(cap->space, cap->offset + CHANNEL_BYTES * i, one_channel, sheet);
	}
}

static const struct section channel_sections[] = {
	{ SECTION_FIELDS(channel), .more = show_channels },
};

/* PCIe 4.0, 7.9.8 */
static const char *const element_types[] = { "configuration", "egress", "internal" };

static const struct field element[] = {
	{ "port", PCI_RCLINK_ESD, 4, FIELD_NUMBER, .mask = 0xff000000 },
	{ "component", PCI_RCLINK_ESD, 4, FIELD_NUMBER, .mask = 0xff0000 },
	{ "type", PCI_RCLINK_ESD, 4, FIELD_NAME, .mask = 0xf, FIELD_NAMES(element_types) },
	{ "links", PCI_RCLINK_ESD, 4, FIELD_NUMBER, .mask = 0xff00 },
};

static const char *const element_link_types[] = { "memory", "configuration" };

static const struct field element_link[] = {
	{ "valid", PCI_RCLINK_LINK_DESC, 4, FIELD_YES, .mask = 0x1 },
	{ "port", PCI_RCLINK_LINK_DESC, 4, FIELD_NUMBER, .mask = 0xff000000 },
	{ "component", PCI_RCLINK_LINK_DESC, 4, FIELD_NUMBER, .mask = 0xff0000 },
	{ "associated", PCI_RCLINK_LINK_DESC, 4, FIELD_YES, .mask = 0x4 },
	{ "type", PCI_RCLINK_LINK_DESC, 4, FIELD_NAME, .mask = 0x2,
	  FIELD_NAMES(element_link_types) },
	{ "address", PCI_RCLINK_LINK_ADDR, 4, .form = FIELD_ADDRESS64 },
};

static void show_element_links(const struct capability *cap, struct sheet *sheet)
{
	unsigned int i, count = capability_get(cap, PCI_RCLINK_ESD, 4) >> 8 & 0xff;
	unsigned int at = cap->offset + PCI_RCLINK_LINK1;
	char title[32];

	for (i = 0; i < count && pci_space_has(cap->space, at, PCI_RCLINK_LINK_SIZE); i++) {
		snprintf(title, sizeof(title), "link_%u", i);
		sheet_line(sheet, title);
		FIELDS_SHOW(cap->space, at, element_link, sheet);
		at += PCI_RCLINK_LINK_SIZE;
	}
}

static const struct section element_sections[] = {
	{ SECTION_FIELDS(element), .more = show_element_links },
};

/* PCIe 6.0, 7.9.24 */
static const char *const
	doe_status[] = { [0] = "busy", [1] = "interrupt", [2] = "error", [31] = "object-ready" };

static const struct field doe[] = {
	{ "interrupts", PCI_DOE_CAP, 4, FIELD_YES, .mask = PCI_DOE_CAP_INT_SUPP },
	{ "message", PCI_DOE_CAP, 4, FIELD_NUMBER, .mask = 0xffe },
	{ "interrupt_enabled", PCI_DOE_CTL, 4, FIELD_YES, .mask = PCI_DOE_CTL_INT },
	{ "status", PCI_DOE_STS, 4, FIELD_BITS, FIELD_NAMES(doe_status) },
};

static const struct section doe_sections[] = { { SECTION_FIELDS(doe) } };

static const struct decoder decoders[] = {
	{ PCI_EXT_CAP_ID_LTR, .extended = true, DECODER_SECTIONS(ltr_sections) },
	{ PCI_EXT_CAP_ID_L1PM, .extended = true, DECODER_SECTIONS(l1_sections) },
	{ PCI_EXT_CAP_ID_PTM, .extended = true, DECODER_SECTIONS(ptm_sections) },
	{ PCI_EXT_CAP_ID_SECPCI, .extended = true, DECODER_SECTIONS(secondary_sections) },
	{ PCI_EXT_CAP_ID_16GT, .extended = true, DECODER_SECTIONS(speed16_sections) },
	{ 0x2a, .extended = true, DECODER_SECTIONS(speed32_sections) },
	{ PCI_EXT_CAP_ID_DLNK, .extended = true, DECODER_SECTIONS(feature_sections) },
	{ PCI_EXT_CAP_ID_LMR, .extended = true, DECODER_SECTIONS(margining_sections) },
	{ PCI_EXT_CAP_ID_VC, .extended = true, DECODER_SECTIONS(channel_sections) },
	{ PCI_EXT_CAP_ID_VC2, .extended = true, DECODER_SECTIONS(channel_sections) },
	{ PCI_EXT_CAP_ID_RCLINK, .extended = true, DECODER_SECTIONS(element_sections) },
	{ PCI_EXT_CAP_ID_DOE, .extended = true, DECODER_SECTIONS(doe_sections) },
};

DECODER_GROUP(link_group, decoders);
