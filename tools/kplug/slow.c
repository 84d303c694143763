// SPDX-License-Identifier: MIT
/* kplug slow: interrupts that took longer than a bound, and who had the time. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "slow.h"

static const char doc[] =
	"Shows each interrupt that takes longer than the bound until its handler "
	"has returned, or until the program that it wakes runs: its stages, and who "
	"had the processor meanwhile, the one that had most of it first. Of a device of kplug "
	"also deferred handlers, and events that are read late. Needs root, or "
	"CAP_BPF and CAP_PERFMON.\v"
	"TIME is a number with ns, us, ms or s behind it. A task that had the "
	"processor did so because its priority is higher, because it ran in the "
	"kernel where nothing preempts it, or with interrupts off, which is seen when another processor "
	"woke the program and its signal came late (x86). How long an "
	"interrupt waited before the processor took it, nobody in the kernel knows. "
	"A processor's last 64 changes are kept; what is before them is 'unknown'. "
	"Who is seen and who is not: `kplug latency --dev --help`. With --json, each "
	"line is an object, times in ns, and the last one counts them.\n\n"
	"Examples:\n"
	"  kplug slow --over 50us --dev 0000:03:00.0\n"
	"  kplug slow --over 1ms --driver nvme --duration 60\n"
	"  kplug slow --over 200us --irq 24 --count 1 --json";

enum { OPTION_OVER = 0x100 };

static const struct argp_option options[] = {
	{ "over", OPTION_OVER, "TIME", 0, "the bound", 0 },
	{ "count", 'c', "N", 0, "stop after so many slow ones", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after so long (default: at Ctrl-C)", 0 },
	{ 0 }
};

#define TURN_SECONDS 0.05
#define LOOK_TURNS   20	/* for interrupts that were requested later */

struct slow_options {
	struct arguments arguments;	/* first: the child parser's */
	struct stages_targets targets;
	uint64_t bound;	/* ns; 0: not given */
	unsigned long long count;	/* 0: without end */
	double duration;	/* 0: without end */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

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
		if (end != text && !strcmp(end, units[i].name) && value * units[i].ns >= 1 && value * units[i].ns <= 60e9)
			return (uint64_t)(value * units[i].ns);
	argp_error(state, "'%s' is no time from 1ns to 60s, as 50us or 2ms", text);
	return 0;
}

static uint64_t parse_count(const char *text, struct argp_state *state)
{
	uint64_t count;

	if (!number_parse(text, &count) || !count)
		argp_error(state, "'%s' is no count", text);
	return count;
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
		o->count = parse_count(word, state);
		return 0;
	case 'd':
		o->duration = seconds_parse(word, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->bound)
			argp_error(state, "longer than what? say --over, as in --over 50us");
		if (!o->targets.num_wishes)
			argp_error(state, "whose interrupts? say --dev, --irq or --driver");
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

/* What is shown, and how. */
struct view {
	const struct slow_options *options;
	unsigned long long shown;
};

static bool is_enough(const struct view *view)
{
	return view->options->count && view->shown == view->options->count;
}

static int show(void *context, const struct slow_record *record)
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

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void rest(double seconds)
{
	struct timespec t = { .tv_nsec = (long)(fmax(seconds, 0) * 1e9) };

	nanosleep(&t, NULL);
}

static void follow(struct slow_source *source, struct slow_options *o, const struct view *view)
{
	const double end = o->duration ? now() + o->duration : 1e300;
	unsigned int turn;

	for (turn = 1; !stopped && now() < end && !is_enough(view) && !ferror(stdout); turn++) {
		rest(fmin(end - now(), TURN_SECONDS));
		slow_take(source);
		if (turn % LOOK_TURNS)
			continue;
		stages_find(&o->targets);
		slow_watch(source, &o->targets);
	}
	slow_pause(source);
	slow_take(source);
}

static void sum_up(const struct slow_source *source, const struct view *view)
{
	const struct slow_counts counts = slow_counts(source);

	if (view->options->arguments.json)
		printf("{\"slow\":%llu,\"measured\":%llu,\"lost\":%llu}\n", view->shown, (unsigned long long)counts.measured,
		       (unsigned long long)counts.lost);
	else
		printf("%llu of %llu were slower than %g us\n", view->shown, (unsigned long long)counts.measured,
		       (double)view->options->bound / 1e3);
	if (counts.lost)
		fprintf(stderr, "%s: %llu more found no room\n", program_invocation_name, (unsigned long long)counts.lost);
}

int cmd_slow(int argc, char **argv)
{
	static struct slow_options o;
	struct view view = { .options = &o };
	struct slow_source source;
	int result;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	stages_find(&o.targets);
	result = slow_start(&source, &o.targets, o.bound, show, &view);
	if (result)
		return result;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	fputs(o.duration ? "watching\n" : "watching; Ctrl-C ends\n", stderr);
	follow(&source, &o, &view);
	sum_up(&source, &view);
	slow_stop(&source);
	stages_release(&o.targets);
	return COMMAND_OK;
}
