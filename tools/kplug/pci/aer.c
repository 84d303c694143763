// SPDX-License-Identifier: MIT
/* Errors: advanced error reporting, and downstream port containment. */
#include <stdio.h>

#include <pci/header.h>

#include "capability.h"

/* PCIe 6.0, 7.8.4 */
static const char *const uncorrectable[] = {
	[0] = "training",
	[4] = "data-link-protocol",
	"surprise-down",
	[12] = "poisoned-tlp",
	"flow-control",
	"completion-timeout",
	"completer-abort",
	"unexpected-completion",
	"receiver-overflow",
	"malformed-tlp",
	"ecrc",
	"unsupported-request",
	"acs-violation",
	"internal",
	"multicast-blocked",
	"atomic-blocked",
	"prefix-blocked",
	"poisoned-blocked",
	"dmwr-blocked",
	"ide-check",
	"misrouted-ide",
	"pcrc-check",
	"translation-blocked",
};

static const char *const correctable[] = {
	[0] = "receiver-error",  [6] = "bad-tlp",     "bad-dllp", "replay-rollover",
	[12] = "replay-timeout", "advisory-nonfatal", "internal", "header-log-overflow",
};

static const struct field status[] = {
	{ "uncorrectable", PCI_ERR_UNCOR_STATUS, 4, FIELD_BITS, FIELD_NAMES(uncorrectable) },
	{ "correctable", PCI_ERR_COR_STATUS, 4, FIELD_BITS, FIELD_NAMES(correctable) },
};

static const struct field severity[] = {
	{ "uncorrectable_severity", PCI_ERR_UNCOR_SEVER, 4, FIELD_BITS,
	  FIELD_NAMES(uncorrectable) },
};

static const struct field masks[] = {
	{ "uncorrectable_mask", PCI_ERR_UNCOR_MASK, 4, FIELD_BITS, FIELD_NAMES(uncorrectable) },
	{ "correctable_mask", PCI_ERR_COR_MASK, 4, FIELD_BITS, FIELD_NAMES(correctable) },
};

static const char *const control[] = {
	[5] = "ecrc-generation", "ecrc-generation-enabled",  "ecrc-check", "ecrc-check-enabled",
	"multiple-headers",      "multiple-headers-enabled", "prefix-log", "timeout-header-log",
};

static const struct field log_fields[] = {
	{ "control", PCI_ERR_CAP, 4, FIELD_BITS, FIELD_NAMES(control) },
	{ "first_error_bit", PCI_ERR_CAP, 4, FIELD_NUMBER, .mask = 0x1f },
	{ "first_error", PCI_ERR_CAP, 4, FIELD_NAME, .mask = 0x1f, FIELD_NAMES(uncorrectable) },
};

/* The pointer means an error only while that error's bit is set. */
static const struct field idle_log_fields[] = {
	{ "control", PCI_ERR_CAP, 4, FIELD_BITS, FIELD_NAMES(control) },
	{ "first_error_bit", PCI_ERR_CAP, 4, FIELD_NUMBER, .mask = 0x1f },
};

static void show_log(const struct capability *cap, struct sheet *sheet)
{
	uint32_t first = capability_get(cap, PCI_ERR_CAP, 4) & 0x1f;
	char header[40];

	if (capability_get(cap, PCI_ERR_UNCOR_STATUS, 4) >> first & 1) {
		FIELDS_SHOW(cap->space, cap->offset, log_fields, sheet);
	} else {
		FIELDS_SHOW(cap->space, cap->offset, idle_log_fields, sheet);
		sheet_text(sheet, "first_error", "none");
	}
	if (!pci_space_has(cap->space, cap->offset + PCI_ERR_HEADER_LOG, 16))
		return;
	snprintf(header, sizeof(header), "%08x %08x %08x %08x",
		 capability_get(cap, PCI_ERR_HEADER_LOG, 4),
		 capability_get(cap, PCI_ERR_HEADER_LOG + 4, 4),
		 capability_get(cap, PCI_ERR_HEADER_LOG + 8, 4),
		 capability_get(cap, PCI_ERR_HEADER_LOG + 12, 4));
	sheet_text(sheet, "header_log", header);
}

