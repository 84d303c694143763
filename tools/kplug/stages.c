// SPDX-License-Identifier: MIT
/* kplug latency --dev, --irq, --driver: how long the stages of interrupts take, whoever handles them. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "stages.h"

static const char doc[] =
	"Watches interrupts, whichever driver handles them, and shows how long "
	"each stage takes: the handler, its thread, the program that it wakes; of "
	"a device of kplug also its own handler, the deferred one, calls and "
	"chunks of DMA. Needs root, or CAP_BPF and CAP_PERFMON.\v"
	"Nothing is taken from anybody, and nothing is raised: the device has to "
	"work meanwhile. A program that is woken later than in the interrupt or "
	"its thread, as by the network, is not seen; nor, "
	"on PREEMPT_RT, one that a device of kplug wakes. Interrupts that a driver or "
	"a program requests later are found within a second.\n\n"
	"Examples:\n"
	"  kplug latency --dev 0000:03:00.0\n"
	"  kplug latency --driver nvme --duration 60 --html nvme.html\n"
	"  kplug latency --driver uio --duration 10 --json > before.json\n"
	"  kplug latency compare before.json after.json";

enum { OPTION_PROGRAMS = 0x100, OPTION_HTML, OPTION_METRICS };

static const struct argp_option options[] = {
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with pictures", 0 },
	{ "metrics", OPTION_METRICS, "FILE", 0, "each second, and at the end, write OpenMetrics text", 0 },
	{ "programs", OPTION_PROGRAMS, "N", 0, "how many may have been woken and not run yet (default: 8192)", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after so long (default: at Ctrl-C)", 0 },
	{ 0 }
};

struct stages_options {
	struct arguments arguments;	/* first: the child parser's */
	struct stages_targets targets;
	double duration;	/* 0: without end */
	unsigned int programs;
	const char *html;
	const char *metrics;
};

static volatile sig_atomic_t stopped;
static struct stages_history history;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static unsigned int parse_programs(const char *text, struct argp_state *state)
{
	uint64_t n;

	if (!number_parse(text, &n) || !n || n > 1u << 20)
		argp_error(state, "'%s' is no number from 1 to 1048576", text);
	return (unsigned int)n;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct stages_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		state->child_inputs[1] = &o->targets;
		return 0;
	case OPTION_HTML:
		o->html = word;
		return 0;
	case OPTION_METRICS:
		o->metrics = word;
		return 0;
	case OPTION_PROGRAMS:
		o->programs = parse_programs(word, state);
		return 0;
	case 'd':
		o->duration = seconds_parse(word, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = doc,
	.children = stages_children,
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A second, or less for a picture of a short time; a signal ends it. */
static void rest(const struct stages_options *o, double left)
{
	const double step = o->html && o->duration ? fmin(fmax(o->duration / 100, 0.05), 1) : 1;
	const double seconds = fmax(fmin(left, step), 0);
	struct timespec t = { .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (time_t)seconds) * 1e9) };

	nanosleep(&t, NULL);
}

/* Over the last one. */
static void refresh(const struct stages_report *report)
{
	printf("\033[H\033[J%.0f s, Ctrl-C ends\n\n", report->seconds);
	stages_table(stdout, report);
	fflush(stdout);
}

static int read_report(struct stages_bpf *bpf, struct stages_report *report, double since)
{
	int err;

	report->seconds = now() - since;
	err = stages_read(bpf, report);
	return err ? fail_because("the figures", "read", strerror(-err)) : COMMAND_OK;
}

/* Drivers and programs request interrupts while we watch. */
static int look_again(struct stages_bpf *bpf, struct stages_targets *targets)
{
	int err;

	stages_find(targets);
	err = stages_watch(bpf, targets);
	return err ? fail_because("what came later", "watch", strerror(-err)) : COMMAND_OK;
}

static int look(struct stages_bpf *bpf, struct stages_options *o, struct stages_report *report, double since)
{
	int result = look_again(bpf, &o->targets);

	stages_forget(report);
	if (!result)
		result = read_report(bpf, report, since);
	if (result)
		return result;
	if (o->html)
		stages_history_add(&history, report);
	return o->metrics ? stages_metrics(o->metrics, report) : COMMAND_OK;
}

static int watch(struct stages_bpf *bpf, struct stages_options *o, struct stages_report *report)
{
	const bool live = !o->arguments.json && isatty(STDOUT_FILENO);
	const double since = now(), end = o->duration ? since + o->duration : 1e300;
	int result;

	do {
		rest(o, end - now());
		result = look(bpf, o, report, since);
		if (live && !result)
			refresh(report);
	} while (!stopped && now() < end && !result);
	return result;
}

static int show(const struct stages_options *o, const struct stages_report *report)
{
	if (o->arguments.json)
		stages_json(report);
	else if (!isatty(STDOUT_FILENO))
		stages_table(stdout, report);
	return o->html ? stages_html(o->html, report, &history) : COMMAND_OK;
}

/* Where the table does not move, nothing else tells that it works. */
static void announce(const struct stages_options *o)
{
	if (!o->arguments.json && isatty(STDOUT_FILENO))
		return;
	if (o->duration)
		fprintf(stderr, "watching for %g s\n", o->duration);
	else
		fputs("watching; Ctrl-C ends\n", stderr);
}

int cmd_stages(int argc, char **argv)
{
	struct stages_options o = { .programs = 8192 };
	struct stages_report report = { .targets = &o.targets };
	struct stages_bpf *bpf;
	int result;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	stages_find(&o.targets);
	result = stages_start(&bpf, &o.targets, o.programs);
	if (result)
		return result;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	announce(&o);
	result = watch(bpf, &o, &report);
	stages_stop(bpf);
	if (!result)
		result = show(&o, &report);
	stages_forget(&report);
	stages_release(&o.targets);
	return result;
}
