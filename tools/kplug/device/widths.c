// SPDX-License-Identifier: MIT
/* kplug widths: the widths of accesses that regions permit. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"

static const char doc[] =
	"Sets the widths of accesses that a region permits, in bits, such as 8,16,32. Without "
	"REGION and BITS it shows those of all regions. Memory permits 32,64 at first; the "
	"choice ends when the device leaves kplug. Needs root.\v"
	"On arm64 an access of a width that the device does not take stops the machine: "
	"permit what its documentation says.\n\n"
	"Examples:\n"
	"  kplug widths 0000:00:05.0\n"
	"  kplug widths 00:05.0 0 8,16,32";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE\nDEVICE REGION BITS[,BITS]...",
	.doc = doc,
};

/* "8,16,32" */
static bool parse_widths(const char *text, unsigned int *widths)
{
	char *copy = strdup(text), *rest = copy, *word;
	bool valid = copy;
	uint64_t bits;

	*widths = 0;
	while (valid && (word = strsep(&rest, ","))) {
		valid = number_parse(word, &bits) &&
			(bits == 8 || bits == 16 || bits == 32 || bits == 64);
		if (valid)
			*widths |= (unsigned int)bits / 8;
	}
	free(copy);
	return valid;
}

static void print_widths(const struct kplug_region_info *region)
{
	char text[WIDTHS_SIZE];

	printf("region %u %s\n", region->index, widths_text(region->out_widths, ",", ",", text));
}

static void add_widths(cJSON *array, const struct kplug_region_info *region)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "region", region->index);
	json_widths(object, region->out_widths);
	cJSON_AddItemToArray(array, object);
}

static int show(struct kplug *k, bool json)
{
	cJSON *array = json ? cJSON_CreateArray() : NULL;
	struct kplug_region_info region;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < KPLUG_MAX_REGIONS; i++) {
		err = kplug_region_info(k, i, &region);
		if (err || !region.out_widths)
			continue;
		if (json)
			add_widths(array, &region);
		else
			print_widths(&region);
	}
	if (json && !err)
		print_json("widths-1", array);
	else
		cJSON_Delete(array);
	return err;
}

static int change(const struct arguments *arguments, uint64_t region, unsigned int widths)
{
	const char *device = arguments->words[0];
	int err = kplug_set_widths(device, (unsigned int)region, widths);

	if (err == -EBUSY)
		return fail_because(device, "set widths",
				    "a program has mapped the region, or an interrupt has a "
				    "handler; `kplug clients` shows the programs");
	if (err == -EINVAL)
		return fail_because(device, "set widths",
				    "the region is not memory; `kplug info` shows the regions");
	return err ? fail(device, "set widths", err) : done(arguments, "widths set");
}

static int show_all(const char *device, bool json)
{
	struct kplug *k;
	int err;

	if (open_device(&k, device, KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	err = show(k, json);
	kplug_close(k);
	return err ? fail(device, "show widths", err) : COMMAND_OK;
}

int cmd_widths(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 3 };
	unsigned int widths = 0;
	uint64_t region = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (arguments.count == 2)
		return usage(arguments.words[1], "followed by widths, such as 8,16,32");
	if (arguments.count == 3 &&
	    (!number_parse(arguments.words[1], &region) || region >= KPLUG_MAX_REGIONS))
		return usage(arguments.words[1], "a region below 8");
	if (arguments.count == 3 && !parse_widths(arguments.words[2], &widths))
		return usage(arguments.words[2], "a list of 8, 16, 32 and 64");
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	return arguments.count == 3 ? change(&arguments, region, widths) :
				      show_all(arguments.words[0], arguments.json);
}
