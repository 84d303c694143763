// SPDX-License-Identifier: MIT
/* kplug attach: attaches a plugin permanently. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/command.h"

static const char doc[] =
	"Attaches a plugin to a device until `kplug detach`, also while no program "
	"uses the device. Loads the plugin's module if necessary. Needs root.\v"
	"Examples:\n"
	"  kplug attach 0000:00:04.0 edu";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE PLUGIN",
	.doc = doc,
};

/* A missing device and a missing plugin give the same errno. */
static int fail_attach(const struct arguments *arguments, int err)
{
	const char *device = arguments->words[0];
	struct kplug_holder *holders;
	int count;

	if (err != -ENOENT)
		return fail(device, "attach", err);
	count = kplug_holders(device, &holders);
	if (count < 0)
		return fail(device, "attach", err);
	free(holders);
	fprintf(stderr,
		"%s: there is no plugin '%s'; `kplug list` as root shows the loaded "
		"plugins, `modinfo kplug_%s` tells whether it is installed\n",
		program_invocation_name, arguments->words[1], arguments->words[1]);
	return COMMAND_FAILED;
}

int cmd_attach(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = 2 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	err = kplug_attach_permanent(arguments.words[0], arguments.words[1]);
	if (err)
		return fail_attach(&arguments, err);
	return done(&arguments, "attached");
}
