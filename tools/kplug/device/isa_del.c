// SPDX-License-Identifier: MIT
/* kplug isa-del: removes an ISA card. */
#include "common/command.h"

static const char doc[] =
	"Removes an ISA card that `kplug isa-add` declared. Programs that have it "
	"open get the event that the device is gone. Needs root.\v"
	"Examples:\n"
	"  kplug isa-del isa-2f8";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

int cmd_isa_del(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	err = kplug_isa_del(arguments.words[0]);
	if (err)
		return fail(arguments.words[0], "remove", err);
	return done(&arguments, "removed");
}
