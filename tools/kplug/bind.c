// SPDX-License-Identifier: MIT
/* kplug bind: takes a device from its driver. */
#include <errno.h>

#include "command.h"

static const char doc[] =
	"Takes a PCI function or platform device from its driver to kplug, which "
	"remembers the driver for `kplug unbind`. Needs root.\v"
	"Examples:\n"
	"  kplug bind 0000:00:04.0\n"
	"  kplug bind 00:04.0\n"
	"  kplug bind QEMU0002:00";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

int cmd_bind(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	err = kplug_bind(arguments.words[0]);
	/* As it should be: a plugin may have taken it by its ids. */
	if (err && err != -EALREADY)
		return fail(arguments.words[0], "bind", err);
	return done(&arguments, "on kplug");
}
