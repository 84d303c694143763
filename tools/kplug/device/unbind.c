// SPDX-License-Identifier: MIT
/* kplug unbind: gives a device back. */
#include "common/command.h"

static const char doc[] = "Gives a device back to the driver that had it before kplug, if any, and "
			  "removes the rule of `kplug bind --persist`. Needs root.\v"
			  "Examples:\n"
			  "  kplug unbind 0000:00:04.0";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

int cmd_unbind(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	/* Do this first: it also helps a device that is on another driver. */
	err = persist_no_more(arguments.words[0]);
	if (err)
		return fail(arguments.words[0], "remove the rule", err);
	err = kplug_unbind(arguments.words[0]);
	if (err)
		return fail(arguments.words[0], "unbind", err);
	return done(&arguments, "given back");
}
