// SPDX-License-Identifier: MIT
/* What the kernel module and the device can do. */
#include "feature.h"

#include <stdio.h>
#include <string.h>

/* Commands that this kplug was built with. */
static const struct {
	unsigned int number;
	const char *name;
} commands[] = {
#define KPLUG_COMMAND(number, NAME, ...) { KPLUG_##NAME, #NAME },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
};

#define NUM_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct {
	uint64_t bit;
	const char *name;
} features[] = {
	{ KPLUG_FEATURE_STRIDE, "stride" },
	{ KPLUG_FEATURE_PLUGIN_VERSION, "plugin_version" },
	{ KPLUG_FEATURE_EXCLUSIVE, "exclusive" },
};

#define NUM_FEATURES (sizeof(features) / sizeof(features[0]))

struct ability {
	uint64_t features;
	bool knows[NUM_COMMANDS];
	unsigned int known;
	char reset[128]; /* "flr bus"; empty: it cannot be reset alone */
};

static int ask_module(struct kplug *k, struct ability *ability)
{
	struct kplug_features answer;
	size_t i;
	int err = 0;

	for (i = 0; i < NUM_COMMANDS && !err; i++) {
		err = kplug_features(k, commands[i].number, &answer);
		ability->features = answer.out_features;
		ability->knows[i] = answer.out_command_size;
		ability->known += ability->knows[i];
	}
	return err;
}

static void read_reset(const char *device, char *reset, size_t size)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset_method", device);
	file = fopen(path, "re");
	if (!file || !fgets(reset, (int)size, file))
		reset[0] = '\0';
	reset[strcspn(reset, "\n")] = '\0';
	if (file)
		fclose(file);
}

static void print_text(const struct kplug_device_info *info, const struct ability *ability)
{
	size_t i;

	printf("module   interface %u, %u of %zu commands", info->out_abi, ability->known,
	       NUM_COMMANDS);
	for (i = 0; i < NUM_FEATURES; i++)
		if (ability->features & features[i].bit)
			printf(", %s", features[i].name);
	putchar('\n');
	for (i = 0; i < NUM_COMMANDS; i++)
		if (!ability->knows[i])
			printf("         it does not know %s\n", commands[i].name);
	if (info->out_bus == KPLUG_BUS_PCI)
		printf("reset    %s\n", ability->reset[0] ? ability->reset : "not alone");
}

static void add_json(cJSON *root, const struct kplug_device_info *info,
		     const struct ability *ability)
{
	cJSON *module = cJSON_AddObjectToObject(root, "module"), *array;
	size_t i;

	cJSON_AddNumberToObject(module, "interface", info->out_abi);
	array = cJSON_AddArrayToObject(module, "features");
	for (i = 0; i < NUM_FEATURES; i++)
		if (ability->features & features[i].bit)
			cJSON_AddItemToArray(array, cJSON_CreateString(features[i].name));
	array = cJSON_AddArrayToObject(module, "unknown_commands");
	for (i = 0; i < NUM_COMMANDS; i++)
		if (!ability->knows[i])
			cJSON_AddItemToArray(array, cJSON_CreateString(commands[i].name));
	cJSON_AddStringToObject(root, "reset", ability->reset);
}

int features_show(struct kplug *k, const struct kplug_device_info *info, cJSON *root)
{
	struct ability ability = { 0 };
	int err = ask_module(k, &ability);

	if (err)
		return err;
	read_reset(info->out_name, ability.reset, sizeof(ability.reset));
	if (root)
		add_json(root, info, &ability);
	else
		print_text(info, &ability);
	return 0;
}
