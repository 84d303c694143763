// SPDX-License-Identifier: MIT
/* PCI-X and HyperTransport. */
#include <pci/header.h>

#include "capability.h"

static bool of_device(const struct capability *cap)
{
	return pci_space_header(cap->space) != PCI_HEADER_TYPE_BRIDGE;
}

static bool of_bridge(const struct capability *cap)
{
	return !of_device(cap);
}

static const char *const command[] = { "error-recovery", "relaxed-ordering" };
static const char *const splits[] = { "1", "2", "3", "4", "8", "12", "16", "32" };
static const char
	*const
		status[] = {
			[16] = "64-bit",    "133-mhz", "split-discarded",
			"split-unexpected", "bridge",  [29] = "split-error",
			"266-mhz",          "533-mhz",
		};

static const struct field device[] = {
	{ "command", PCI_PCIX_COMMAND, 2, FIELD_BITS, FIELD_NAMES(command) },
	{ "read_bytes", PCI_PCIX_COMMAND, 2, FIELD_POWER,
	  .mask = PCI_PCIX_COMMAND_MAX_MEM_READ_BYTE_COUNT, .unit = 512 },
	{ "splits", PCI_PCIX_COMMAND, 2, FIELD_NAME,
	  .mask = PCI_PCIX_COMMAND_MAX_OUTSTANDING_SPLIT_TRANS, FIELD_NAMES(splits) },
};

static const struct field device_more[] = {
	{ "status", PCI_PCIX_STATUS, 4, FIELD_BITS, FIELD_NAMES(status) },
	{ "bus", PCI_PCIX_STATUS, 4, FIELD_NUMBER, .mask = PCI_PCIX_STATUS_BUS },
	{ "device", PCI_PCIX_STATUS, 4, FIELD_NUMBER, .mask = PCI_PCIX_STATUS_DEVICE },
	{ "function", PCI_PCIX_STATUS, 4, FIELD_NUMBER, .mask = PCI_PCIX_STATUS_FUNCTION },
	{ "read_bytes_offered", PCI_PCIX_STATUS, 4, FIELD_POWER,
	  .mask = PCI_PCIX_STATUS_DESIGNED_MAX_MEM_READ_BYTE_COUNT, .unit = 512 },
	{ "splits_offered", PCI_PCIX_STATUS, 4, FIELD_NAME,
	  .mask = PCI_PCIX_STATUS_DESIGNED_MAX_OUTSTANDING_SPLIT_TRANS, FIELD_NAMES(splits) },
	{ "cumulative_kib", PCI_PCIX_STATUS, 4, FIELD_POWER,
	  .mask = PCI_PCIX_STATUS_DESIGNED_MAX_CUMULATIVE_READ_SIZE, .unit = 1 },
};

static const char *const secondary[] = { "64-bit",           "133-mhz",       "split-discarded",
					 "split-unexpected", "split-overrun", "split-delayed" };
static const char *const primary[] = { [16] = "64-bit",    "133-mhz",       "split-discarded",
				       "split-unexpected", "split-overrun", "split-delayed" };
static const char *const clocks[] = { "conventional", "66 MHz", "100 MHz", "133 MHz" };

