// SPDX-License-Identifier: MIT
/* kplug isa-del: takes back what isa-add declared. */
#include "command.h"

static const char doc[] =
	"Takes an ISA card off kplug that `kplug isa-add` declared; programs that "
	"have it open see it removed. Needs root.\v"
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
		return fail(arguments.words[0], "take back", err);
	return done(&arguments, "taken back");
}
