// SPDX-License-Identifier: MIT
/* kplug latency: runs the ladder on one device and shows the rungs side by side. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "command.h"
#include "html.h"
#include "latency_choice.h"
#include "stages.h"

#define MAX_COUNT 30000	/* with the warm-up it fits the event ring */

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

enum { OPTION_HTML = 0x100, OPTION_UNIT };

static const struct argp_option options[] = {
	{ "count", 'n', "N", 0, "interrupts on each path (2000)", 0 },
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with a picture", 0 },
	{ "unit", OPTION_UNIT, "UNIT", 0, "what the clock counts (ns); an emulator may count instructions", 0 },
	{ 0 }
};

struct latency_options {
	struct arguments arguments;	/* first: the child parser's */
	struct latency_choice choice;
	unsigned int count;
	const char *html;
	const char *unit;
};

static unsigned int parse_count(const char *text, struct argp_state *state)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);

	if (*end || count < 10 || count > MAX_COUNT)
		argp_error(state, "the count must be from 10 to %d", MAX_COUNT);
	return (unsigned int)count;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct latency_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		state->child_inputs[1] = &o->choice;
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
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DEVICE",
	.doc = doc,
	.children = latency_children,
};

static void run_paths(const struct latency_options *o, const struct latency_device *device,
		      struct latency_row *rows)
{
	size_t i;

	for (i = 0; i < o->choice.num_paths; i++) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "%s...\n", o->choice.paths[i]->title);
		latency_run(o->choice.paths[i], device, o->count, &rows[i]);
	}
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
	struct latency_row rows[LATENCY_KINDS];
	struct latency_device device;
	struct latency_report report = { .device = &device, .rows = rows };
	struct utsname system;

	if (argc > 1 && !strcmp(argv[1], "compare"))
		return compare(argc, argv);
	if (wants_stages(argc, argv))
		return cmd_stages(argc, argv);
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	if (choose_device(&o.arguments))
		return COMMAND_FAILED;
	if (latency_describe(&o.choice, o.arguments.words[0], &device))
		return COMMAND_FAILED;
	if (device.soft || device.no_status)
		return refuse(device.address, "how does it interrupt? say --raise, --status and --ack");
	latency_pci_guard(device.address);
	run_paths(&o, &device, rows);
	uname(&system);
	report.unit = o.unit;
	report.kernel = system.release;
	report.count = o.count;
	report.num_rows = o.choice.num_paths;
	return show(&o, &report);
}
