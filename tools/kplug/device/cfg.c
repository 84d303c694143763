// SPDX-License-Identifier: MIT
/* kplug cfg: configuration space, as a whole or in single accesses. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "fields.h"

#define LINE 16 /* bytes in a line of the dump */

static const char doc[] =
	"Shows the configuration space of a PCI function on kplug: the fields of its "
	"header, and all bytes in hexadecimal. With OFFSET, reads and writes single "
	"registers in the order given, one access each, of WIDTH 1, 2, 4 (default) or "
	"8 bytes. Registers that belong to Linux or to the kernel module cannot be "
	"written: BARs, MSI and MSI-X, the power state, and more. Needs root.\v"
	"Examples:\n"
	"  kplug cfg 0000:00:04.0\n"
	"  kplug cfg 0000:00:04.0 0:2 2:2\n"
	"  kplug cfg 0000:00:04.0 0x0c:1=16 0x0c:1 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE [OFFSET[:WIDTH][=VALUE]...]",
	.doc = doc,
};

static const char *const command_bits[] = {
	"io",     "memory", "bus-master", "special-cycles",    "write-invalidate", "palette-snoop",
	"parity", "",       "serr",       "fast-back-to-back", "intx-disable",     NULL
};

static const char *const status_bits[] = { "",
					   "",
					   "",
					   "intx",
					   "capabilities",
					   "66-mhz",
					   "",
					   "fast-back-to-back",
					   "master-parity-error",
					   "",
					   "",
					   "signaled-target-abort",
					   "received-target-abort",
					   "received-master-abort",
					   "signaled-serr",
					   "parity-error",
					   NULL };

static const char *const header_types[] = { "device", "bridge", "cardbus", NULL };

static const struct field common[] = {
	{ "vendor_id", PCI_VENDOR_ID, 2, .form = FIELD_HEX },
	{ "device_id", PCI_DEVICE_ID, 2, .form = FIELD_HEX },
	{ "class", PCI_CLASS_REVISION, 4, FIELD_HEX, .mask = 0xffffff00 },
	{ "revision", PCI_REVISION_ID, 1, .form = FIELD_HEX },
	{ "command", PCI_COMMAND, 2, FIELD_BITS, .names = command_bits },
	{ "status", PCI_STATUS, 2, FIELD_BITS, .names = status_bits },
	{ "header_type", PCI_HEADER_TYPE, 1, FIELD_NAME, .mask = 0x7f, .names = header_types },
	{ "multifunction", PCI_HEADER_TYPE, 1, FIELD_YES, .mask = 0x80 },
	{ "cache_line_size", PCI_CACHE_LINE_SIZE, 1, .form = FIELD_NUMBER },
	{ "latency_timer", PCI_LATENCY_TIMER, 1, .form = FIELD_NUMBER },
	{ "interrupt_line", PCI_INTERRUPT_LINE, 1, .form = FIELD_NUMBER },
	{ "interrupt_pin", PCI_INTERRUPT_PIN, 1, .form = FIELD_NUMBER },
};

static const struct field device[] = {
	{ "bar0", PCI_BASE_ADDRESS_0, 4, .form = FIELD_HEX },
	{ "bar1", PCI_BASE_ADDRESS_1, 4, .form = FIELD_HEX },
	{ "bar2", PCI_BASE_ADDRESS_2, 4, .form = FIELD_HEX },
	{ "bar3", PCI_BASE_ADDRESS_3, 4, .form = FIELD_HEX },
	{ "bar4", PCI_BASE_ADDRESS_4, 4, .form = FIELD_HEX },
	{ "bar5", PCI_BASE_ADDRESS_5, 4, .form = FIELD_HEX },
	{ "rom", PCI_ROM_ADDRESS, 4, .form = FIELD_HEX },
	{ "subvendor_id", PCI_SUBSYSTEM_VENDOR_ID, 2, .form = FIELD_HEX },
	{ "subdevice_id", PCI_SUBSYSTEM_ID, 2, .form = FIELD_HEX },
};

static int show_header(struct kplug *k, cJSON *object)
{
	static const struct field_table all = FIELD_TABLE(common);
	static const struct field_table rest = FIELD_TABLE(device);
	int err = fields_show(k, 0, &all, FIELDS_IN_LINES, object);

	/* kplug binds no bridges, so the header is that of a device. */
	return err ? err : fields_show(k, 0, &rest, FIELDS_IN_LINES, object);
}

