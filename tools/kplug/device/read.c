// SPDX-License-Identifier: MIT
/* kplug read: reads registers through the kernel. */
#include <stdio.h>

#include "common/command.h"
#include "map/named.h"

static const char doc[] =
	"Reads registers, one access each, of WIDTH 1, 2, 4 (default) or 8 bytes, or by their "
	"names in a register map. Reading a register may change a device. Needs root.\v"
	"Examples:\n"
	"  kplug read 0000:00:04.0 0:0x24\n"
	"  kplug read 0000:03:00.0 --map card.json STATUS CH[2].LEVEL\n"
	"  kplug read 0000:00:04.0 0:0 0:0x80:8 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE REGION:OFFSET[:WIDTH]...",
	.doc = doc,
};

static unsigned int digits(const struct map_place *place)
{
	return (place->bits + 3) / 4;
}

static void add_value(cJSON *array, const char *word, const struct map_place *place, uint64_t value)
{
	cJSON *object = cJSON_CreateObject();

	if (reg_is_name(word))
		cJSON_AddStringToObject(object, "name", word);
	cJSON_AddNumberToObject(object, "region", place->region);
	add_hex(object, "offset", 1, place->offset);
	cJSON_AddNumberToObject(object, "width", place->width);
	add_hex(object, "value", digits(place), value);
	cJSON_AddItemToArray(array, object);
}

static int read_all(struct kplug *k, const struct arguments *arguments, cJSON *array)
{
	struct map_place place;
	uint64_t value;
	int i, err;

	for (i = 1; i < arguments->count; i++) {
		named_parse(arguments->words[i], &place);
		err = named_read(k, &place, &value);
		if (err)
			return fail_access(arguments->words[0], arguments->words[i], err);
		if (arguments->json)
			add_value(array, arguments->words[i], &place, value);
		else
			printf("%s = 0x%0*llx\n", arguments->words[i], (int)digits(&place),
			       (unsigned long long)value);
	}
	return COMMAND_OK;
}

int cmd_read(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = MAX_WORDS };
	cJSON *array = NULL;
	struct map_place place;
	struct kplug *k;
	int i, result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	for (i = 1; i < arguments.count; i++)
		if (!named_parse(arguments.words[i], &place))
			return usage(arguments.words[i], REG_FORM);
	if (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	if (arguments.json)
		array = cJSON_CreateArray();
	result = read_all(k, &arguments, array);
	if (arguments.json && result == COMMAND_OK)
		print_json("accesses-1", array);
	else
		cJSON_Delete(array);
	kplug_close(k);
	return result;
}
