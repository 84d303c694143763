// SPDX-License-Identifier: MIT
/* kplug latency: how long each stage of an interrupt takes, under any driver. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "common/deadline.h"
#include "common/output.h"
#include "latency.h"

static const char doc[] =
	"Watches interrupts under any driver and shows how long each stage takes: "
	"the handler, the interrupt's thread, and the way to the program that it "
	"wakes; for a device of kplug also its own handler, the deferred handler, "
	"calls and chunks of DMA. Needs root, or CAP_BPF and CAP_PERFMON.\v"
	"The driver keeps the device, and kplug raises no interrupts: the device "
	"has to be at work. A program is only seen if the interrupt or its thread "
	"wakes it, which a network card does not; on PREEMPT_RT, programs that a "
	"device of kplug wakes are not seen either. Interrupts that a driver or a "
	"program requests later are found within a second.\n\n"
	"Examples:\n"
	"  kplug latency --dev 0000:03:00.0\n"
	"  kplug latency --driver nvme --duration 60 --html nvme.html\n"
	"  kplug latency --driver uio --duration 10 --json > before.json\n\n"
	"`kplug compare` shows two such results side by side. `kplug ladder DEVICE` "
	"raises interrupts itself and compares the places of a handler.";

enum { OPTION_PROGRAMS = 0x100, OPTION_HTML, OPTION_METRICS, OPTION_LADDER };

static const struct argp_option options[] = {
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with pictures", 0 },
	{ "metrics", OPTION_METRICS, "FILE", 0, "write OpenMetrics text each second and at the end",
	  0 },
	{ "programs", OPTION_PROGRAMS, "N", 0,
	  "up to N woken programs may wait for a processor at one time (8192)", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after SECONDS (default: at Ctrl-C)", 0 },
	/* Of `kplug ladder`. */
	{ "paths", OPTION_LADDER, "LIST", OPTION_HIDDEN, NULL, 0 },
	{ "raise", OPTION_LADDER, "REGISTER", OPTION_HIDDEN, NULL, 0 },
	{ 0 }
};

struct latency_options {
	struct arguments arguments; /* first: the child parser's */
	struct targets targets;
	double duration; /* 0: no end */
	unsigned int programs;
	const char *html;
	const char *metrics;
};

static struct latency_history history;

static void explain_word(const char *word, struct argp_state *state)
{
	if (!strcmp(word, "compare"))
		argp_error(state, "`kplug compare BEFORE AFTER` compares two results");
	argp_error(state,
		   "`kplug latency --dev %s` watches its interrupts, "
		   "`kplug ladder %s` raises some and compares the places of a handler",
		   word, word);
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct latency_options *o = state->input;

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
		o->programs = (unsigned int)count_parse(word, 1, 1u << 20, state);
		return 0;
	case 'd':
		o->duration = seconds_parse(word, state);
		return 0;
	case OPTION_LADDER:
		argp_error(state, "--paths and --raise belong to `kplug ladder DEVICE`");
		return 0;
	case ARGP_KEY_ARG:
		explain_word(word, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = doc,
	.children = targets_children,
};

/* A second; shorter for the picture of a short duration, which needs steps. */
static double step_of(const struct latency_options *o)
{
	return o->html && o->duration ? fmin(fmax(o->duration / 100, 0.05), 1) : 1;
}

/* On a terminal the table is drawn over the last one. */
static void refresh(const struct latency_report *report)
{
	printf("\033[H\033[J%.0f s, Ctrl-C ends\n\n", report->seconds);
	latency_text(stdout, report);
	fflush(stdout);
}

static int read_report(struct latency_watch *watch, struct latency_report *report)
{
	int err;

	latency_drop(report);
	err = latency_read(watch, report);
	return err ? fail_because("the figures", "read", strerror(-err)) : COMMAND_OK;
}

/* Drivers and programs request interrupts while we watch. */
static int look_again(struct latency_watch *watch, struct targets *targets)
{
	int err;

	targets_find(targets);
	err = latency_extend(watch, targets);
	return err ? fail_because("a new interrupt or device", "watch", strerror(-err)) :
		     COMMAND_OK;
}

static int look(struct latency_watch *watch, struct latency_options *o,
		struct latency_report *report)
{
	int result = look_again(watch, &o->targets);

	if (!result)
		result = read_report(watch, report);
	if (result)
		return result;
	if (o->html)
		latency_history_add(&history, report);
	return o->metrics ? latency_metrics(o->metrics, report) : COMMAND_OK;
}

/* Without a live table this line is the only sign of life. */
static void announce(const struct latency_options *o)
{
	if (!o->arguments.json && isatty(STDOUT_FILENO))
		return;
	if (o->duration)
		fprintf(stderr, "watching for %g s\n", o->duration);
	else
		fputs("watching; Ctrl-C ends\n", stderr);
}

static int watch(struct latency_watch *watch, struct latency_options *o,
		 struct latency_report *report)
{
	const bool live = !o->arguments.json && isatty(STDOUT_FILENO);
	struct deadline deadline;
	int result;

	deadline_begin(&deadline, o->duration);
	announce(o);
	do {
		deadline_rest(&deadline, step_of(o));
		report->seconds = deadline_elapsed(&deadline);
		result = look(watch, o, report);
		if (live && !result)
			refresh(report);
	} while (!result && !deadline_over(&deadline));
	return result;
}

static int show(const struct latency_options *o, const struct latency_report *report)
{
	if (o->arguments.json)
		latency_json(report);
	else if (!isatty(STDOUT_FILENO))
		latency_text(stdout, report);
	return o->html ? latency_html(o->html, report, &history) : COMMAND_OK;
}

int cmd_latency(int argc, char **argv)
{
	struct latency_options o = { .programs = 8192 };
	struct latency_report report = { .targets = &o.targets };
	struct latency_watch bpf;
	int result;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	if ((o.html && output_check_file(o.html)) ||
	    (o.metrics && latency_metrics_check(o.metrics)))
		return COMMAND_FAILED;
	targets_find(&o.targets);
	result = latency_start(&bpf, &o.targets, o.programs);
	if (result)
		return result;
	result = watch(&bpf, &o, &report);
	latency_stop(&bpf);
	if (!result)
		result = show(&o, &report);
	latency_drop(&report);
	targets_release(&o.targets);
	return result;
}
