// SPDX-License-Identifier: MIT
/* kplug bench irq: the highest rate of interrupts that each path handles. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bench.h"
#include "common/output.h"
#include "ladder/choice.h"

#define RING    1024 /* records: a program that is farther behind loses some */
#define REACHED 0.9 /* of the rate: below it, the source is the limit */

static const char doc[] =
	"Raises interrupts of a device at a rate, on each path in turn, and counts "
	"interrupts raised, handled and notified to the program. Without --rate it "
	"searches for the highest rate without loss. kplug takes the device from its "
	"driver meanwhile and gives it back at the end. Needs root.\v"
	"The source of the interrupts depends on the device:\n"
	"  a PCI function with a register to raise one, as for `kplug ladder`: this "
	"program, on a processor of its own if there are two\n"
	"  null0, the device of kplug_null: a timer, without hardware\n"
	"  QEMU's ivshmem-doorbell: tools/doorbell.py on the host of the guest\n\n"
	"With a single processor the raising program preempts the notified one, as a "
	"device would, and the time it takes to go to sleep is part of the latency.\n\n"
	"The latency is from the raise to the program. If only the source knows when "
	"it raised, it is from the moment kplug took the interrupt. VFIO and UIO count "
	"interrupts; kplug reports each, and a program that is more than 1024 records "
	"behind loses some.\n\n"
	"Examples:\n"
	"  kplug bench irq null0\n"
	"  kplug bench irq null0 --rate 20000 --duration 10 --rung 3 --random\n"
	"  kplug bench irq 0000:00:04.0 --paths plugin,uio,vfio --html rates.html";

enum { OPTION_RATE = 0x100, OPTION_RUNG, OPTION_RANDOM, OPTION_HTML };

static const struct argp_option options[] = {
	{ "rate", OPTION_RATE, "N", 0, "interrupts a second (default: search)", 0 },
	{ "duration", 'd', "SECONDS", 0, "run each rate for SECONDS (1)", 0 },
	{ "rung", OPTION_RUNG, "0|1|3", 0, "as --paths user, recipe or plugin (may be repeated)",
	  0 },
	{ "random", OPTION_RANDOM, NULL, 0, "random intervals between 0 and twice the mean", 0 },
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with pictures", 0 },
	{ 0 }
};

struct bench_options {
	struct arguments arguments; /* first: the child parser's */
	struct ladder_choice choice;
	double rate; /* 0: search */
	double seconds;
	bool random;
	const char *html;
};

static double parse_rate(const char *text, struct argp_state *state)
{
	char *end;
	double rate = strtod(text, &end);

	if (end == text || *end || !(rate > 0 && rate <= BENCH_MAX_RATE))
		argp_error(state, "'%s' is not a rate above 0 and up to %g", text, BENCH_MAX_RATE);
	return rate;
}

static void choose_rung(struct ladder_choice *choice, const char *rung, struct argp_state *state)
{
	static const char *const names[] = { "user", "recipe", NULL, "plugin" };

	if (strlen(rung) != 1 || *rung < '0' || *rung > '3' || !names[*rung - '0'])
		argp_error(state, "there is no rung '%s': use 0, 1 or 3", rung);
	if (!ladder_choose_path(choice, names[*rung - '0']))
		argp_error(state, "too many rungs and paths");
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct bench_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		state->child_inputs[1] = &o->choice;
		return 0;
	case OPTION_RATE:
		o->rate = parse_rate(word, state);
		return 0;
	case OPTION_RUNG:
		choose_rung(&o->choice, word, state);
		return 0;
	case OPTION_RANDOM:
		o->random = true;
		return 0;
	case OPTION_HTML:
		o->html = word;
		return 0;
	case 'd':
		o->seconds = seconds_parse(word, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "irq DEVICE",
	.doc = doc,
	.children = ladder_children,
};

static const struct bench_source_kind *source_for(const struct ladder_device *device)
{
	if (device->virtual)
		return &bench_timer;
	return device->no_status ? &bench_doorbell : &bench_register;
}

static void announce(const struct ladder_kind *kind, double rate)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "%s: %.0f a second...\n", kind->title, rate);
}