/* Root ports and event collectors have more registers. */
static bool has_root(const struct capability *cap)
{
	return cap->port == PCI_EXP_TYPE_ROOT_PORT || cap->port == PCI_EXP_TYPE_ROOT_EC;
}

static const char *const root_command[] = { "correctable-irq", "nonfatal-irq", "fatal-irq" };
static const char *const root_status[] = { "correctable",   "more-correctable",
					   "uncorrectable", "more-uncorrectable",
					   "first-fatal",   "nonfatal",
					   "fatal" };

static const struct field root[] = {
	{ "command", PCI_ERR_ROOT_COMMAND, 4, FIELD_BITS, FIELD_NAMES(root_command) },
	{ "status", PCI_ERR_ROOT_STATUS, 4, FIELD_BITS, FIELD_NAMES(root_status) },
	{ "message", PCI_ERR_ROOT_STATUS, 4, FIELD_NUMBER, .mask = 0xf8000000 },
	{ "correctable_source", PCI_ERR_ROOT_COR_SRC, 2, .form = FIELD_HEX },
	{ "uncorrectable_source", PCI_ERR_ROOT_SRC, 2, .form = FIELD_HEX },
};

static const struct section aer_sections[] = {
	{ SECTION_FIELDS(status) },
	{ SECTION_FIELDS(severity) },
	{ SECTION_FIELDS(masks) },
	{ .more = show_log },
	{ "root", has_root, SECTION_FIELDS(root) },
};

static const char *const dpc_offers[] = { [5] = "root-port-extensions",
					  "poisoned-blocking",
					  "software-trigger",
					  [12] = "link-active-error" };
static const char *const dpc_control[] = {
	[2] = "completion-control", "interrupt",        "error-correctable",
	"poisoned-blocked",         "software-trigger", "link-active-error",
};
static const char *const dpc_triggers[] = { "off", "fatal", "nonfatal or fatal" };
static const char *const dpc_reasons[] = { "unmasked error", "nonfatal message", "fatal message",
					   "see extension" };
static const char *const dpc_status[] = { [0] = "triggered", [3] = "interrupt", [4] = "busy" };

static const struct field dpc[] = {
	{ "offers", PCI_DPC_CAP, 2, FIELD_BITS, FIELD_NAMES(dpc_offers) },
	{ "message", PCI_DPC_CAP, 2, FIELD_NUMBER, .mask = 0x1f },
	{ "log_size", PCI_DPC_CAP, 2, FIELD_NUMBER, .mask = 0xf00 },
};

static const struct field dpc_more[] = {
	{ "trigger", PCI_DPC_CTL, 2, FIELD_NAME, .mask = 0x3, FIELD_NAMES(dpc_triggers) },
	{ "control", PCI_DPC_CTL, 2, FIELD_BITS, FIELD_NAMES(dpc_control) },
	{ "status", PCI_DPC_STATUS, 2, FIELD_BITS, FIELD_NAMES(dpc_status) },
	{ "reason", PCI_DPC_STATUS, 2, FIELD_NAME, .mask = 0x6, FIELD_NAMES(dpc_reasons) },
	{ "reason_extension", PCI_DPC_STATUS, 2, FIELD_NUMBER, .mask = 0x60 },
	{ "first_io_error", PCI_DPC_STATUS, 2, FIELD_NUMBER, .mask = 0x1f00 },
	{ "source", PCI_DPC_SOURCE, 2, .form = FIELD_HEX },
};

static const struct section dpc_sections[] = { { SECTION_FIELDS(dpc) },
					       { SECTION_FIELDS(dpc_more) } };

static const struct decoder decoders[] = {
	{ PCI_EXT_CAP_ID_AER, .extended = true, DECODER_SECTIONS(aer_sections) },
	{ PCI_EXT_CAP_ID_DPC, .extended = true, DECODER_SECTIONS(dpc_sections) },
};

DECODER_GROUP(aer_group, decoders);
