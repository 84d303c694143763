// SPDX-License-Identifier: MIT
/* kplug read: reads registers through the kernel. */
#include <stdio.h>

#include "common/command.h"

static const char doc[] =
	"Reads registers, one access each, of WIDTH 1, 2, 4 (default) or 8 bytes. "
	"Reading a register may change a device. Needs root.\v"
	"Examples:\n"
	"  kplug read 0000:00:04.0 0:0x24\n"
	"  kplug read 0000:00:04.0 0:0 0:0x80:8 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE REGION:OFFSET[:WIDTH]...",
	.doc = doc,
};

static void print_value(const char *word, const struct reg *reg)
{
	printf("%s = 0x%0*llx\n", word, (int)reg->width * 2, (unsigned long long)reg->value);
}

static void add_value(cJSON *array, const struct reg *reg)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "region", reg->region);
	cJSON_AddNumberToObject(object, "offset", (double)reg->offset);
	cJSON_AddNumberToObject(object, "width", reg->width);
	add_hex(object, "value", reg->width * 2, reg->value);
	cJSON_AddItemToArray(array, object);
}

static int read_all(struct kplug *k, const struct arguments *arguments, cJSON *array)
{
	struct reg reg;
	int i, err;

	for (i = 1; i < arguments->count; i++) {
		reg_parse(arguments->words[i], &reg);
		err = kplug_access_read(k, reg.region, reg.offset, reg.width, &reg.value);
		if (err)
			return fail_access(arguments->words[0], arguments->words[i], err);
		if (arguments->json)
			add_value(array, &reg);
		else
			print_value(arguments->words[i], &reg);
	}
	return COMMAND_OK;
}

int cmd_read(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = MAX_WORDS };
	cJSON *array = NULL;
	struct kplug *k;
	struct reg reg;
	int i, result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	for (i = 1; i < arguments.count; i++)
		if (!reg_parse(arguments.words[i], &reg))
			return usage(arguments.words[i], REG_FORM);
	if (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	if (arguments.json)
		array = cJSON_CreateArray();
	result = read_all(k, &arguments, array);
	if (arguments.json && result == COMMAND_OK)
		print_json(array);
	else
		cJSON_Delete(array);
	kplug_close(k);
	return result;
}
