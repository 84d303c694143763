// SPDX-License-Identifier: MIT
/* kplug list: devices, their drivers, plugins and programs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/color.h"
#include "common/command.h"
#include "common/module.h"
#include "common/names.h"
#include "tree.h"
#include "use/use.h"

#define PLUGINS "/sys/kernel/debug/kplug/plugins"

static const char doc[] =
	"Shows every PCI function and every other device on kplug, or only those that "
	"match a PATTERN: an address or name, with wildcards as in a shell; or vendor "
	"and device id, either of which may be '*'; or, with wildcards, a name in "
	"pci.ids. Needs no privileges; root also sees the registered plugins.\v"
	"Examples:\n"
	"  kplug list\n"
	"  kplug list --tree\n"
	"  kplug list --all '*rtc*'\n"
	"  kplug list '1234:*' '*ethernet*' --json";

struct list_options {
	struct arguments arguments; /* first, as its parser expects */
	bool all;
	bool tree;
};

static const struct argp_option options[] = {
	{ "all", 'a', NULL, 0, "show the platform devices, too, that kplug does not have", 0 },
	{ "tree", 't', NULL, 0, "show the devices behind each bridge, with names", 0 },
	{ 0 }
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct list_options *o = state->input;

	(void)word;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case 'a':
		o->all = true;
		return 0;
	case 't':
		o->tree = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PATTERN...]",
	.doc = doc,
	.children = arguments_children,
};

static void command_of(int pid, char *comm, int size)
{
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "r");
	if (!file || !fgets(comm, size, file))
		strcpy(comm, "?");
	comm[strcspn(comm, "\n")] = '\0';
	if (file)
		fclose(file);
}

static int holders_of(const struct kplug_found *found, struct kplug_holder **holders)
{
	*holders = NULL;
	return found->on_kplug ? kplug_holders(found->name, holders) : 0;
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

/* Where the columns of a line begin, within 80. */
enum { COLUMN_IDS = 13, COLUMN_DRIVER = 23, COLUMN_PLUGIN = 39, COLUMN_HOLDERS = 50, WIDTH = 80 };

/* On kplug. One on each line, from the last column. */
static void print_holders(const struct kplug_found *found)
{
	struct kplug_holder *holders;
	int i, count = holders_of(found, &holders);
	char comm[32];

	for (i = 0; i < count; i++) {
		command_of(holders[i].pid, comm, sizeof(comm));
		printf("%*s%s[%d]%s\n", i ? COLUMN_HOLDERS : 0, "", comm, holders[i].pid,
		       holders[i].trusted ? "" : " restricted");
	}
	if (count <= 0)
		puts("-");
	free(holders);
}

/* "Ethernet controller: Intel Corporation 82574L", as much as fits. */
static void print_names(const struct kplug_found *found)
{
	struct names names;
	char text[3 * sizeof(names.vendor) + 8];

	names_find(found, &names);
	snprintf(text, sizeof(text), "%s%s%s%s%s", names.class_name,
		 names.class_name[0] && names.vendor[0] ? ": " : "", names.vendor,
		 names.device[0] ? " " : "", names.device);
	if (text[0])
		printf("%*s%.*s\n", COLUMN_IDS, "", WIDTH - COLUMN_IDS, text);
}

/* Under other drivers than kplug. */
static void print_uses(const struct kplug_found *found)
{
	struct uses uses = { 0 };
	unsigned int i;

	if (!found->on_kplug)
		uses_find(&uses, "", found->name);
	for (i = 0; i < uses.count; i++)
		printf("%*s%s\n", COLUMN_IDS, "", uses.text[i]);
}

static void print_device(const struct kplug_found *found)
{
	char ids[16];

	if (found->vendor)
		snprintf(ids, sizeof(ids), "%04x:%04x", found->vendor, found->device);
	else
		snprintf(ids, sizeof(ids), "%s", found->bus);
	printf("%-*s %-*s %-*s %-*s ", COLUMN_IDS - 1, found->name, COLUMN_DRIVER - COLUMN_IDS - 1,
	       ids, COLUMN_PLUGIN - COLUMN_DRIVER - 1, or_dash(found->driver),
	       COLUMN_HOLDERS - COLUMN_PLUGIN - 1, or_dash(found->plugin));
	print_holders(found);
	print_names(found);
	print_uses(found);
}

/* Calls @each for every registered plugin; false: they cannot be read. */
static bool for_each_plugin(void (*each)(const char *name, unsigned int devices, void *ctx),
			    void *ctx)
{
	FILE *file = fopen(PLUGINS, "r");
	unsigned int devices;
	char name[KPLUG_NAME_MAX];

	if (!file)
		return false;
	while (fscanf(file, "%63s %u", name, &devices) == 2)
		each(name, devices, ctx);
	fclose(file);
	return true;
}

static void print_plugin(const char *name, unsigned int devices, void *ctx)
{
	(void)ctx;
	printf("plugin %s: on %u device%s\n", name, devices, devices == 1 ? "" : "s");
}

static void print_all(const struct kplug_found *found, const bool *shown, int count)
{
	int i;

	printf("%s%-*s%-*s%-*s%-*s%s%s\n", color_begin(stdout, COLOR_HEAD), COLUMN_IDS, "DEVICE",
	       COLUMN_DRIVER - COLUMN_IDS, "IDS", COLUMN_PLUGIN - COLUMN_DRIVER, "DRIVER",
	       COLUMN_HOLDERS - COLUMN_PLUGIN, "PLUGIN", "HELD BY", color_end(stdout));
	for (i = 0; i < count; i++)
		if (shown[i])
			print_device(&found[i]);
	for_each_plugin(print_plugin, NULL);
	if (!module_loaded())
		fprintf(stderr, "the kernel module is not loaded; "
				"`modprobe kplug` as root loads it\n");
}

static cJSON *json_holders(const struct kplug_found *found)
{
	cJSON *array = cJSON_CreateArray();
	struct kplug_holder *holders;
	int i, count = holders_of(found, &holders);
	char comm[32];

	for (i = 0; i < count; i++) {
		cJSON *object = cJSON_CreateObject();

		command_of(holders[i].pid, comm, sizeof(comm));
		cJSON_AddNumberToObject(object, "pid", holders[i].pid);
		cJSON_AddStringToObject(object, "command", comm);
		cJSON_AddBoolToObject(object, "trusted", holders[i].trusted);
		cJSON_AddStringToObject(object, "plugin", holders[i].plugin);
		cJSON_AddItemToArray(array, object);
	}
	free(holders);
	return array;
}

static cJSON *json_uses(const struct kplug_found *found)
{
	cJSON *array = cJSON_CreateArray();
	struct uses uses = { 0 };
	unsigned int i;

	if (!found->on_kplug)
		uses_find(&uses, "", found->name);
	for (i = 0; i < uses.count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(uses.text[i]));
	return array;
}

static cJSON *json_device(const struct kplug_found *found)
{
	cJSON *object = cJSON_CreateObject();
	struct names names;

	names_find(found, &names);
	cJSON_AddStringToObject(object, "device", found->name);
	cJSON_AddStringToObject(object, "bus", found->bus);
	cJSON_AddStringToObject(object, "parent", found->parent);
	cJSON_AddStringToObject(object, "vendor_name", names.vendor);
	cJSON_AddStringToObject(object, "device_name", names.device);
	cJSON_AddStringToObject(object, "class_name", names.class_name);
	cJSON_AddBoolToObject(object, "on_kplug", found->on_kplug);
	add_hex(object, "vendor_id", 4, found->vendor);
	add_hex(object, "device_id", 4, found->device);
	add_hex(object, "subvendor_id", 4, found->subvendor);
	add_hex(object, "subdevice_id", 4, found->subdevice);
	add_hex(object, "class", 6, found->class_code);
	add_hex(object, "revision", 2, found->revision);
	cJSON_AddNumberToObject(object, "iommu_group", found->iommu_group);
	cJSON_AddNumberToObject(object, "numa_node", found->numa_node);
	cJSON_AddStringToObject(object, "driver", found->driver);
	cJSON_AddStringToObject(object, "irq_mode", found->irq_mode);
	cJSON_AddStringToObject(object, "plugin", found->plugin);
	cJSON_AddItemToObject(object, "holders", json_holders(found));
	cJSON_AddItemToObject(object, "uses", json_uses(found));
	return object;
}

static void json_plugin(const char *name, unsigned int devices, void *ctx)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "plugin", name);
	cJSON_AddNumberToObject(object, "devices", devices);
	cJSON_AddItemToArray(ctx, object);
}