static int run_at(struct bench_source *source, struct ladder_path *path,
		  const struct bench_options *o, double rate, struct bench_row *row)
{
	struct bench_run *run = &row->runs[row->num_runs];
	int err;

	run->rate = rate;
	announce(path->kind, rate);
	err = bench_run(source, path, o->seconds, run);
	if (err)
		return ladder_unavailable(path, "it failed: %s", strerror(-err));
	row->num_runs++;
	row->silent = run->raised && !run->handled && !run->notified;
	row->source_limit = !row->silent && run->reached < rate * REACHED;
	return 0;
}

/* Without loss, and faster than the others. */
static void note_highest(struct bench_row *row, const struct bench_run *run)
{
	if (run->lost || run->reached <= row->highest)
		return;
	row->highest = run->reached;
	row->highest_rate = run->rate;
}

static int run_once(struct bench_source *source, struct ladder_path *path,
		    const struct bench_options *o, struct bench_row *row)
{
	if (run_at(source, path, o, o->rate, row))
		return -1;
	note_highest(row, &row->runs[0]);
	return 0;
}

static int search(struct bench_source *source, struct ladder_path *path,
		  const struct bench_options *o, struct bench_row *row)
{
	struct bench_search search;
	bool decided;
	double rate;

	bench_search_begin(&search, source->kind->max_rate);
	while (row->num_runs < BENCH_MAX_RUNS && (rate = bench_search_next(&search))) {
		const struct bench_run *run = &row->runs[row->num_runs];

		if (run_at(source, path, o, rate, row))
			return -1;
		if (row->silent)
			return 0; /* at any rate */
		decided = bench_search_result(&search, rate, !run->lost);
		if (decided)
			note_highest(row, run);
		/* A higher rate would not be reached either. */
		if (decided && row->source_limit && !run->lost)
			return 0;
	}
	row->source_limit = !search.bad;
	return 0;
}

static void run_path(const struct bench_options *o, const struct ladder_device *device,
		     const struct bench_source_kind *kind, struct bench_row *row)
{
	struct ladder_path path = { .kind = row->kind, .device = device, .burst = RING - 1 };
	struct bench_source source = { .kind = kind, .path = &path, .random = o->random };

	if (!ladder_path_open(&path)) {
		if (!device->virtual)
			ladder_pci_pin(device->address);
		if (!kind->open(&source, &path)) {
			if (o->rate)
				run_once(&source, &path, o, row);
			else
				search(&source, &path, o, row);
		}
		kind->close(&source);
	}
	ladder_path_close(&path);
	memcpy(row->why, path.why, sizeof(row->why));
}

static void run_paths(const struct bench_options *o, const struct ladder_device *device,
		      const struct bench_source_kind *source, struct bench_row *rows)
{
	size_t i;

	for (i = 0; i < o->choice.num_paths; i++) {
		rows[i] = (struct bench_row){ .kind = o->choice.paths[i] };
		run_path(o, device, source, &rows[i]);
	}
}

/* Fails if no path could be measured. */
static int result_of(const struct bench_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].num_runs)
			return COMMAND_OK;
	return COMMAND_FAILED;
}

static int show(const struct bench_options *o, const struct bench_report *report)
{
	if (o->arguments.json)
		bench_json(report);
	else
		bench_text(report);
	if (o->html && bench_html(o->html, report))
		return COMMAND_FAILED;
	return result_of(report);
}

static int bench_irq(struct bench_options *o)
{
	static struct bench_row rows[LADDER_KINDS];
	struct ladder_device device;
	struct bench_report report = {
		.device = &device,
		.rows = rows,
		.search = !o->rate,
		.random = o->random,
		.seconds = o->seconds,
	};
	struct utsname system;
	int result = ladder_describe(&o->choice, o->arguments.words[1], &device);

	if (result)
		return result;
	if (o->html && output_check_file(o->html))
		return COMMAND_FAILED;
	report.num_rows = o->choice.num_paths;
	report.source = source_for(&device);
	if (!device.virtual)
		ladder_pci_guard(device.address);
	run_paths(o, &device, report.source, rows);
	uname(&system);
	report.kernel = system.release;
	return show(o, &report);
}

int cmd_bench(int argc, char **argv)
{
	struct bench_options o = {
		.arguments = { .min = 2, .max = 2 },
		.seconds = 1,
	};

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	if (strcmp(o.arguments.words[0], "irq"))
		return usage(o.arguments.words[0], "'irq', which is the only benchmark");
	return bench_irq(&o);
}