static const struct field bridge[] = {
	{ "secondary_status", PCI_PCIX_BRIDGE_SEC_STATUS, 2, FIELD_BITS, FIELD_NAMES(secondary) },
	{ "secondary_clock", PCI_PCIX_BRIDGE_SEC_STATUS, 2, FIELD_NAME,
	  .mask = PCI_PCIX_BRIDGE_SEC_STATUS_CLOCK_FREQ, FIELD_NAMES(clocks) },
	{ "status", PCI_PCIX_BRIDGE_STATUS, 4, FIELD_BITS, FIELD_NAMES(primary) },
	{ "bus", PCI_PCIX_BRIDGE_STATUS, 4, FIELD_NUMBER, .mask = PCI_PCIX_BRIDGE_STATUS_BUS },
	{ "device", PCI_PCIX_BRIDGE_STATUS, 4, FIELD_NUMBER,
	  .mask = PCI_PCIX_BRIDGE_STATUS_DEVICE },
	{ "function", PCI_PCIX_BRIDGE_STATUS, 4, FIELD_NUMBER,
	  .mask = PCI_PCIX_BRIDGE_STATUS_FUNCTION },
	{ "upstream_capacity", PCI_PCIX_BRIDGE_UPSTREAM_SPLIT_TRANS_CTRL, 4, FIELD_NUMBER,
	  .mask = PCI_PCIX_BRIDGE_STR_CAPACITY },
	{ "upstream_limit", PCI_PCIX_BRIDGE_UPSTREAM_SPLIT_TRANS_CTRL, 4, FIELD_NUMBER,
	  .mask = PCI_PCIX_BRIDGE_STR_COMMITMENT_LIMIT },
	{ "downstream_capacity", PCI_PCIX_BRIDGE_DOWNSTREAM_SPLIT_TRANS_CTRL, 4, FIELD_NUMBER,
	  .mask = PCI_PCIX_BRIDGE_STR_CAPACITY },
	{ "downstream_limit", PCI_PCIX_BRIDGE_DOWNSTREAM_SPLIT_TRANS_CTRL, 4, FIELD_NUMBER,
	  .mask = PCI_PCIX_BRIDGE_STR_COMMITMENT_LIMIT },
};

static const struct section pcix_sections[] = {
	{ .applies = of_device, SECTION_FIELDS(device) },
	{ .applies = of_device, SECTION_FIELDS(device_more) },
	{ .applies = of_bridge, SECTION_FIELDS(bridge) },
};

/* The upper five bits; of the first two kinds only three count. */
static const char *const ht_types[] = {
	[0] = "primary",
	"primary",
	"primary",
	"primary",
	"secondary",
	"secondary",
	"secondary",
	"secondary",
	"switch",
	[16] = "interrupt",
	"revision",
	"unit-id clumping",
	"extended configuration",
	"address mapping",
	"msi mapping",
	"direct route",
	"vcset",
	"retry mode",
	"x86",
};

static const struct field ht[] = {
	{ "type", PCI_HT_CMD, 2, FIELD_NAME, .mask = PCI_HT_CMD_TYP, FIELD_NAMES(ht_types) },
	{ "command", PCI_HT_CMD, 2, .form = FIELD_HEX },
};

static bool maps_msi(const struct capability *cap)
{
	return (capability_get(cap, PCI_HT_CMD, 2) & PCI_HT_CMD_TYP) == PCI_HT_CMD_TYP_MSIM;
}

static const struct field ht_msi[] = {
	{ "enabled", PCI_HT_MSIM_CMD, 2, FIELD_YES, .mask = PCI_HT_MSIM_CMD_EN },
	{ "fixed", PCI_HT_MSIM_CMD, 2, FIELD_YES, .mask = PCI_HT_MSIM_CMD_FIXD },
};

static const struct field ht_msi_address[] = {
	{ "address", PCI_HT_MSIM_ADDR_LO, 4, FIELD_ADDRESS64, .mask = 0xfff00000 },
};

static bool maps_msi_anywhere(const struct capability *cap)
{
	return maps_msi(cap) && !(capability_get(cap, PCI_HT_MSIM_CMD, 2) & PCI_HT_MSIM_CMD_FIXD);
}

static const struct section ht_sections[] = {
	{ SECTION_FIELDS(ht) },
	{ .applies = maps_msi, SECTION_FIELDS(ht_msi) },
	{ .applies = maps_msi_anywhere, SECTION_FIELDS(ht_msi_address) },
};

static const struct decoder decoders[] = {
	{ PCI_CAP_ID_PCIX, .extended = false, DECODER_SECTIONS(pcix_sections) },
	{ PCI_CAP_ID_HT, .extended = false, DECODER_SECTIONS(ht_sections) },
};

DECODER_GROUP(pcix_group, decoders);
