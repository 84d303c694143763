// SPDX-License-Identifier: MIT
/* kplug ladder: handles the interrupts of one device on each path in turn. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/command.h"
#include "common/html.h"
#include "common/output.h"
#include "choice.h"

#define MAX_COUNT 30000 /* with the warm-up it fits the event ring */

static const char doc[] =
	"Raises interrupts on one device and handles them on each path in turn. "
	"Shows the times from the raise to the handler, to the acknowledge and to "
	"the program. kplug takes the device from its driver meanwhile and gives it "
	"back at the end. Needs root.\v"
	"REGISTER is REGION:OFFSET of a 32-bit register; all three are in one "
	"region. The status register is 0 if the device does not interrupt. Its "
	"value, written to the acknowledge register, ends the interrupt. For QEMU's "
	"edu the registers are known.\n\n"
	"A device that does not interrupt until a register enables that needs --setup: "
	"a file for `kplug script`, run on each path.\n\n"
	"Examples:\n"
	"  kplug ladder 0000:00:04.0\n"
	"  kplug ladder 0000:00:04.0 --paths user,plugin --html out.html\n"
	"  kplug ladder 0000:03:00.0 --raise 0:0x60=1 --status 0:0x24 --ack 0:0x64 \\\n"
	"      --plugin mine\n\n"
	"`kplug latency --dev DEVICE` watches a device at work instead, under any driver.";

enum { OPTION_HTML = 0x100, OPTION_UNIT, OPTION_LATENCY };

static const struct argp_option options[] = {
	{ "count", 'n', "N", 0, "interrupts on each path (2000)", 0 },
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with a picture", 0 },
	{ "unit", OPTION_UNIT, "UNIT", 0,
	  "what the clock counts (ns); an emulator may count instructions", 0 },
	/* Of `kplug latency`. */
	{ "dev", OPTION_LATENCY, "ADDRESS", OPTION_HIDDEN, NULL, 0 },
	{ "irq", OPTION_LATENCY, "N", OPTION_HIDDEN, NULL, 0 },
	{ "driver", OPTION_LATENCY, "NAME", OPTION_HIDDEN, NULL, 0 },
	{ 0 }
};

struct ladder_options {
	struct arguments arguments; /* first: the child parser's */
	struct ladder_choice choice;
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
	struct ladder_options *o = state->input;

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
	case OPTION_LATENCY:
		argp_error(state, "--dev, --irq and --driver belong to `kplug latency`");
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
	.children = ladder_children,
};

static void run_paths(const struct ladder_options *o, const struct ladder_device *device,
		      struct ladder_row *rows)
{
	size_t i;

	for (i = 0; i < o->choice.num_paths; i++) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "%s...\n", o->choice.paths[i]->title);
		ladder_run(o->choice.paths[i], device, o->count, &rows[i]);
	}
}

static int write_html(const char *name, const struct ladder_report *report)
{
	FILE *out = fopen(name, "w");

	if (out)
		ladder_html(out, report);
	return output_close(out, name);
}

static int show(const struct ladder_options *o, const struct ladder_report *report)
{
	if (o->arguments.json)
		ladder_json(report);
	else
		ladder_text(report);
	return o->html ? write_html(o->html, report) : COMMAND_OK;
}

int cmd_ladder(int argc, char **argv)
{
	struct ladder_options o = {
		.arguments = { .min = 1, .max = 1 },
		.count = 2000,
		.unit = "ns",
	};
	struct ladder_row rows[LADDER_KINDS];
	struct ladder_device device;
	struct ladder_report report = { .device = &device, .rows = rows };
	struct utsname system;
	int result;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	if (choose_device(&o.arguments))
		return COMMAND_FAILED;
	result = ladder_describe(&o.choice, o.arguments.words[0], &device);
	if (result)
		return result;
	if (device.virtual || device.no_status)
		return refuse(device.address,
			      "how does it interrupt? say --raise, --status and --ack");
	if (o.html && output_check_file(o.html))
		return COMMAND_FAILED;
	ladder_pci_guard(device.address);
	run_paths(&o, &device, rows);
	uname(&system);
	report.unit = o.unit;
	report.kernel = system.release;
	report.count = o.count;
	report.num_rows = o.choice.num_paths;
	return show(&o, &report);
}
