// SPDX-License-Identifier: MIT
/* kplug caps: the capabilities of a PCI function. */
#include <stdio.h>

#include "pci/chain.h"
#include "pci/std_header.h"
#include "pci/source.h"

static const char doc[] =
	"Shows the capabilities and extended capabilities of a PCI function on kplug, with their "
	"fields, and says what is wrong with their lists. With --from, shows those of the "
	"functions in a dump, or of DEVICE in it. Needs root, but not for a dump.\v"
	"Examples:\n"
	"  kplug caps 0000:00:04.0\n"
	"  kplug caps 00:04.0 --json\n"
	"  lspci -s 00:04.0 -xxxx | kplug caps --from -";

static const struct argp argp = {
	.options = source_options,
	.parser = source_parse,
	.children = source_children,
	.args_doc = "DEVICE\n--from FILE [DEVICE]",
	.doc = doc,
};

static void print_cap(const struct capability *cap)
{
	char heading[80];
	struct sheet sheet;
	int used;

	used = snprintf(heading, sizeof(heading), "%03x %-8s id 0x%0*x", cap->offset,
			capability_name(cap), cap->extended ? 4 : 2, cap->id);
	if (cap->extended)
		snprintf(heading + used, sizeof(heading) - (size_t)used, " version %u",
			 cap->version);
	sheet_text_init(&sheet, stdout, false);
	sheet_heading(&sheet, heading);
	capability_show(cap, &sheet);
	sheet_end(&sheet);
}

static void add_cap(const struct capability *cap, cJSON *array)
{
	cJSON *object = cJSON_CreateObject();
	struct sheet sheet;

	cJSON_AddItemToArray(array, object);
	add_hex(object, "offset", 1, cap->offset);
	add_hex(object, "id", cap->extended ? 4 : 2, cap->id);
	cJSON_AddBoolToObject(object, "extended", cap->extended);
	cJSON_AddNumberToObject(object, "version", cap->version);
	cJSON_AddStringToObject(object, "name", capability_name(cap));
	sheet_json_init(&sheet, cJSON_AddObjectToObject(object, "fields"));
	capability_show(cap, &sheet);
}

static void show(struct pci_space *space, cJSON *object, struct findings *findings)
{
	cJSON *array = object ? cJSON_AddArrayToObject(object, "capabilities") : NULL;
	const char *problem = header_problem(space);
	static struct chain chain;
	unsigned int i;

	if (problem) {
		findings_add(findings, problem);
		return;
	}
	chain_walk(space, &chain);
	for (i = 0; i < chain.count && !space->err; i++) {
		if (array)
			add_cap(&chain.caps[i], array);
		else
			print_cap(&chain.caps[i]);
	}
	for (i = 0; i < chain.problems; i++)
		findings_add(findings, chain.problem[i]);
}

int cmd_caps(int argc, char **argv)
{
	struct source source = { .arguments = { .min = 1, .max = 1 } };

	argp_parse(&argp, argc, argv, 0, NULL, &source);
	return source_run(&source, "caps-1", "capabilities", show);
}
