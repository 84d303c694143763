// SPDX-License-Identifier: MIT
/* kplug write: writes registers through the kernel. */
#include <string.h>

#include "common/command.h"
#include "map/named.h"

static const char doc[] = "Writes registers in the order given, one access each, of WIDTH 1, 2, 4 "
			  "(default) or 8 bytes, or by their names in a register map. A field is "
			  "changed only where the map says that this has no side effects. Needs "
			  "root.\v"
			  "Examples:\n"
			  "  kplug write 0000:00:04.0 0:0x60=1\n"
			  "  kplug write 0000:00:04.0 0:0x80:8=0x40000 0:0x90:8=4";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE REGION:OFFSET[:WIDTH]=VALUE...",
	.doc = doc,
};

static int write_all(struct kplug *k, const struct arguments *arguments)
{
	struct map_place place;
	uint64_t value;
	int i, err;

	for (i = 1; i < arguments->count; i++) {
		named_parse_value(arguments->words[i], &place, &value);
		err = named_write(k, &place, value);
		if (err == -EXDEV)
			return fail_because(arguments->words[0], arguments->words[i],
					    "write the whole register: the map has side effects "
					    "there");
		if (err)
			return fail_access(arguments->words[0], arguments->words[i], err);
	}
	return COMMAND_OK;
}

int cmd_write(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = MAX_WORDS };
	struct map_place place;
	struct kplug *k;
	uint64_t value;
	int i, result;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	for (i = 1; i < arguments.count; i++)
		if (!named_parse_value(arguments.words[i], &place, &value))
			return usage(arguments.words[i], REG_VALUE_FORM);
	if (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	result = write_all(k, &arguments);
	kplug_close(k);
	if (result == COMMAND_OK && arguments.json)
		done(&arguments, "written");
	return result;
}
