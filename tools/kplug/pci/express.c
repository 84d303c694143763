// SPDX-License-Identifier: MIT
/* The capability of PCI Express: device, link, slot, root. */
#include <stdio.h>

#include <pci/header.h>

#include "capability.h"

static unsigned int port_type(const struct capability *cap)
{
	return (capability_get(cap, PCI_EXP_FLAGS, 2) & PCI_EXP_FLAGS_TYPE) >> 4;
}

static bool has_link(const struct capability *cap)
{
	return port_type(cap) != PCI_EXP_TYPE_ROOT_INT_EP && port_type(cap) != PCI_EXP_TYPE_ROOT_EC;
}

static bool is_endpoint(const struct capability *cap)
{
	return port_type(cap) <= PCI_EXP_TYPE_LEG_END || port_type(cap) == PCI_EXP_TYPE_ROOT_INT_EP;
}

/* The bit means nothing for a device without a link below. */
static bool has_slot(const struct capability *cap)
{
	unsigned int type = port_type(cap);

	return (type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_DOWNSTREAM) &&
	       capability_get(cap, PCI_EXP_FLAGS, 2) & PCI_EXP_FLAGS_SLOT;
}

static bool is_root(const struct capability *cap)
{
	return port_type(cap) == PCI_EXP_TYPE_ROOT_PORT || port_type(cap) == PCI_EXP_TYPE_ROOT_EC;
}

/* Ports that face downstream set the limit in the slot; these got it by a message. */
static bool has_limit(const struct capability *cap)
{
	unsigned int type = port_type(cap);

	return type <= PCI_EXP_TYPE_LEG_END || type == PCI_EXP_TYPE_UPSTREAM ||
	       type == PCI_EXP_TYPE_PCI_BRIDGE;
}

static bool has_second(const struct capability *cap)
{
	return (capability_get(cap, PCI_EXP_FLAGS, 2) & PCI_EXP_FLAGS_VERS) >= 2;
}

static bool has_second_link(const struct capability *cap)
{
	return has_link(cap) && has_second(cap);
}

/* PCIe 4.0, 7.5.3.2 */
static const char *const port_types[] = {
	[0] = "endpoint",        [1] = "legacy endpoint",     [4] = "root port",
	[5] = "upstream port",   [6] = "downstream port",     [7] = "bridge to PCI",
	[8] = "bridge from PCI", [9] = "integrated endpoint", [10] = "event collector",
};

static const char *const speeds[] = { "none",    "2.5 GT/s", "5 GT/s", "8 GT/s",
				      "16 GT/s", "32 GT/s",  "64 GT/s" };

/* A port of 2.5 GT/s may leave its target at 0. */
static const char *const targets[] = { "2.5 GT/s", "2.5 GT/s", "5 GT/s", "8 GT/s",
				       "16 GT/s",  "32 GT/s",  "64 GT/s" };

static const struct field summary[] = {
	{ "version", PCI_EXP_FLAGS, 2, FIELD_NUMBER, .mask = PCI_EXP_FLAGS_VERS },
	{ "type", PCI_EXP_FLAGS, 2, FIELD_NAME, .mask = PCI_EXP_FLAGS_TYPE,
	  FIELD_NAMES(port_types) },
	{ "function_reset", PCI_EXP_DEVCAP, 4, FIELD_YES, .mask = PCI_EXP_DEVCAP_FLRESET },
	{ "payload_offered", PCI_EXP_DEVCAP, 4, FIELD_POWER, .mask = PCI_EXP_DEVCAP_PAYLOAD,
	  .unit = 128 },
	{ "payload", PCI_EXP_DEVCTL, 2, FIELD_POWER, .mask = PCI_EXP_DEVCTL_PAYLOAD, .unit = 128 },
	{ "read_request", PCI_EXP_DEVCTL, 2, FIELD_POWER, .mask = PCI_EXP_DEVCTL_READRQ,
	  .unit = 128 },
};

static const char *const device_offers[] = {
	[5] = "extended-tags",    [12] = "attention-button",  [13] = "attention-indicator",
	[14] = "power-indicator", [15] = "role-based-errors", [16] = "error-subclass",
	[28] = "function-reset",
};

static const char *const device_control[] = {
	"report-correctable", "report-nonfatal",       "report-fatal",      "report-unsupported",
	"relaxed-ordering",   [8] = "extended-tags",   "phantom-functions", "aux-power",
	"no-snoop",           [15] = "retry-or-reset",
};

static const char *const device_status[] = { "correctable-error", "nonfatal-error",
					     "fatal-error",       "unsupported-request",
					     "aux-power",         "transactions-pending",
					     "reduced-power" };

