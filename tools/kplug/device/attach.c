// SPDX-License-Identifier: MIT
/* kplug attach: attaches a plugin permanently. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "attach.h"
#include "common/command.h"
#include "common/module.h"

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
static bool has_device(const char *device)
{
	struct kplug_holder *holders;
	int count = kplug_holders(device, &holders);

	if (count < 0)
		return false;
	free(holders);
	return true;
}

int fail_attach(const char *device, const char *plugin, int err)
{
	char module[64], why[MODULE_REASON_SIZE];

	if (err != -ENOENT || !has_device(device))
		return fail(device, "attach", err);
	/* The core does not say why a module did not load. */
	snprintf(module, sizeof(module), "kplug-plugin-%s", plugin);
	err = geteuid() ? -ENOENT : module_load(module);
	if (err && err != -ENOENT)
		return fail_because(device, "attach", module_reason(module, err, why));
	fprintf(stderr,
		"%s: there is no plugin '%s'; `kplug list` as root shows the loaded "
		"plugins, `modinfo kplug_%s` tells whether it is installed\n",
		program_invocation_name, plugin, plugin);
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
		return fail_attach(arguments.words[0], arguments.words[1], err);
	return done(&arguments, "attached");
}
