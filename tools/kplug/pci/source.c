// SPDX-License-Identifier: MIT
/* Shows the configuration space of a device on kplug, or of the functions in a dump. */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dump.h"

enum { OPTION_FROM = 'f' };

const struct argp_option source_options[] = {
	{ "from", OPTION_FROM, "FILE", 0,
	  "read a dump, as `lspci -xxxx` prints it, and not a device; - is standard input", 0 },
	{ 0 }
};

const struct argp_child source_children[] = { { &arguments_argp, 0, NULL, 0 }, { 0 } };

error_t source_parse(int key, char *word, struct argp_state *state)
{
	struct source *source = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &source->arguments;
		return 0;
	case OPTION_FROM:
		source->from = word;
		/* Without a device it shows all. */
		source->arguments.min = 0;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void findings_add(struct findings *findings, const char *text)
{
	snprintf(findings->text[findings->count++], sizeof(findings->text[0]), "%s", text);
}

static void add_findings(cJSON *object, const struct findings *findings)
{
	cJSON *array = cJSON_AddArrayToObject(object, "problems");
	unsigned int i;

	for (i = 0; i < findings->count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(findings->text[i]));
}

static int say_findings(const char *name, const struct findings *findings)
{
	unsigned int i;

	/* Behind the facts, wherever both go. */
	fflush(stdout);
	for (i = 0; i < findings->count; i++)
		refuse(name, findings->text[i]);
	return findings->count ? COMMAND_FAILED : COMMAND_OK;
}

/* Adds the function to @json if there is one. */
static int show_one(struct pci_space *space, cJSON *json, const char *action, source_show *show)
{
	struct findings findings = { 0 };

	if (json)
		cJSON_AddStringToObject(json, "device", space->name);
	show(space, json, &findings);
	if (space->err)
		return fail(space->name, action, space->err);
	if (json)
		add_findings(json, &findings);
	return say_findings(space->name, &findings);
}

/* A list with one function: the same shape as of a dump. */
static void print_function(const char *schema, cJSON *json)
{
	cJSON *array = cJSON_CreateArray();

	cJSON_AddItemToArray(array, json);
	print_json(schema, array);
}

static int run_device(struct source *source, const char *schema, const char *action,
		      source_show *show)
{
	cJSON *json = source->arguments.json ? cJSON_CreateObject() : NULL;
	struct pci_space space;
	const char *name;
	struct kplug *k;
	int err, result;

	if (choose_device(&source->arguments) ||
	    open_device(&k, source->arguments.words[0], KPLUG_OPEN_NO_RING)) {
		cJSON_Delete(json);
		return COMMAND_FAILED;
	}
	name = source->arguments.words[0];
	err = pci_space_open(&space, k, name);
	result = err ? fail(name, action, err) : show_one(&space, json, action, show);
	if (json && !err && !space.err)
		print_function(schema, json);
	else
		cJSON_Delete(json);
	kplug_close(k);
	return result;
}

static int show_dumped(struct pci_space *space, cJSON *array, bool heading, source_show *show)
{
	cJSON *json = NULL;
	char why[80];

	if (space->size < PCI_SPACE_HEADER) {
		snprintf(why, sizeof(why), "the dump has %u bytes of it, and a header has %u",
			 space->size, PCI_SPACE_HEADER);
		return refuse(space->name, why);
	}
	if (array) {
		json = cJSON_CreateObject();
		cJSON_AddItemToArray(array, json);
	} else if (heading) {
		printf("%s %04x:%04x\n", space->name, pci_space_get(space, 0, 2),
		       pci_space_get(space, 2, 2));
	}
	return show_one(space, json, "", show);
}

/* By address, or by vendor and device id. */
static bool is_wanted(struct pci_space *space, const char *wanted)
{
	char ids[16];

	snprintf(ids, sizeof(ids), "%04x:%04x", pci_space_get(space, 0, 2),
		 pci_space_get(space, 2, 2));
	return dump_same_address(space->name, wanted) || !strcasecmp(ids, wanted);
}

/* A dump may have a function several times, as before and after a fault. */
static int run_dump(const struct source *source, struct dump *dump, const char *schema,
		    source_show *show)
{
	const char *wanted = source->arguments.count ? source->arguments.words[0] : NULL;
	cJSON *array = source->arguments.json ? cJSON_CreateArray() : NULL;
	unsigned int i, shown = 0;
	int result = COMMAND_OK;

	for (i = 0; i < dump->count; i++) {
		if (wanted && !is_wanted(&dump->functions[i], wanted))
			continue;
		if (show_dumped(&dump->functions[i], array, !wanted, show))
			result = COMMAND_FAILED;
		shown++;
	}
	if (array)
		print_json(schema, array);
	return shown ? result : refuse(wanted, "the dump has no such function");
}

static int read_dump(struct dump *dump, const char *name)
{
	bool is_input = !strcmp(name, "-");
	FILE *file = is_input ? stdin : fopen(name, "r");
	bool good;

	if (!file)
		return refuse(name, strerror(errno));
	good = dump_read(dump, file);
	if (!is_input)
		fclose(file);
	return good ? COMMAND_OK : refuse(is_input ? "standard input" : name, dump->problem);
}

int source_run(struct source *source, const char *schema, const char *action, source_show *show)
{
	struct dump dump;
	int result;

	if (!source->from)
		return run_device(source, schema, action, show);
	result = read_dump(&dump, source->from);
	if (result)
		return result;
	result = run_dump(source, &dump, schema, show);
	dump_free(&dump);
	return result;
}
