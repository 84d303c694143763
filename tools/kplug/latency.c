// SPDX-License-Identifier: MIT
/* kplug latency: runs the ladder on one device and shows the rungs side by side. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "command.h"
#include "html.h"
#include "latency.h"
#include "stages.h"

#define MAX_COUNT 30000	/* with the warm-up it fits the event ring */

/* In the order of the table: our rungs, then what we compare them with. */
static const struct latency_kind *const kinds[] = {
	&latency_user, &latency_recipe, &latency_plugin,
	&latency_bare, &latency_uio, &latency_vfio,
};

#define NUM_KINDS (sizeof(kinds) / sizeof(*kinds))

/* Devices that need no description on the command line. */
static const struct {
	const char *ids;
	const char *plugin;
	struct reg raise, status, ack;
} known_devices[] = {
	{ "0x1234:0x11e8", "edu",	/* of QEMU */
	  { .width = 4, .offset = 0x60, .value = 1 },
	  { .width = 4, .offset = 0x24 },
	  { .width = 4, .offset = 0x64 } },
};

static const char doc[] =
	"Raises interrupts on one device and handles them on each path in turn, "
	"with the times from the raise to the handler, to the acknowledge and to "
	"the program. The device is taken from its driver meanwhile and given "
	"back at the end. Needs root.\v"
	"A REGISTER is REGION:OFFSET, 32 bits wide, and all three in one region. "
	"The status is 0 when the device did not interrupt; written to the "
	"acknowledge register, it ends the interrupt. For QEMU's edu the "
	"registers are known.\n\n"
	"Examples:\n"
	"  kplug latency 0000:00:04.0\n"
	"  kplug latency 0000:00:04.0 --paths user,plugin --html out.html\n"
	"  kplug latency 0000:03:00.0 --raise 0:0x60=1 --status 0:0x24 --ack 0:0x64 --plugin mine\n\n"
	"With --dev, --irq or --driver it watches a device at work instead, "
	"whichever driver has it: `kplug latency --dev --help`. `kplug latency "
	"compare --help` shows two such results beside each other.";

enum {
	OPTION_RAISE = 0x100, OPTION_STATUS, OPTION_ACK, OPTION_PLUGIN,
	OPTION_PATHS, OPTION_HTML, OPTION_UNIT
};

static const struct argp_option options[] = {
	{ "raise", OPTION_RAISE, "REGISTER=VALUE", 0, "makes the device interrupt", 0 },
	{ "status", OPTION_STATUS, "REGISTER", 0, "0 if it is not this device", 0 },
	{ "ack", OPTION_ACK, "REGISTER", 0, "ends the interrupt", 0 },
	{ "plugin", OPTION_PLUGIN, "NAME", 0, "the plugin of rung 3", 0 },
	{ "paths", OPTION_PATHS, "LIST", 0, "some of user,recipe,plugin,bare,uio,vfio (all)", 0 },
	{ "count", 'n', "N", 0, "interrupts on each path (2000)", 0 },
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with a picture", 0 },
	{ "unit", OPTION_UNIT, "UNIT", 0, "what the clock counts (ns); an emulator may count instructions", 0 },
	{ 0 }
};

struct latency_options {
	struct arguments arguments;	/* first: the child parser's */
	struct reg raise, status, ack;	/* width 0: not given */
	const char *plugin;
	const struct latency_kind *paths[NUM_KINDS];
	size_t num_paths;
	unsigned int count;
	const char *html;
	const char *unit;
};

static void add_path(struct latency_options *o, const char *name, struct argp_state *state)
{
	size_t i;

	for (i = 0; i < NUM_KINDS; i++)
		if (!strcmp(kinds[i]->name, name))
			break;
	if (i == NUM_KINDS)
		argp_error(state, "there is no path '%s'", name);
	if (o->num_paths == NUM_KINDS)
		argp_error(state, "too many paths");
	o->paths[o->num_paths++] = kinds[i];
}

static void parse_paths(struct latency_options *o, char *list, struct argp_state *state)
{
	char *name;

	for (name = strtok(list, ","); name; name = strtok(NULL, ","))
		add_path(o, name, state);
}

static unsigned int parse_count(const char *text, struct argp_state *state)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);

	if (*end || count < 10 || count > MAX_COUNT)
		argp_error(state, "the count must be from 10 to %d", MAX_COUNT);
	return (unsigned int)count;
}

