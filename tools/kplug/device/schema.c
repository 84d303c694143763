// SPDX-License-Identifier: MIT
/* kplug schema: the shape of what commands print with --json. */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/schema.h"

static const char doc[] =
	"Prints the JSON Schema of what commands print with --json, or the names of all. The "
	"member schema of the output has the name. Its number grows when a member gets another "
	"meaning or goes; programs have to skip members that they do not know.\v"
	"Examples:\n"
	"  kplug schema\n"
	"  kplug schema ladder-1";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "[NAME]",
	.doc = doc,
};

int cmd_schema(int argc, char **argv)
{
	struct arguments arguments = { .max = 1 };
	const struct schema *schema;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	for (schema = schemas; schema->name; schema++)
		if (!arguments.count)
			puts(schema->name);
		else if (!strcmp(schema->name, arguments.words[0]))
			return fputs(schema->text, stdout) < 0 ? COMMAND_FAILED : COMMAND_OK;
	return arguments.count ?
		       refuse(arguments.words[0], "no such schema; `kplug schema` names them all") :
		       COMMAND_OK;
}