static const struct field device[] = {
	{ "offers", PCI_EXP_DEVCAP, 4, FIELD_BITS, FIELD_NAMES(device_offers) },
	{ "control", PCI_EXP_DEVCTL, 2, FIELD_BITS, FIELD_NAMES(device_control) },
	{ "status", PCI_EXP_DEVSTA, 2, FIELD_BITS, FIELD_NAMES(device_status) },
	{ "message", PCI_EXP_FLAGS, 2, FIELD_NUMBER, .mask = PCI_EXP_FLAGS_IRQ },
	{ "phantom_bits", PCI_EXP_DEVCAP, 4, FIELD_NUMBER, .mask = PCI_EXP_DEVCAP_PHANTOM },
};

static const char *const l0s_latencies[] = { "<64ns", "<128ns", "<256ns", "<512ns",
					     "<1us",  "<2us",   "<4us",   "unlimited" };
static const char *const l1_latencies[] = { "<1us",  "<2us",  "<4us",  "<8us",
					    "<16us", "<32us", "<64us", "unlimited" };

static const struct field latencies[] = {
	{ "l0s_accepted", PCI_EXP_DEVCAP, 4, FIELD_NAME, .mask = PCI_EXP_DEVCAP_L0S,
	  FIELD_NAMES(l0s_latencies) },
	{ "l1_accepted", PCI_EXP_DEVCAP, 4, FIELD_NAME, .mask = PCI_EXP_DEVCAP_L1,
	  FIELD_NAMES(l1_latencies) },
};

/*
 * PCIe 6.0, 7.5.3.9: the scale is 1 W, 0.1 W, 0.01 W or 0.001 W. In watts, values from 0xf0 on are
 * steps of 25 W, and the last one is reserved.
 */
static void show_limit(struct sheet *sheet, uint32_t value, uint32_t scale)
{
	static const uint32_t milliwatts[] = { 1000, 100, 10, 1 };

	if (!scale && value == 0xff)
		sheet_text(sheet, "power_limit_mw", "reserved");
	else if (!scale && value >= 0xf0)
		sheet_number(sheet, "power_limit_mw", 250000 + (value - 0xf0) * 25000);
	else
		sheet_number(sheet, "power_limit_mw", value * milliwatts[scale]);
}

static void show_device(const struct capability *cap, struct sheet *sheet)
{
	uint32_t offers = capability_get(cap, PCI_EXP_DEVCAP, 4);

	if (is_endpoint(cap))
		FIELDS_SHOW(cap->space, cap->offset, latencies, sheet);
	if (has_limit(cap))
		show_limit(sheet, (offers & PCI_EXP_DEVCAP_PWR_VAL) >> 18,
			   (offers & PCI_EXP_DEVCAP_PWR_SCL) >> 26);
}

/* Their names are those of the first versions of this command. */
static const struct field link_summary[] = {
	{ "speed_offered", PCI_EXP_LNKCAP, 4, FIELD_NAME, .mask = PCI_EXP_LNKCAP_SPEED,
	  FIELD_NAMES(speeds) },
	{ "speed", PCI_EXP_LNKSTA, 2, FIELD_NAME, .mask = PCI_EXP_LNKSTA_SPEED,
	  FIELD_NAMES(speeds) },
	{ "lanes_offered", PCI_EXP_LNKCAP, 4, FIELD_NUMBER, .mask = PCI_EXP_LNKCAP_WIDTH },
	{ "lanes", PCI_EXP_LNKSTA, 2, FIELD_NUMBER, .mask = PCI_EXP_LNKSTA_WIDTH },
};

static const char *const aspm_states[] = { "none", "L0s", "L1", "L0s L1" };

static const char *const link_offers[] = {
	[18] = "clock-power",      [19] = "surprise-down",    [20] = "active-reporting",
	[21] = "bandwidth-notice", [22] = "aspm-optionality",
};

static const char *const link_control[] = {
	[3] = "rcb-128",       [4] = "disabled",       [5] = "retrain",
	[6] = "common-clock",  [7] = "extended-synch", [8] = "clock-power",
	[9] = "no-auto-width", [10] = "bandwidth-irq", [11] = "auto-bandwidth-irq",
};

static const char *const link_status[] = {
	[10] = "training-error", [11] = "training",          [12] = "slot-clock",
	[13] = "active",         [14] = "bandwidth-changed", [15] = "auto-bandwidth-changed",
};

