// SPDX-License-Identifier: MIT
/* kplug dump: a range of registers in hexadecimal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "map/named.h"

#define MAX_BYTES (1u << 20)
#define LINE      16 /* bytes in a line */

static const char doc[] =
	"Shows LENGTH bytes of a region in hexadecimal, read in accesses of WIDTH 1, 2, "
	"4 (default) or 8 bytes. Reading a register may change a device. Without a range, "
	"shows the registers of a map by name, except for those that a read changes. "
	"Needs root.\v"
	"Examples:\n"
	"  kplug dump 0000:00:06.0 2:0 0x100\n"
	"  kplug dump 0000:00:05.0 1:0:1 32 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE [REGION:OFFSET[:WIDTH] LENGTH]",
	.doc = doc,
};

/* Configuration space has no block access: read each value by itself. */
static int read_config(struct kplug *k, const struct reg *from, unsigned char *bytes,
		       uint32_t count)
{
	uint64_t value;
	uint32_t i;
	int err = 0;

	for (i = 0; !err && i < count; i++) {
		err = kplug_access_read(k, from->region, from->offset + (uint64_t)i * from->width,
					from->width, &value);
		if (!err)
			memcpy(bytes + (size_t)i * from->width, &value, from->width);
	}
	return err;
}

static int read_range(struct kplug *k, const struct reg *from, unsigned char *bytes, uint32_t count)
{
	if (from->region == KPLUG_CONFIG_REGION)
		return read_config(k, from, bytes, count);
	return kplug_transfer_read(k, from->region, from->offset, from->width, bytes, count, 0);
}

static uint64_t value_at(const unsigned char *bytes, unsigned int width)
{
	uint64_t value = 0;

	memcpy(&value, bytes, width);
	return value;
}

static void print_dump(const struct reg *from, const unsigned char *bytes, size_t length)
{
	size_t at;

	for (at = 0; at < length; at += from->width) {
		if (at % LINE == 0)
			printf("%s%06llx:", at ? "\n" : "",
			       (unsigned long long)(from->offset + at));
		printf(" %0*llx", (int)from->width * 2,
		       (unsigned long long)value_at(bytes + at, from->width));
	}
	putchar('\n');
}

static cJSON *to_json(const struct reg *from, const unsigned char *bytes, size_t length)
{
	cJSON *object = cJSON_CreateObject(), *values;
	char text[24];
	size_t at;

	cJSON_AddNumberToObject(object, "region", from->region);
	add_hex(object, "offset", 1, from->offset);
	cJSON_AddNumberToObject(object, "width", from->width);
	values = cJSON_AddArrayToObject(object, "values");
	for (at = 0; at < length; at += from->width) {
		snprintf(text, sizeof(text), "0x%0*llx", (int)from->width * 2,
			 (unsigned long long)value_at(bytes + at, from->width));
		cJSON_AddItemToArray(values, cJSON_CreateString(text));
	}
	return object;
}

static int dump(struct kplug *k, const struct arguments *arguments, const struct reg *from,
		size_t length)
{
	unsigned char *bytes = malloc(length);
	int err = bytes ? read_range(k, from, bytes, (uint32_t)(length / from->width)) : -ENOMEM;

	if (!err && arguments->json)
		print_json("dump-1", to_json(from, bytes, length));
	else if (!err)
		print_dump(from, bytes, length);
	free(bytes);
	return err ? fail_access(arguments->words[0], arguments->words[1], err) : COMMAND_OK;
}

/* A dump by name, while it is made. */
struct named_dump {
	struct kplug *k;
	cJSON *object; /* NULL: it is printed */
	unsigned int left_out;
	int err;
};

static void dump_register(const char *name, const struct map_place *place, void *ctx)
{
	struct named_dump *dump = ctx;
	uint64_t value;

	if (!place->can_read || place->read_acts || place->bits > 64) {
		dump->left_out++;
		return;
	}
	if (!dump->err)
		dump->err = named_read(dump->k, place, &value);
	if (dump->err)
		return;
	if (dump->object)
		add_hex(dump->object, name, (place->bits + 3) / 4, value);
	else
		printf("%-40s 0x%0*llx\n", name, (int)(place->bits + 3) / 4,
		       (unsigned long long)value);
}

static int dump_names(struct kplug *k, const struct arguments *arguments)
{
	cJSON *json = arguments->json ? cJSON_CreateObject() : NULL;
	struct named_dump dump = { .k = k };

	if (json)
		dump.object = cJSON_AddObjectToObject(json, "registers");
	map_each(named_map(), NULL, dump_register, &dump);
	if (json && !dump.err)
		print_json("registers-1", json);
	else
		cJSON_Delete(json);
	if (dump.left_out)
		fprintf(stderr,
			"%u registers are not shown: a read changes the device, or they "
			"cannot be read\n",
			dump.left_out);
	return dump.err ? fail_access(arguments->words[0], "read", dump.err) : COMMAND_OK;
}

static int dump_map(struct arguments *arguments)
{
	struct kplug *k;
	int result;

	if (!named_map())
		return fail_because(arguments->words[0], "dump", named_why());
	if (choose_device(arguments) || open_device(&k, arguments->words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	result = dump_names(k, arguments);
	kplug_close(k);
	return result;
}

int cmd_dump(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 3 };
	uint64_t length;
	struct kplug *k;
	struct reg from;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (arguments.count == 1)
		return dump_map(&arguments);
	if (arguments.count == 2)
		return usage(arguments.words[1], "a register and a LENGTH");
	if (!reg_parse(arguments.words[1], &from))
		return usage(arguments.words[1], REG_FORM);
	if (!number_parse(arguments.words[2], &length) || !length || length > MAX_BYTES ||
	    length % from.width)
		return usage(arguments.words[2],
			     "a number of bytes, a multiple of the width, at most 1 MiB");
	if (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	result = dump(k, &arguments, &from, length);
	kplug_close(k);
	return result;
}