/* The whole space; its size in bytes or -errno. */
static int read_space(struct kplug *k, unsigned char bytes[PCI_CFG_SPACE_EXP_SIZE])
{
	struct kplug_region_info info;
	unsigned int offset;
	uint64_t value;
	int err = kplug_region_info(k, KPLUG_CONFIG_REGION, &info);

	if (!err && info.out_length > PCI_CFG_SPACE_EXP_SIZE)
		info.out_length = PCI_CFG_SPACE_EXP_SIZE;
	for (offset = 0; !err && offset < info.out_length; offset += 4) {
		err = kplug_access_read(k, KPLUG_CONFIG_REGION, offset, 4, &value);
		if (!err)
			memcpy(&bytes[offset], &value, 4);
	}
	return err ? err : (int)info.out_length;
}

/* Of several lines of zeros only the first is printed. */
static bool is_repeated_zero(const unsigned char *line, unsigned int offset)
{
	static const unsigned char zeros[LINE];

	return offset && !memcmp(line, zeros, LINE) && !memcmp(line - LINE, zeros, LINE);
}

static void print_dump(const unsigned char *bytes, int size)
{
	bool skipped = false;
	int offset, i;

	for (offset = 0; offset < size; offset += LINE) {
		if (is_repeated_zero(bytes + offset, (unsigned int)offset)) {
			if (!skipped)
				puts("*");
			skipped = true;
			continue;
		}
		skipped = false;
		printf("%03x:", (unsigned int)offset);
		for (i = 0; i < LINE; i++)
			printf(" %02x", bytes[offset + i]);
		putchar('\n');
	}
}

static void add_dump(cJSON *object, const unsigned char *bytes, int size)
{
	char text[2 * PCI_CFG_SPACE_EXP_SIZE + 1] = "";
	int i;

	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	cJSON_AddStringToObject(object, "bytes", text);
}

static int show_space(struct kplug *k, const char *name, bool json)
{
	cJSON *object = json ? cJSON_CreateObject() : NULL;
	unsigned char bytes[PCI_CFG_SPACE_EXP_SIZE];
	int size, err;

	cJSON_AddStringToObject(object, "device", name);
	err = show_header(k, json ? cJSON_AddObjectToObject(object, "header") : NULL);
	size = err ? err : read_space(k, bytes);
	if (size < 0) {
		cJSON_Delete(object);
		return fail(name, "configuration space", size);
	}
	if (json) {
		add_dump(object, bytes, size);
		print_json(object);
	} else {
		print_dump(bytes, size);
	}
	return COMMAND_OK;
}

static void add_access(cJSON *array, const struct reg *reg, bool is_write)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "offset", (double)reg->offset);
	cJSON_AddNumberToObject(object, "width", reg->width);
	add_hex(object, "value", reg->width * 2, reg->value);
	cJSON_AddBoolToObject(object, "written", is_write);
	cJSON_AddItemToArray(array, object);
}

static int access_one(struct kplug *k, const char *word, cJSON *array)
{
	struct reg reg;
	bool is_write;
	int err;

	reg_parse_config(word, &reg, &is_write);
	if (is_write)
		err = kplug_access_write(k, reg.region, reg.offset, reg.width, reg.value);
	else
		err = kplug_access_read(k, reg.region, reg.offset, reg.width, &reg.value);
	if (!err && array)
		add_access(array, &reg, is_write);
	else if (!err && !is_write)
		printf("%s = 0x%0*llx\n", word, (int)reg.width * 2, (unsigned long long)reg.value);
	return err;
}

static int fail_config(const char *device, const char *word, int err)
{
	struct reg reg;
	bool is_write;

	reg_parse_config(word, &reg, &is_write);
	if (err != -EPERM || !is_write || geteuid())
		return fail(device, word, err);
	fprintf(stderr, "%s: %s: %s: this register belongs to Linux or to the kernel module\n",
		program_invocation_name, device, word);
	return COMMAND_FAILED;
}

static int access_all(struct kplug *k, const struct arguments *arguments)
{
	cJSON *array = arguments->json ? cJSON_CreateArray() : NULL;
	int i, err = 0;

	for (i = 1; !err && i < arguments->count; i++)
		err = access_one(k, arguments->words[i], array);
	if (array && !err)
		print_json(array);
	else
		cJSON_Delete(array);
	return err ? fail_config(arguments->words[0], arguments->words[i - 1], err) : COMMAND_OK;
}

int cmd_cfg(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = MAX_WORDS };
	struct kplug *k;
	struct reg reg;
	bool is_write;
	int i, result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	for (i = 1; i < arguments.count; i++)
		if (!reg_parse_config(arguments.words[i], &reg, &is_write))
			return usage(arguments.words[i], "OFFSET[:WIDTH][=VALUE]");
	if (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	if (arguments.count > 1)
		result = access_all(k, &arguments);
	else
		result = show_space(k, arguments.words[0], arguments.json);
	kplug_close(k);
	return result;
}