static const struct field link[] = {
	{ "port", PCI_EXP_LNKCAP, 4, FIELD_NUMBER, .mask = PCI_EXP_LNKCAP_PORT },
	{ "aspm_offered", PCI_EXP_LNKCAP, 4, FIELD_NAME, .mask = PCI_EXP_LNKCAP_ASPM,
	  FIELD_NAMES(aspm_states) },
	{ "aspm", PCI_EXP_LNKCTL, 2, FIELD_NAME, .mask = PCI_EXP_LNKCTL_ASPM,
	  FIELD_NAMES(aspm_states) },
	{ "l0s_exit", PCI_EXP_LNKCAP, 4, FIELD_NAME, .mask = PCI_EXP_LNKCAP_L0S,
	  FIELD_NAMES(l0s_latencies) },
	{ "l1_exit", PCI_EXP_LNKCAP, 4, FIELD_NAME, .mask = PCI_EXP_LNKCAP_L1,
	  FIELD_NAMES(l1_latencies) },
	{ "offers", PCI_EXP_LNKCAP, 4, FIELD_BITS, FIELD_NAMES(link_offers) },
	{ "control", PCI_EXP_LNKCTL, 2, FIELD_BITS, FIELD_NAMES(link_control) },
	{ "status", PCI_EXP_LNKSTA, 2, FIELD_BITS, FIELD_NAMES(link_status) },
};

static const char *const slot_offers[] = {
	"attention-button",
	"power-controller",
	"latch-sensor",
	"attention-indicator",
	"power-indicator",
	"surprise",
	"hot-plug",
	[17] = "interlock",
	[18] = "no-command-completed",
};

static const char *const slot_control[] = {
	"attention-button-irq", "power-fault-irq",  "latch-irq",
	"presence-irq",         "command-irq",      "hot-plug-irq",
	[10] = "power-off",     [11] = "interlock", [12] = "link-irq",
};

static const char *const slot_status[] = { "attention-button", "power-fault",  "latch-changed",
					   "presence-changed", "command-done", "latch-open",
					   "present",          "interlocked",  "link-changed" };

static const char *const indicators[] = { "unknown", "on", "blink", "off" };

static const struct field slot[] = {
	{ "number", PCI_EXP_SLTCAP, 4, FIELD_NUMBER, .mask = PCI_EXP_SLTCAP_PSN },
	{ "offers", PCI_EXP_SLTCAP, 4, FIELD_BITS, FIELD_NAMES(slot_offers) },
	{ "control", PCI_EXP_SLTCTL, 2, FIELD_BITS, FIELD_NAMES(slot_control) },
	{ "status", PCI_EXP_SLTSTA, 2, FIELD_BITS, FIELD_NAMES(slot_status) },
	{ "attention_indicator", PCI_EXP_SLTCTL, 2, FIELD_NAME, .mask = PCI_EXP_SLTCTL_ATNI,
	  FIELD_NAMES(indicators) },
	{ "power_indicator", PCI_EXP_SLTCTL, 2, FIELD_NAME, .mask = PCI_EXP_SLTCTL_PWRI,
	  FIELD_NAMES(indicators) },
};

static void show_slot(const struct capability *cap, struct sheet *sheet)
{
	uint32_t offers = capability_get(cap, PCI_EXP_SLTCAP, 4);

	show_limit(sheet, (offers & PCI_EXP_SLTCAP_PWR_VAL) >> 7,
		   (offers & PCI_EXP_SLTCAP_PWR_SCL) >> 15);
}

static const char *const root_control[] = { "system-error-correctable", "system-error-nonfatal",
					    "system-error-fatal", "pme-irq", "retry-visible" };
static const char *const root_offers[] = { "retry-visible" };
static const char *const root_status[] = { [16] = "pme", [17] = "pme-pending" };

static const struct field root[] = {
	{ "offers", PCI_EXP_RTCAP, 2, FIELD_BITS, FIELD_NAMES(root_offers) },
	{ "control", PCI_EXP_RTCTL, 2, FIELD_BITS, FIELD_NAMES(root_control) },
	{ "status", PCI_EXP_RTSTA, 4, FIELD_BITS, FIELD_NAMES(root_status) },
	{ "pme_requester", PCI_EXP_RTSTA, 4, FIELD_HEX, .mask = PCI_EXP_RTSTA_PME_REQID },
};

/* PCIe 4.0, 7.5.3.15 and 7.5.3.16 */
static const char *const timeout_ranges[] = {
	[0] = "none", [1] = "A",   [2] = "B",    [3] = "AB",
	[6] = "BC",   [7] = "ABC", [14] = "BCD", [15] = "ABCD",
};

