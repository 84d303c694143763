// SPDX-License-Identifier: MIT
/* kplug cfg: configuration space, as a whole or in single accesses. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pci/std_header.h"
#include "pci/source.h"

#define LINE 16 /* bytes in a line of the dump */

static const char doc[] =
	"Shows the configuration space of a PCI function on kplug: the fields of its "
	"header, and all bytes in hexadecimal. With --from, shows the functions in a dump, or "
	"DEVICE in it. With OFFSET, reads and writes single "
	"registers in the order given, one access each, of WIDTH 1, 2, 4 (default) or "
	"8 bytes. Registers that belong to Linux or to the kernel module cannot be "
	"written: BARs, MSI and MSI-X, the power state, and more. Needs root, but not for a "
	"dump.\v"
	"Examples:\n"
	"  kplug cfg 0000:00:04.0\n"
	"  kplug cfg 0000:00:04.0 0:2 2:2\n"
	"  kplug cfg 0000:00:04.0 0x0c:1=16 0x0c:1 --json\n"
	"  kplug cfg --from dump.txt 00:04.0";

static const struct argp argp = {
	.options = source_options,
	.parser = source_parse,
	.children = source_children,
	.args_doc = "DEVICE [OFFSET[:WIDTH][=VALUE]...]\n--from FILE [DEVICE]",
	.doc = doc,
};

/* Of several lines of zeros only the first is printed. */
static bool is_repeated_zero(const uint8_t *line, unsigned int offset)
{
	static const uint8_t zeros[LINE];

	return offset && !memcmp(line, zeros, LINE) && !memcmp(line - LINE, zeros, LINE);
}

static void print_dump(const uint8_t *bytes, int size)
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

static void add_dump(cJSON *object, const uint8_t *bytes, int size)
{
	char text[2 * PCI_SPACE_SIZE + 1] = "";
	int i;

	for (i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	cJSON_AddStringToObject(object, "bytes", text);
}

/* Reads what is not known yet. */
static void read_all(struct pci_space *space)
{
	unsigned int offset;

	for (offset = 0; offset < space->size && !space->err; offset += 4)
		pci_space_get(space, offset, 4);
}

static void show(struct pci_space *space, cJSON *object, struct findings *findings)
{
	const char *problem = header_problem(space);
	struct sheet sheet;

	if (object)
		sheet_json_init(&sheet, cJSON_AddObjectToObject(object, "header"));
	else
		sheet_text_init(&sheet, stdout, true);
	read_all(space);
	if (space->err)
		return;
	if (problem)
		findings_add(findings, problem);
	if (!header_is_absent(space))
		header_show(space, &sheet);
	if (object)
		add_dump(object, space->bytes, (int)space->size);
	else
		print_dump(space->bytes, (int)space->size);
}

static void add_access(cJSON *array, const struct reg *reg, bool is_write)
{
	cJSON *object = cJSON_CreateObject();

	add_hex(object, "offset", 1, reg->offset);
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
		print_json("accesses-1", array);
	else
		cJSON_Delete(array);
	return err ? fail_config(arguments->words[0], arguments->words[i - 1], err) : COMMAND_OK;
}

static int run_accesses(struct arguments *arguments)
{
	struct kplug *k;
	struct reg reg;
	bool is_write;
	int i, result;

	for (i = 1; i < arguments->count; i++)
		if (!reg_parse_config(arguments->words[i], &reg, &is_write))
			return usage(arguments->words[i], "OFFSET[:WIDTH][=VALUE]");
	if (choose_device(arguments) || open_device(&k, arguments->words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	result = access_all(k, arguments);
	kplug_close(k);
	return result;
}

int cmd_cfg(int argc, char **argv)
{
	struct source source = { .arguments = { .min = 1, .max = MAX_WORDS } };

	argp_parse(&argp, argc, argv, 0, NULL, &source);
	if (source.arguments.count < 2)
		return source_run(&source, "cfg-1", "configuration space", show);
	if (source.from)
		return usage(source.arguments.words[1], "possible with --from, which shows all");
	return run_accesses(&source.arguments);
}
