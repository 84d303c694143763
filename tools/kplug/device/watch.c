// SPDX-License-Identifier: MIT
/* kplug watch: shows a register whenever it changes. */
#include <stdio.h>
#include <stdlib.h>

#include "common/command.h"
#include "common/deadline.h"
#include "map/named.h"

struct watch {
	struct arguments arguments; /* first, for arguments_parse() */
	struct map_place place;
	uint64_t value; /* that was shown last */
	uint64_t interval_ms;
	uint64_t count; /* changes to show; 0: no end */
};

enum { OPTION_INTERVAL = 'i', OPTION_COUNT = 'n' };

static const char doc[] =
	"Reads a register periodically and prints each change with the seconds since "
	"the start, until Ctrl-C. Reading a register may change a device. Needs root.\v"
	"Examples:\n"
	"  kplug watch 0000:00:04.0 0:0x24\n"
	"  kplug watch 0000:00:04.0 0:0x20 --interval 1 --count 2 --json";

static const struct argp_option options[] = {
	{ "interval", OPTION_INTERVAL, "MS", 0, "milliseconds between two reads (100)", 0 },
	{ "count", OPTION_COUNT, "N", 0, "stop after N values", 0 },
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
			argp_error(state, "'%s' is not a number of milliseconds", word);
		return 0;
	case OPTION_COUNT:
		watch->count = count_parse(word, 1, UINT32_MAX, state);
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

/* With --json an object on each line, since there may be no end. */
static void show(const struct watch *watch, double when)
{
	const char *form =
		watch->arguments.json ?
			"{\"schema\": \"watch-1\", \"seconds\": %.3f, \"value\": \"0x%0*llx\"}\n" :
			"%10.3f 0x%0*llx\n";

	printf(form, when, (int)(watch->place.bits + 3) / 4, (unsigned long long)watch->value);
	fflush(stdout);
}

static int watch_register(struct kplug *k, struct watch *watch)
{
	uint64_t shown = 0, value;
	struct deadline deadline;
	int err;

	deadline_begin(&deadline, 0);
	while (!deadline_over(&deadline)) {
		err = named_read(k, &watch->place, &value);
		if (err)
			return fail_access(watch->arguments.words[0], watch->arguments.words[1],
					   err);
		if (!shown || value != watch->value) {
			watch->value = value;
			show(watch, deadline_elapsed(&deadline));
			if (++shown == watch->count)
				break;
		}
		deadline_rest(&deadline, (double)watch->interval_ms / 1e3);
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
	if (!named_parse(watch.arguments.words[1], &watch.place))
		return usage(watch.arguments.words[1], REG_FORM);
	if (choose_device(&watch.arguments) ||
	    open_device(&k, watch.arguments.words[0], KPLUG_OPEN_NO_RING))
		return COMMAND_FAILED;
	result = watch_register(k, &watch);
	kplug_close(k);
	return result;
}
