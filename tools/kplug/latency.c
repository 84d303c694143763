// SPDX-License-Identifier: MIT
/* kplug latency: runs the ladder on one device and shows the rungs side by side. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "latency.h"

#define MAX_PATHS 16
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
	struct latency_device device;
} known_devices[] = {
	{ "0x1234:0x11e8", { .plugin = "edu", .raise = 0x60, .raise_value = 1,
			     .status = 0x24, .ack = 0x64 } },
};

struct options {
	struct latency_device device;
	bool described;	/* --raise was given */
	const struct latency_kind *paths[MAX_PATHS];
	size_t num_paths;
	unsigned int count;
	bool json;
	const char *html;
	const char *unit;
};

enum { OPT_RAISE = 0x100, OPT_STATUS, OPT_ACK, OPT_PLUGIN, OPT_PATHS, OPT_JSON, OPT_HTML, OPT_UNIT };

static const struct argp_option option_table[] = {
	{ "raise", OPT_RAISE, "REGION:OFFSET=VALUE", 0, "32-bit write that makes the device interrupt", 0 },
	{ "status", OPT_STATUS, "OFFSET", 0, "register that is 0 when the device did not interrupt", 0 },
	{ "ack", OPT_ACK, "OFFSET", 0, "register where the status is written back to end the interrupt", 0 },
	{ "plugin", OPT_PLUGIN, "NAME", 0, "plugin of rung 3", 0 },
	{ "paths", OPT_PATHS, "LIST", 0, "which paths: user,recipe,plugin,bare,uio,vfio (all)", 0 },
	{ "count", 'n', "N", 0, "interrupts on each path (2000)", 0 },
	{ "json", OPT_JSON, NULL, 0, "print a JSON list of rows in place of the table", 0 },
	{ "html", OPT_HTML, "FILE", 0, "write a page with the same as a picture, too", 0 },
	{ "unit", OPT_UNIT, "UNIT", 0, "what the clock counts: ns (default), or instructions in an emulator that counts them", 0 },
	{ 0 }
};

static const char doc[] =
	"Raises interrupts on one device and handles them on every path in turn, "
	"with times from the raise to the handler, the acknowledge and the program."
	"\v"
	"The device is taken from its driver meanwhile and given back at the end. Needs root.\n\n"
	"Examples:\n"
	"  kplug latency 0000:00:04.0\n"
	"  kplug latency 0000:00:04.0 --paths user,plugin --json\n"
	"  kplug latency 0000:03:00.0 --raise 0:0x60=1 --status 0x24 --ack 0x64 --plugin mine\n";

/* "0x24": a register's offset. */
static uint64_t parse_offset(const char *text, struct argp_state *state)
{
	char *end;
	uint64_t offset;

	errno = 0;
	offset = strtoull(text, &end, 0);
	if (errno || end == text || *end || offset % 4)
		argp_error(state, "'%s' is no offset of a 32-bit register", text);
	return offset;
}

/* "0:0x60=1": region, offset and value. */
static void parse_raise(const char *text, struct options *o, struct argp_state *state)
{
	unsigned long long offset;
	char rest;

	if (sscanf(text, "%u:%lli=%i%c", &o->device.region, (long long *)&offset,
		   (int *)&o->device.raise_value, &rest) != 3 ||
	    offset % 4 || o->device.region > 5)
		argp_error(state, "'%s' is not REGION:OFFSET=VALUE", text);
	o->device.raise = offset;
	o->described = true;
}

static const struct latency_kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < NUM_KINDS; i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