/* All or none of the registers, 32 bits wide, in one region. */
static void check_registers(const struct latency_options *o, struct argp_state *state)
{
	if (!o->raise.width && !o->status.width && !o->ack.width)
		return;
	if (o->raise.width != 4 || o->status.width != 4 || o->ack.width != 4 ||
	    o->status.region != o->raise.region || o->ack.region != o->raise.region)
		argp_error(state, "--raise, --status and --ack belong together: "
			   "three 32-bit registers of one region");
	if ((o->raise.offset | o->status.offset | o->ack.offset) % 4)
		argp_error(state, "a register is not aligned");
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct latency_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case OPTION_RAISE:
		if (!reg_parse_value(word, &o->raise))
			argp_error(state, "'%s' is not REGION:OFFSET=VALUE", word);
		return 0;
	case OPTION_STATUS:
		if (!reg_parse(word, &o->status))
			argp_error(state, "'%s' is not REGION:OFFSET", word);
		return 0;
	case OPTION_ACK:
		if (!reg_parse(word, &o->ack))
			argp_error(state, "'%s' is not REGION:OFFSET", word);
		return 0;
	case OPTION_PLUGIN:
		o->plugin = word;
		return 0;
	case OPTION_PATHS:
		parse_paths(o, word, state);
		return 0;
	case 'n':
		o->count = parse_count(word, state);
		return 0;
	case OPTION_HTML:
		o->html = word;
		return 0;
	case OPTION_UNIT:
		o->unit = word;
		return 0;
	case ARGP_KEY_SUCCESS:
		check_registers(o, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DEVICE",
	.doc = doc,
	.children = arguments_children,
};

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_name, what, why);
	return COMMAND_FAILED;
}

static void use_known(struct latency_options *o, const char *ids)
{
	size_t i;

	for (i = 0; i < sizeof(known_devices) / sizeof(*known_devices); i++)
		if (!strcmp(ids, known_devices[i].ids)) {
			o->raise = known_devices[i].raise;
			o->status = known_devices[i].status;
			o->ack = known_devices[i].ack;
			if (!o->plugin)
				o->plugin = known_devices[i].plugin;
		}
}

/* What the paths need to know of the device, from the options and its PCI ids. */
static int describe(struct latency_options *o, const char *address, struct latency_device *device)
{
	char ids[32];

	if (geteuid())
		return refuse(address, "not allowed; try as root");
	if (latency_pci_ids(address, ids, sizeof(ids)))
		return refuse(address, "no such device; `kplug list` shows what is here");
	if (!o->raise.width)
		use_known(o, ids);
	if (!o->raise.width)
		return refuse(address, "how does it interrupt? say --raise, --status and --ack");
	*device = (struct latency_device){
		.address = address,
		.plugin = o->plugin,
		.region = o->raise.region,
		.raise = o->raise.offset,
		.raise_value = (uint32_t)o->raise.value,
		.status = o->status.offset,
		.ack = o->ack.offset,
	};
	return COMMAND_OK;
}

static void run_paths(const struct latency_options *o, const struct latency_device *device,
		      struct latency_row *rows)
{
	struct latency_binding before;
	size_t i;

	latency_pci_save(device->address, &before);
	for (i = 0; i < o->num_paths; i++) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "%s...\n", o->paths[i]->title);
		latency_run(o->paths[i], device, o->count, &rows[i]);
	}
	latency_pci_restore(device->address, &before);
}

static int write_html(const char *name, const struct latency_report *report)
{
	FILE *out = fopen(name, "w");

	if (out)
		latency_html(out, report);
	return html_close(out, name);
}

static int show(const struct latency_options *o, const struct latency_report *report)
{
	if (o->arguments.json)
		latency_json(report);
	else
		latency_table(report);
	return o->html ? write_html(o->html, report) : COMMAND_OK;
}

/* "00:04.0" is in domain 0. */
static void full_address(char *out, size_t size, const char *word)
{
	bool domain = strchr(word, ':') != strrchr(word, ':');

	snprintf(out, size, "%s%s", domain ? "" : "0000:", word);
}

/* Somebody else's interrupts, as they come. */
static bool wants_stages(int argc, char **argv)
{
	static const char *const names[] = { "--dev", "--irq", "--driver" };
	size_t n;
	int i;

	for (i = 1; i < argc; i++)
		for (n = 0; n < sizeof(names) / sizeof(*names); n++)
			if (!strncmp(argv[i], names[n], strlen(names[n])) &&
			    strchr("=", argv[i][strlen(names[n])]))
				return true;
	return false;
}

static int compare(int argc, char **argv)
{
	static char name[] = "kplug latency compare";

	argv[1] = program_invocation_name = program_invocation_short_name = name;
	return stages_compare(argc - 1, argv + 1);
}

int cmd_latency(int argc, char **argv)
{
	struct latency_options o = {
		.arguments = { .min = 1, .max = 1 },
		.count = 2000,
		.unit = "ns",
	};
	struct latency_row rows[NUM_KINDS];
	struct latency_device device;
	struct latency_report report = { .device = &device, .rows = rows };
	struct utsname system;
	char address[64];

	if (argc > 1 && !strcmp(argv[1], "compare"))
		return compare(argc, argv);
	if (wants_stages(argc, argv))
		return cmd_stages(argc, argv);
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	if (choose_device(&o.arguments))
		return COMMAND_FAILED;
	if (!o.num_paths) {
		memcpy(o.paths, kinds, sizeof(kinds));
		o.num_paths = NUM_KINDS;
	}
	full_address(address, sizeof(address), o.arguments.words[0]);
	if (describe(&o, address, &device))
		return COMMAND_FAILED;
	run_paths(&o, &device, rows);
	uname(&system);
	report.unit = o.unit;
	report.kernel = system.release;
	report.count = o.count;
	report.num_rows = o.num_paths;
	return show(&o, &report);
}
