// SPDX-License-Identifier: MIT
/* kplug watch: a register, live. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "command.h"

struct watch {
	struct arguments arguments;	/* first, for arguments_parse() */
	struct reg reg;
	uint64_t interval_ms;
	uint64_t count;	/* changes to show; 0: no end */
};

enum { OPTION_INTERVAL = 'i', OPTION_COUNT = 'n' };

static const char doc[] =
	"Reads a register again and again, and prints it when it has changed, with "
	"the seconds since the start. Mind that reading a register may change a device. "
	"Ctrl-C ends it. Needs root.\v"
	"Examples:\n"
	"  kplug watch 0000:00:04.0 0:0x24\n"
	"  kplug watch 0000:00:04.0 0:0x20 --interval 1 --count 2 --json";

static const struct argp_option options[] = {
	{ "interval", OPTION_INTERVAL, "MS", 0, "milliseconds between two reads (100)", 0 },
	{ "count", OPTION_COUNT, "N", 0, "end after N values", 0 },
	{ 0 }
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct watch *watch = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &watch->arguments;
		return 0;
	case OPTION_INTERVAL:
		if (!number_parse(word, &watch->interval_ms) || watch->interval_ms > 1000000)
			argp_error(state, "'%s' is no number of milliseconds", word);
		return 0;
	case OPTION_COUNT:
		if (!number_parse(word, &watch->count) || !watch->count)
			argp_error(state, "'%s' is no count", word);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = arguments_children,
	.args_doc = "DEVICE REGION:OFFSET[:WIDTH]",
	.doc = doc,
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* With --json one object a line, since there may be no end. */
static void show(const struct watch *watch, double when)
{
	const char *form = watch->arguments.json ? "{\"seconds\": %.3f, \"value\": \"0x%0*llx\"}\n" :
						   "%10.3f 0x%0*llx\n";

	printf(form, when, (int)watch->reg.width * 2, (unsigned long long)watch->reg.value);
	fflush(stdout);
}

static int watch_register(struct kplug *k, struct watch *watch)
{
	const struct timespec pause = {
		(time_t)(watch->interval_ms / 1000), (long)(watch->interval_ms % 1000 * 1000000)
	};
	uint64_t shown = 0, value;
	double start = seconds();
	int err;

	while (!interrupted) {
		err = kplug_access_read(k, watch->reg.region, watch->reg.offset, watch->reg.width,
					&value);
		if (err)
			return fail(watch->arguments.words[0], watch->arguments.words[1], err);
		if (!shown || value != watch->reg.value) {
			watch->reg.value = value;
			show(watch, seconds() - start);
			if (++shown == watch->count)
				break;
		}
		nanosleep(&pause, NULL);
	}
	return COMMAND_OK;
}

int cmd_watch(int argc, char **argv)
{
	struct watch watch = {
		.arguments = { .min = 2, .max = 2 },
		.interval_ms = 100,
	};
	struct kplug *k;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &watch);
	if (!reg_parse(watch.arguments.words[1], &watch.reg))
		return usage(watch.arguments.words[1], REG_FORM);
	if (choose_device(&watch.arguments) ||
	    open_device(&k, watch.arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	signal(SIGINT, interrupt);
	result = watch_register(k, &watch);
	kplug_close(k);
	return result;
}
