// SPDX-License-Identifier: MIT
/* kplug caps: the capabilities of a PCI function. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/command.h"
#include "fields.h"

static const char doc[] =
	"Shows the capabilities and extended capabilities of a PCI function on kplug, "
	"and the main fields of the common ones. Needs root.\v"
	"Examples:\n"
	"  kplug caps 0000:00:04.0\n"
	"  kplug caps 00:04.0 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

static const char *const power_states[] = { "D0", "D1", "D2", "D3hot", NULL };

static const struct field pm[] = {
	{ "version", PCI_PM_PMC, 2, FIELD_NUMBER, .mask = PCI_PM_CAP_VER_MASK },
	{ "state", PCI_PM_CTRL, 2, FIELD_NAME, .mask = PCI_PM_CTRL_STATE_MASK,
	  .names = power_states },
	{ "pme_enabled", PCI_PM_CTRL, 2, FIELD_YES, .mask = PCI_PM_CTRL_PME_ENABLE },
};

static const struct field msi[] = {
	{ "enabled", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSI_FLAGS_ENABLE },
	{ "vectors", PCI_MSI_FLAGS, 2, FIELD_POWER, .mask = PCI_MSI_FLAGS_QMASK },
	{ "allocated", PCI_MSI_FLAGS, 2, FIELD_POWER, .mask = PCI_MSI_FLAGS_QSIZE },
	{ "64_bit", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSI_FLAGS_64BIT },
	{ "maskable", PCI_MSI_FLAGS, 2, FIELD_YES, .mask = PCI_MSI_FLAGS_MASKBIT },
};

static const struct field msix[] = {
	{ "enabled", PCI_MSIX_FLAGS, 2, FIELD_YES, .mask = PCI_MSIX_FLAGS_ENABLE },
	{ "masked", PCI_MSIX_FLAGS, 2, FIELD_YES, .mask = PCI_MSIX_FLAGS_MASKALL },
	{ "vectors", PCI_MSIX_FLAGS, 2, FIELD_COUNT, .mask = PCI_MSIX_FLAGS_QSIZE },
	{ "table_region", PCI_MSIX_TABLE, 4, FIELD_NUMBER, .mask = PCI_MSIX_TABLE_BIR },
	{ "table_offset", PCI_MSIX_TABLE, 4, FIELD_ADDRESS, .mask = PCI_MSIX_TABLE_OFFSET },
	{ "pending_region", PCI_MSIX_PBA, 4, FIELD_NUMBER, .mask = PCI_MSIX_PBA_BIR },
	{ "pending_offset", PCI_MSIX_PBA, 4, FIELD_ADDRESS, .mask = PCI_MSIX_PBA_OFFSET },
};

/* PCIe 4.0, 7.5.3.2 */
static const char *const port_types[] = {
	"endpoint",        "legacy endpoint",     "reserved",        "reserved",
	"root port",       "upstream port",       "downstream port", "bridge to PCI",
	"bridge from PCI", "integrated endpoint", "event collector", NULL
};

static const char *const speeds[] = { "none",    "2.5 GT/s", "5 GT/s",  "8 GT/s",
				      "16 GT/s", "32 GT/s",  "64 GT/s", NULL };

static const struct field pcie[] = {
	{ "version", PCI_EXP_FLAGS, 2, FIELD_NUMBER, .mask = PCI_EXP_FLAGS_VERS },
	{ "type", PCI_EXP_FLAGS, 2, FIELD_NAME, .mask = PCI_EXP_FLAGS_TYPE, .names = port_types },
	{ "function_reset", PCI_EXP_DEVCAP, 4, FIELD_YES, .mask = PCI_EXP_DEVCAP_FLR },
	{ "payload_offered", PCI_EXP_DEVCAP, 4, FIELD_PAYLOAD, .mask = PCI_EXP_DEVCAP_PAYLOAD },
	{ "payload", PCI_EXP_DEVCTL, 2, FIELD_PAYLOAD, .mask = PCI_EXP_DEVCTL_PAYLOAD },
	{ "read_request", PCI_EXP_DEVCTL, 2, FIELD_PAYLOAD, .mask = PCI_EXP_DEVCTL_READRQ },
	{ "speed_offered", PCI_EXP_LNKCAP, 4, FIELD_NAME, .mask = PCI_EXP_LNKCAP_SLS,
	  .names = speeds },
	{ "speed", PCI_EXP_LNKSTA, 2, FIELD_NAME, .mask = PCI_EXP_LNKSTA_CLS, .names = speeds },
	{ "lanes_offered", PCI_EXP_LNKCAP, 4, FIELD_NUMBER, .mask = PCI_EXP_LNKCAP_MLW },
	{ "lanes", PCI_EXP_LNKSTA, 2, FIELD_NUMBER, .mask = PCI_EXP_LNKSTA_NLW },
};

static const struct field vendor_specific[] = {
	{ "length", 2, 1, .form = FIELD_NUMBER },
};

static const struct field aer[] = {
	{ "uncorrectable", PCI_ERR_UNCOR_STATUS, 4, .form = FIELD_HEX },
	{ "uncorrectable_mask", PCI_ERR_UNCOR_MASK, 4, .form = FIELD_HEX },
	{ "fatal", PCI_ERR_UNCOR_SEVER, 4, .form = FIELD_HEX },
	{ "correctable", PCI_ERR_COR_STATUS, 4, .form = FIELD_HEX },
	{ "correctable_mask", PCI_ERR_COR_MASK, 4, .form = FIELD_HEX },
};