static void parse_paths(char *text, struct options *o, struct argp_state *state)
{
	char *name;

	for (name = strtok(text, ","); name; name = strtok(NULL, ",")) {
		const struct latency_kind *kind = find_kind(name);

		if (!kind)
			argp_error(state, "there is no path '%s'", name);
		if (o->num_paths == MAX_PATHS)
			argp_error(state, "more than %d paths", MAX_PATHS);
		o->paths[o->num_paths++] = kind;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_RAISE: parse_raise(arg, o, state); break;
	case OPT_STATUS: o->device.status = parse_offset(arg, state); break;
	case OPT_ACK: o->device.ack = parse_offset(arg, state); break;
	case OPT_PLUGIN: o->device.plugin = arg; break;
	case OPT_PATHS: parse_paths(arg, o, state); break;
	case OPT_JSON: o->json = true; break;
	case OPT_HTML: o->html = arg; break;
	case OPT_UNIT: o->unit = arg; break;
	case 'n':
		o->count = atoi(arg);
		if (o->count < 10 || o->count > MAX_COUNT)
			argp_error(state, "the count must be from 10 to %d", MAX_COUNT);
		break;
	case ARGP_KEY_ARG:
		if (o->device.address)
			argp_error(state, "one device at a time");
		o->device.address = arg;
		break;
	case ARGP_KEY_END:
		if (!o->device.address)
			argp_error(state, "which device? (see 'kplug list')");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "ADDR", doc, NULL, NULL, NULL };

static int fail(const char *address, const char *what)
{
	fprintf(stderr, "kplug latency: %s: %s\n", address, what);
	return 1;
}

/* Fills in what is known about the device's registers from its PCI ids. */
static int describe(struct options *o)
{
	const char *address = o->device.address, *plugin = o->device.plugin;
	char ids[32];
	size_t i;

	if (latency_pci_ids(address, ids, sizeof(ids)))
		return fail(address, "no such PCI function (see 'kplug list')");
	for (i = 0; i < sizeof(known_devices) / sizeof(*known_devices); i++)
		if (!o->described && !strcmp(ids, known_devices[i].ids)) {
			o->device = known_devices[i].device;
			o->device.address = address;
			if (plugin)
				o->device.plugin = plugin;
			return 0;
		}
	if (!o->described || o->device.status == LATENCY_NO_REGISTER ||
	    o->device.ack == LATENCY_NO_REGISTER)
		return fail(address, "say how to raise and end its interrupt: --raise, --status and --ack");
	return 0;
}

static int write_html(const char *name, const struct latency_report *report)
{
	FILE *out = fopen(name, "w");

	if (!out)
		return fail(name, strerror(errno));
	latency_html(out, report);
	if (fclose(out))
		return fail(name, strerror(errno));
	return 0;
}

static int show(const struct options *o, const struct latency_report *report)
{
	if (o->json)
		latency_json(stdout, report);
	else
		latency_table(stdout, report);
	return o->html ? write_html(o->html, report) : 0;
}

static void run_all(const struct options *o, struct latency_row *rows)
{
	struct latency_binding before;
	size_t i;

	latency_pci_save(o->device.address, &before);
	for (i = 0; i < o->num_paths; i++) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "%s...\n", o->paths[i]->title);
		latency_run(o->paths[i], &o->device, o->count, &rows[i]);
	}
	latency_pci_restore(o->device.address, &before);
}

int cmd_latency(int argc, char **argv)
{
	struct latency_row rows[MAX_PATHS];
	struct options o = {
		.device = { .status = LATENCY_NO_REGISTER, .ack = LATENCY_NO_REGISTER },
		.count = 2000,
		.unit = "ns",
	};
	struct latency_report report;
	struct utsname system;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return 2;
	if (!o.num_paths) {
		memcpy(o.paths, kinds, sizeof(kinds));
		o.num_paths = NUM_KINDS;
	}
	if (geteuid())
		return fail(o.device.address, "needs root: it moves the device between drivers");
	if (describe(&o))
		return 1;
	uname(&system);
	run_all(&o, rows);
	report = (struct latency_report){
		.device = &o.device,
		.unit = o.unit,
		.kernel = system.release,
		.count = o.count,
		.rows = rows,
		.num_rows = o.num_paths,
	};
	return show(&o, &report);
}
