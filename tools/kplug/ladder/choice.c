// SPDX-License-Identifier: MIT
/* Options of the commands that raise interrupts: the device, its registers, the paths. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "choice.h"
#include "use/use.h"

const struct ladder_kind *const ladder_kinds[LADDER_KINDS] = {
	&ladder_user, &ladder_recipe, &ladder_plugin, &ladder_bare, &ladder_uio, &ladder_vfio,
};

/* Devices that need no description on the command line. */
static const struct known_device {
	const char *ids;
	const char *plugin;
	bool no_status;
	struct reg raise, status, ack;
} known_devices[] = {
	{ "0x1234:0x11e8",
	  "edu",
	  false, /* QEMU */
	  { .width = 4, .offset = 0x60, .value = 1 },
	  { .width = 4, .offset = 0x24 },
	  { .width = 4, .offset = 0x64 } },
	{ "0x1af4:0x1110",
	  "ivshmem",
	  true, /* QEMU; its peers raise the interrupt */
	  { 0 },
	  { .width = 4, .offset = 0x08 },
	  { 0 } },
};

enum {
	OPTION_RAISE = 0x500,
	OPTION_STATUS,
	OPTION_ACK,
	OPTION_PLUGIN,
	OPTION_PATHS,
	OPTION_SETUP,
	OPTION_TEARDOWN,
	OPTION_FORCE
};

static const struct argp_option options[] = {
	{ "raise", OPTION_RAISE, "REGISTER=VALUE", 0, "a write that makes the device interrupt",
	  0 },
	{ "status", OPTION_STATUS, "REGISTER", 0, "0 if the device does not interrupt", 0 },
	{ "ack", OPTION_ACK, "REGISTER", 0, "acknowledges the interrupt", 0 },
	{ "plugin", OPTION_PLUGIN, "NAME", 0, "the plugin of rung 3", 0 },
	{ "setup", OPTION_SETUP, "FILE", 0,
	  "a script for each time the device is taken: it enables the interrupt", 0 },
	{ "teardown", OPTION_TEARDOWN, "FILE", 0, "a script for each time the device is given back",
	  0 },
	{ "force", OPTION_FORCE, NULL, 0, "take the device even if it is in use", 0 },
	{ "paths", OPTION_PATHS, "LIST", 0, "a list of user,recipe,plugin,bare,uio,vfio (all)", 0 },
	{ 0 }
};

bool ladder_choose_path(struct ladder_choice *choice, const char *name)
{
	size_t i;

	for (i = 0; i < LADDER_KINDS; i++)
		if (!strcmp(ladder_kinds[i]->name, name))
			break;
	if (i == LADDER_KINDS || choice->num_paths == LADDER_KINDS)
		return false;
	choice->paths[choice->num_paths++] = ladder_kinds[i];
	return true;
}

static void parse_paths(struct ladder_choice *choice, char *list, struct argp_state *state)
{
	char *name;

	for (name = strtok(list, ","); name; name = strtok(NULL, ","))
		if (!ladder_choose_path(choice, name))
			argp_error(state, "there is no path '%s', or there are too many", name);
}

