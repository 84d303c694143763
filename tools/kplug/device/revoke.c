// SPDX-License-Identifier: MIT
/* kplug revoke: takes a device away from one program. */
#include <errno.h>

#include "common/command.h"

static const char doc[] =
	"Takes a device away from one client, as if the device was unplugged: calls "
	"fail, waits end, mapped registers read as all ones, and vectors and DMA "
	"stop. Other clients are not affected. `kplug clients` shows the numbers. "
	"Needs root.\v"
	"The program can open the device again, unless `kplug grant --revoke` or the "
	"permissions of the node prevent it.\n\n"
	"Examples:\n"
	"  kplug clients 0000:03:00.0\n"
	"  kplug revoke 0000:03:00.0 4";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE CLIENT",
	.doc = doc,
};

int cmd_revoke(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = 2 };
	uint64_t client;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (!number_parse(arguments.words[1], &client) || client > INT32_MAX)
		return usage(arguments.words[1], "the number of a client");
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	err = kplug_revoke(arguments.words[0], (uint32_t)client);
	if (err == -ENOENT)
		return fail_because(arguments.words[0], "revoke",
				    "there is no such client; `kplug clients` shows them");
	if (err)
		return fail(arguments.words[0], "revoke", err);
	return done(&arguments, "revoked");
}
