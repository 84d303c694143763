// SPDX-License-Identifier: MIT
/* kplug reset: resets a device. */
#include "common/command.h"

static const char doc[] =
	"Resets a device, and only this one, while it stays on kplug. Programs that "
	"use it are notified, and armed vectors stay armed. Needs root.\v"
	"Examples:\n"
	"  kplug reset 0000:01:00.0\n"
	"  kplug reset 01:00.0 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

int cmd_reset(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	struct kplug *k;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments) || open_device(&k, arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	err = kplug_reset(k);
	kplug_close(k);
	if (err)
		return fail_call(arguments.words[0], "reset");
	return done(&arguments, "reset");
}