/* All or none of the registers, 32 bits wide, in one region. */
static void check_registers(const struct ladder_choice *c, struct argp_state *state)
{
	if (!c->raise.width && !c->status.width && !c->ack.width)
		return;
	if (c->raise.width != 4 || c->status.width != 4 || c->ack.width != 4 ||
	    c->status.region != c->raise.region || c->ack.region != c->raise.region)
		argp_error(state, "--raise, --status and --ack go together: "
				  "three 32-bit registers of one region");
	if ((c->raise.offset | c->status.offset | c->ack.offset) % 4)
		argp_error(state, "a register is not aligned");
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct ladder_choice *c = state->input;

	switch (key) {
	case OPTION_RAISE:
		if (!reg_parse_value(word, &c->raise))
			argp_error(state, "'%s' is not REGION:OFFSET=VALUE", word);
		return 0;
	case OPTION_STATUS:
		if (!reg_parse(word, &c->status))
			argp_error(state, "'%s' is not REGION:OFFSET", word);
		return 0;
	case OPTION_ACK:
		if (!reg_parse(word, &c->ack))
			argp_error(state, "'%s' is not REGION:OFFSET", word);
		return 0;
	case OPTION_PLUGIN:
		c->plugin = word;
		return 0;
	case OPTION_FORCE:
		c->force = true;
		return 0;
	case OPTION_SETUP:
		c->setup_file = word;
		return 0;
	case OPTION_TEARDOWN:
		c->teardown_file = word;
		return 0;
	case OPTION_PATHS:
		parse_paths(c, word, state);
		return 0;
	case ARGP_KEY_SUCCESS:
		check_registers(c, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp choice_argp = {
	.options = options,
	.parser = parse,
};

const struct argp_child ladder_children[] = { { &arguments_argp, 0, NULL, 0 },
					      { &choice_argp, 0, NULL, 0 },
					      { 0 } };

static const struct known_device *known(const char *ids)
{
	size_t i;

	for (i = 0; i < sizeof(known_devices) / sizeof(*known_devices); i++)
		if (!strcmp(ids, known_devices[i].ids))
			return &known_devices[i];
	return NULL;
}

static bool is_virtual(const char *name)
{
	char path[128], bus[16] = "";
	FILE *file;

	if (strchr(name, '/') ||
	    snprintf(path, sizeof(path), "/sys/class/kplug/%s/bus", name) >= (int)sizeof(path))
		return false;
	file = fopen(path, "r");
	if (file) {
		if (!fgets(bus, sizeof(bus), file))
			*bus = '\0';
		fclose(file);
	}
	return !strcmp(bus, "virtual\n");
}

static void fill(const struct ladder_choice *c, struct ladder_device *device)
{
	device->plugin = c->plugin;
	device->region = c->raise.region;
	device->raise = c->raise.offset;
	device->raise_value = (uint32_t)c->raise.value;
	device->status = c->status.offset;
	device->ack = c->ack.offset;
	device->setup = c->setup_file ? &c->setup : NULL;
	device->teardown = c->teardown_file ? &c->teardown : NULL;
}

static void use_known(struct ladder_choice *c, const struct known_device *device)
{
	c->raise = device->raise;
	c->status = device->status;
	c->ack = device->ack;
	if (!c->plugin)
		c->plugin = device->plugin;
}

static int describe_pci(struct ladder_choice *c, struct ladder_device *device)
{
	const struct known_device *found;
	char ids[32];

	if (ladder_pci_ids(c->address, ids, sizeof(ids)))
		return refuse(c->address, strcmp(c->address, "null0") ?
						  "no such device; `kplug list` shows all devices" :
						  "no such device; `modprobe kplug_null` makes it");
	found = c->raise.width ? NULL : known(ids);
	if (found)
		use_known(c, found);
	else if (!c->raise.width)
		return refuse(c->address, "how does it interrupt? say --raise, --status and --ack");
	device->no_status = found && found->no_status;
	return COMMAND_OK;
}

static int read_scripts(struct ladder_choice *c)
{
	int result = c->setup_file ? script_read(&c->setup, c->setup_file) : COMMAND_OK;

	if (result == COMMAND_OK && c->teardown_file)
		result = script_read(&c->teardown, c->teardown_file);
	return result;
}

/* It would lose the device, and the measurement its interrupts. */
static int refuse_used(const struct ladder_choice *c)
{
	struct uses uses;

	uses_find(&uses, "", c->address);
	use_of_clients(&uses, c->address);
	return use_refuse(&uses, c->address, "--force takes it anyway");
}

int ladder_describe(struct ladder_choice *c, const char *word, struct ladder_device *device)
{
	int result = read_scripts(c);

	if (result)
		return result;
	if (geteuid())
		return refuse(word, "not allowed; try as root");
	if (!c->num_paths) {
		memcpy(c->paths, ladder_kinds, sizeof(ladder_kinds));
		c->num_paths = LADDER_KINDS;
	}
	address_complete(c->address, word);
	*device =
		(struct ladder_device){ .address = c->address, .virtual = is_virtual(c->address) };
	device->no_status = device->virtual;
	if (device->virtual && !c->plugin)
		c->plugin = "null";
	if (!device->virtual && describe_pci(c, device))
		return COMMAND_FAILED;
	fill(c, device);
	return c->force || device->virtual ? COMMAND_OK : refuse_used(c);
}
