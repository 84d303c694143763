// SPDX-License-Identifier: MIT
/* kplug slow: interrupts that took longer than a bound, and the causes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "common/deadline.h"
#include "slow.h"

static const char doc[] =
	"Shows each interrupt that takes longer than a bound until its handler has "
	"returned, or until the program that it wakes runs: its stages, and what "
	"the processor did meanwhile, the longest first. For a device of kplug it "
	"also shows slow deferred handlers and events that are read late. Needs "
	"root, or CAP_BPF and CAP_PERFMON.\v"
	"TIME is a number with the unit ns, us, ms or s. A task keeps the processor "
	"from the program for one of three reasons: it has a higher priority, it is "
	"not preempted while in the kernel, or it has interrupts off. The last is "
	"known only if another processor woke the program and its signal arrived "
	"late (x86). The time that an interrupt waits before a processor accepts it "
	"cannot be seen. kplug keeps the last 64 activities of each processor; what "
	"is older is 'unknown'. `kplug latency --help` says which programs are seen. "
	"With --json each line is an object, times in ns; the last line has the "
	"totals.\n\n"
	"Examples:\n"
	"  kplug slow --over 50us --dev 0000:03:00.0\n"
	"  kplug slow --over 1ms --driver nvme --duration 60\n"
	"  kplug slow --over 200us --irq 24 --count 1 --json";

enum { OPTION_OVER = 0x100 };

static const struct argp_option options[] = {
	{ "over", OPTION_OVER, "TIME", 0, "the bound", 0 },
	{ "count", 'c', "N", 0, "stop after N slow interrupts", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after SECONDS (default: at Ctrl-C)", 0 },
	{ 0 }
};

#define TURN_SECONDS 0.05
#define LOOK_TURNS   20 /* for interrupts that were requested later */

struct slow_options {
	struct arguments arguments; /* first: the child parser's */
	struct targets targets;
	uint64_t bound; /* ns; 0: not given */
	unsigned long long count; /* 0: no limit */
	double duration; /* 0: no end */
};

static uint64_t parse_time(const char *text, struct argp_state *state)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	char *end;
	double value = strtod(text, &end);
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (end != text && !strcmp(end, units[i].name) && value * units[i].ns >= 1 &&
		    value * units[i].ns <= 60e9)
			return (uint64_t)(value * units[i].ns);
	argp_error(state, "'%s' is not a time from 1ns to 60s, such as 50us or 2ms", text);
	return 0;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct slow_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		state->child_inputs[1] = &o->targets;
		return 0;
	case OPTION_OVER:
		o->bound = parse_time(word, state);
		return 0;
	case 'c':
		o->count = count_parse(word, 1, UINT32_MAX, state);
		return 0;
	case 'd':
		o->duration = seconds_parse(word, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->bound)
			argp_error(state, "longer than what? say --over, as in --over 50us");
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

struct view {
	const struct slow_options *options;
	unsigned long long shown;
};

static bool is_enough(const struct view *view)
{
	return view->options->count && view->shown == view->options->count;
}

static int show(void *context, const void *record)
{
	struct view *view = context;

	if (is_enough(view))
		return 0;
	view->shown++;
	if (view->options->arguments.json)
		slow_json(stdout, &view->options->targets, record);
	else
		slow_text(stdout, &view->options->targets, record);
	fflush(stdout);
	return 0;
}

static void follow(struct slow_source *source, struct slow_options *o, const struct view *view,
		   const struct deadline *deadline)
{
	unsigned int turn;

	for (turn = 1; !deadline_over(deadline) && !is_enough(view) && !ferror(stdout); turn++) {
		deadline_rest(deadline, TURN_SECONDS);
		bpf_session_read(&source->session);
		if (turn % LOOK_TURNS)
			continue;
		targets_find(&o->targets);
		slow_extend(source, &o->targets);
	}
	bpf_session_pause(&source->session);
	bpf_session_read(&source->session);
}

static void sum_up(const struct slow_source *source, const struct view *view)
{
	const struct slow_counts counts = slow_counts(source);

	if (view->options->arguments.json)
		printf("{\"schema\":\"slow-sum-1\",\"slow\":%llu,\"measured\":%llu,\"lost\":%llu}\n",
		       view->shown, (unsigned long long)counts.measured,
		       (unsigned long long)counts.lost);
	else
		printf("%llu of %llu were slower than %g us\n", view->shown,
		       (unsigned long long)counts.measured, (double)view->options->bound / 1e3);
	if (counts.lost)
		fprintf(stderr, "%s: %llu more were lost: the buffer was full\n",
			program_invocation_name, (unsigned long long)counts.lost);
}

int cmd_slow(int argc, char **argv)
{
	static struct slow_options o;
	struct view view = { .options = &o };
	struct slow_source source;
	struct deadline deadline;
	int result;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	targets_find(&o.targets);
	result = slow_start(&source, &o.targets, o.bound, show, &view);
	if (result)
		return result;
	deadline_begin(&deadline, o.duration);
	fputs(o.duration ? "watching\n" : "watching; Ctrl-C ends\n", stderr);
	follow(&source, &o, &view, &deadline);
	sum_up(&source, &view);
	slow_stop(&source);
	targets_release(&o.targets);
	return COMMAND_OK;
}