static void print_json_all(const struct kplug_found *found, const bool *shown, int count)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *devices, *plugins;
	int i;

	cJSON_AddBoolToObject(root, "module_loaded", module_loaded());
	devices = cJSON_AddArrayToObject(root, "devices");
	for (i = 0; i < count; i++)
		if (shown[i])
			cJSON_AddItemToArray(devices, json_device(&found[i]));
	plugins = cJSON_CreateArray();
	if (!for_each_plugin(json_plugin, plugins)) {
		cJSON_Delete(plugins); /* unknown is not the same as none */
		plugins = cJSON_CreateNull();
	}
	cJSON_AddItemToObject(root, "plugins", plugins);
	print_json("list-1", root);
}

/* Marks the devices that match, or all without patterns; gives their number. */
static int choose(const struct arguments *patterns, const struct kplug_found *found, bool *shown,
		  int count)
{
	int i, j, num_shown = 0;

	for (i = 0; i < count; i++) {
		shown[i] = !patterns->count;
		for (j = 0; j < patterns->count; j++)
			shown[i] |= device_matches(&found[i], patterns->words[j]);
		num_shown += shown[i];
	}
	return num_shown;
}

static void show(const struct list_options *o, const struct kplug_found *found, bool *shown,
		 int count)
{
	if (o->arguments.json)
		print_json_all(found, shown, count);
	else if (o->tree)
		tree_print(found, shown, count);
	else
		print_all(found, shown, count);
}

static int list(const struct list_options *o, const struct kplug_found *found, int count)
{
	bool *shown = calloc((size_t)count + 1, sizeof(*shown));
	int result = COMMAND_OK;

	if (!shown)
		return fail("devices", "list", -ENOMEM);
	if (choose(&o->arguments, found, shown, count) || !o->arguments.count)
		show(o, found, shown, count);
	else
		result = no_device(o->arguments.words[0]);
	free(shown);
	return result;
}

int cmd_list(int argc, char **argv)
{
	struct list_options o = { .arguments = { .max = MAX_WORDS } };
	struct kplug_found *found;
	int count, result;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	count = o.all ? kplug_scan_all(&found) : kplug_scan(&found);
	if (count < 0)
		return fail("devices", "scan", count);
	result = list(&o, found, count);
	free(found);
	return result;
}