static const char *const timeouts[] = {
	[0] = "50us to 50ms", [1] = "50us to 100us", [2] = "1ms to 10ms",
	[5] = "16ms to 55ms", [6] = "65ms to 210ms", [9] = "260ms to 900ms",
	[10] = "1s to 3.5s",  [13] = "4s to 13s",    [14] = "17s to 64s",
};

static const char *const device_offers2[] = {
	[4] = "timeout-disable",
	"ari-forwarding",
	"atomic-routing",
	"atomic-32",
	"atomic-64",
	"cas-128",
	"no-ro-pr-pr",
	"ltr",
	"tph",
	"extended-tph",
	[16] = "10-bit-tag-completer",
	"10-bit-tag-requester",
	"obff-message",
	"obff-wake",
	"extended-fmt",
	"tlp-prefixes",
	[26] = "reduced-power-init",
	[31] = "frs",
};

static const char *const device_control2[] = {
	[4] = "no-timeout",
	"ari-forwarding",
	"atomic-requests",
	"atomic-egress-blocked",
	"ido-requests",
	"ido-completions",
	"ltr",
	"reduced-power",
	"10-bit-tags",
	"obff-message-a",
	"obff-message-b",
	"prefixes-blocked",
};

static const struct field second[] = {
	{ "timeout_ranges", PCI_EXP_DEVCAP2, 4, FIELD_NAME, .mask = 0xf,
	  FIELD_NAMES(timeout_ranges) },
	{ "completion_timeout", PCI_EXP_DEVCTL2, 2, FIELD_NAME, .mask = 0xf,
	  FIELD_NAMES(timeouts) },
	{ "offers", PCI_EXP_DEVCAP2, 4, FIELD_BITS, FIELD_NAMES(device_offers2) },
	{ "control", PCI_EXP_DEVCTL2, 2, FIELD_BITS, FIELD_NAMES(device_control2) },
};

/* Of two bits, 0 means four. */
static void show_prefixes(const struct capability *cap, struct sheet *sheet)
{
	uint32_t offers = capability_get(cap, PCI_EXP_DEVCAP2, 4);
	uint32_t most = PCI_EXP_DEVCAP2_MEE_TLP(offers);

	if (offers & PCI_EXP_DEVCAP2_EE_TLP)
		sheet_number(sheet, "max_prefixes", most ? most : 4);
}

static const char *const link_offers2[] = {
	[1] = "2.5-GT/s", "5-GT/s",          "8-GT/s",         "16-GT/s",      "32-GT/s",
	"64-GT/s",        [8] = "crosslink", [23] = "retimer", "two-retimers", [31] = "drs",
};

static const char *const link_control2[] = {
	[4] = "compliance",           [5] = "no-auto-speed",   [6] = "deemphasis-3.5dB",
	[10] = "modified-compliance", [11] = "compliance-sos",
};

static const char *const link_status2[] = {
	"deemphasis-3.5dB", "equalized",    "phase-1",
	"phase-2",          "phase-3",      "equalization-request",
	"retimer",          "two-retimers", [15] = "drs-received",
};

static const struct field second_link[] = {
	{ "offers", PCI_EXP_LNKCAP2, 4, FIELD_BITS, FIELD_NAMES(link_offers2) },
	{ "target_speed", PCI_EXP_LNKCTL2, 2, FIELD_NAME, .mask = 0xf, FIELD_NAMES(targets) },
	{ "control", PCI_EXP_LNKCTL2, 2, FIELD_BITS, FIELD_NAMES(link_control2) },
	{ "transmit_margin", PCI_EXP_LNKCTL2, 2, FIELD_NUMBER, .mask = 0x380 },
	{ "compliance_preset", PCI_EXP_LNKCTL2, 2, FIELD_NUMBER, .mask = 0xf000 },
	{ "status", PCI_EXP_LNKSTA2, 2, FIELD_BITS, FIELD_NAMES(link_status2) },
};

static const struct section sections[] = {
	{ SECTION_FIELDS(summary) },
	{ .applies = has_link, SECTION_FIELDS(link_summary) },
	{ "device", SECTION_FIELDS(device), .more = show_device },
	{ "link", has_link, SECTION_FIELDS(link) },
	{ "slot", has_slot, SECTION_FIELDS(slot), .more = show_slot },
	{ "root", is_root, SECTION_FIELDS(root) },
	{ "device_2", has_second, SECTION_FIELDS(second), .more = show_prefixes },
	{ "link_2", has_second_link, SECTION_FIELDS(second_link) },
};

static const struct decoder decoders[] = {
	{ PCI_CAP_ID_EXP, .extended = false, DECODER_SECTIONS(sections) },
};

DECODER_GROUP(express_group, decoders);
