// SPDX-License-Identifier: MIT
/* kplug detach: detaches the permanent plugin. */
#include "common/command.h"

static const char doc[] =
	"Detaches the plugin that `kplug attach` or the plugin's own device table "
	"attached to a device. Programs that use it keep it until they end. Needs "
	"root.\v"
	"Examples:\n"
	"  kplug detach 0000:00:04.0";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

int cmd_detach(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	err = kplug_detach_permanent(arguments.words[0]);
	if (err)
		return fail(arguments.words[0], "detach", err);
	return done(&arguments, "detached");
}