static const struct field serial_number[] = {
	{ "upper", 8, 4, .form = FIELD_HEX },
	{ "lower", 4, 4, .form = FIELD_HEX },
};

static const struct field acs[] = {
	{ "offered", PCI_ACS_CAP, 2, .form = FIELD_HEX },
	{ "control", PCI_ACS_CTRL, 2, .form = FIELD_HEX },
};

static const struct field ari[] = {
	{ "next_function", PCI_ARI_CAP + 1, 1, .form = FIELD_NUMBER },
};

static const struct field ats[] = {
	{ "enabled", PCI_ATS_CTRL, 2, FIELD_YES, .mask = PCI_ATS_CTRL_ENABLE },
	{ "queue_depth", PCI_ATS_CAP, 2, FIELD_NUMBER, .mask = 0x1f },
};

static const struct field sriov[] = {
	{ "enabled", PCI_SRIOV_CTRL, 2, FIELD_YES, .mask = PCI_SRIOV_CTRL_VFE },
	{ "functions", PCI_SRIOV_NUM_VF, 2, .form = FIELD_NUMBER },
	{ "functions_offered", PCI_SRIOV_TOTAL_VF, 2, .form = FIELD_NUMBER },
	{ "first_offset", PCI_SRIOV_VF_OFFSET, 2, .form = FIELD_NUMBER },
	{ "stride", PCI_SRIOV_VF_STRIDE, 2, .form = FIELD_NUMBER },
	{ "device_id", PCI_SRIOV_VF_DID, 2, .form = FIELD_HEX },
};

static const struct field pri[] = {
	{ "enabled", PCI_PRI_CTRL, 2, FIELD_YES, .mask = PCI_PRI_CTRL_ENABLE },
};

static const struct field pasid[] = {
	{ "enabled", PCI_PASID_CTRL, 2, FIELD_YES, .mask = PCI_PASID_CTRL_ENABLE },
};

static const struct known {
	uint16_t id;
	uint8_t extended;
	struct field_table table;
} known[] = {
	{ PCI_CAP_ID_PM, 0, FIELD_TABLE(pm) },
	{ PCI_CAP_ID_MSI, 0, FIELD_TABLE(msi) },
	{ PCI_CAP_ID_VNDR, 0, FIELD_TABLE(vendor_specific) },
	{ PCI_CAP_ID_EXP, 0, FIELD_TABLE(pcie) },
	{ PCI_CAP_ID_MSIX, 0, FIELD_TABLE(msix) },
	{ PCI_EXT_CAP_ID_ERR, 1, FIELD_TABLE(aer) },
	{ PCI_EXT_CAP_ID_DSN, 1, FIELD_TABLE(serial_number) },
	{ PCI_EXT_CAP_ID_ACS, 1, FIELD_TABLE(acs) },
	{ PCI_EXT_CAP_ID_ARI, 1, FIELD_TABLE(ari) },
	{ PCI_EXT_CAP_ID_ATS, 1, FIELD_TABLE(ats) },
	{ PCI_EXT_CAP_ID_SRIOV, 1, FIELD_TABLE(sriov) },
	{ PCI_EXT_CAP_ID_PRI, 1, FIELD_TABLE(pri) },
	{ PCI_EXT_CAP_ID_PASID, 1, FIELD_TABLE(pasid) },
};

static const struct field_table *table_of(const struct kplug_cap *cap)
{
	static const struct field_table nothing = { NULL, 0 };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].id == cap->id && known[i].extended == cap->extended)
			return &known[i].table;
	return &nothing;
}

/* The list of broken hardware may put a structure across the end. */
static int show_fields(struct kplug *k, const struct kplug_cap *cap, cJSON *object)
{
	int err = fields_show(k, cap->offset, table_of(cap), FIELDS_INLINE, object);

	return err == -EINVAL ? 0 : err;
}

static int print_cap(struct kplug *k, const struct kplug_cap *cap)
{
	int err;

	printf("%03x %-8s id 0x%0*x", cap->offset, kplug_cap_name(cap), cap->extended ? 4 : 2,
	       cap->id);
	if (cap->extended)
		printf(" version %u", cap->version);
	if (table_of(cap)->count)
		printf(": ");
	err = show_fields(k, cap, NULL);
	putchar('\n');
	return err;
}

static int add_cap(struct kplug *k, const struct kplug_cap *cap, cJSON *array)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(array, object);
	cJSON_AddNumberToObject(object, "offset", cap->offset);
	add_hex(object, "id", cap->extended ? 4 : 2, cap->id);
	cJSON_AddBoolToObject(object, "extended", cap->extended);
	cJSON_AddNumberToObject(object, "version", cap->version);
	cJSON_AddStringToObject(object, "name", kplug_cap_name(cap));
	return show_fields(k, cap, cJSON_AddObjectToObject(object, "fields"));
}

static int show(struct kplug *k, bool json)
{
	cJSON *array = json ? cJSON_CreateArray() : NULL;
	struct kplug_cap *caps = NULL;
	int i, count = kplug_caps(k, &caps);
	int err = count < 0 ? count : 0;

	for (i = 0; !err && i < count; i++)
		err = json ? add_cap(k, &caps[i], array) : print_cap(k, &caps[i]);
	free(caps);
	if (json && !err)
		print_json(array);
	else
		cJSON_Delete(array);
	return err;
}

int cmd_caps(int argc, char **argv)
{
	return show_device(argc, argv, &argp, "capabilities", show);
}
