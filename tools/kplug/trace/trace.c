// SPDX-License-Identifier: MIT
/* kplug trace: interrupts, events, calls and chunks as they happen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/command.h"
#include "common/deadline.h"
#include "common/minors.h"
#include "common/module.h"
#include "trace.h"

static const char doc[] =
	"Shows what happens on the devices of kplug as it happens, one line each: "
	"interrupts and the verdicts of their handlers, deferred handlers, events "
	"posted and read, calls, chunks of DMA, and how long each took. Without a "
	"device it shows all devices. Needs root, or CAP_BPF and CAP_PERFMON.\v"
	"DEVICE may be a pattern for several. TYPES is a list of irq, deferred, "
	"event, call and dma, separated by commas. Calls and chunks belong to no "
	"vector, so --vector leaves them out. A program that reads the mapped ring "
	"does not enter the kernel, so these reads are not seen. FILE opens in "
	"ui.perfetto.dev and in chrome://tracing. With --json each line is an "
	"object, times in ns; the last line has the totals.\n\n"
	"Examples:\n"
	"  kplug trace\n"
	"  kplug trace 0000:00:04.0 --type irq,event --vector 0 --count 100\n"
	"  kplug trace --duration 5 --chrome trace.json";

enum { OPTION_CHROME = 0x100, OPTION_BUFFER, OPTION_TYPE };

static const struct argp_option options[] = {
	{ "vector", 'v', "N", 0, "show this vector only (may be repeated)", 0 },
	{ "type", OPTION_TYPE, "TYPES", 0, "show these types only", 0 },
	{ "count", 'c', "N", 0, "stop after N records", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after SECONDS (default: at Ctrl-C)", 0 },
	{ "chrome", OPTION_CHROME, "FILE", 0, "write a file for a trace viewer instead", 0 },
	{ "buffer", OPTION_BUFFER, "KIB", 0,
	  "size of the buffer, which kplug empties 20 times a second (4096)", 0 },
	{ 0 }
};

#define TURN_SECONDS 0.05

struct trace_options {
	struct arguments arguments; /* first: the child parser's */
	struct trace_filter filter;
	unsigned long long count; /* 0: no limit */
	double duration; /* 0: no end */
	const char *chrome;
};

/* The types of --type, and the kinds of records that each selects. */
static const struct {
	const char *name;
	uint32_t kinds;
} types[] = {
	{ "irq", 1u << TRACE_IRQ | 1u << TRACE_HANDLED },
	{ "deferred", 1u << TRACE_DEFERRED | 1u << TRACE_FINISHED },
	{ "event", 1u << TRACE_POSTED | 1u << TRACE_READ },
	{ "call", 1u << TRACE_CALL | 1u << TRACE_ANSWERED },
	{ "dma", 1u << TRACE_PROGRAM | 1u << TRACE_DONE },
};

#define NUM_TYPES (sizeof(types) / sizeof(*types))

static uint32_t kinds_of(const char *name, struct argp_state *state)
{
	size_t i;

	for (i = 0; i < NUM_TYPES; i++)
		if (!strcmp(types[i].name, name))
			return types[i].kinds;
	argp_error(state, "there is no type '%s'", name);
	return 0;
}

static uint32_t parse_types(char *list, struct argp_state *state)
{
	uint32_t kinds = 0;
	char *name;

	for (name = strtok(list, ","); name; name = strtok(NULL, ","))
		kinds |= kinds_of(name, state);
	return kinds;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct trace_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case 'v':
		o->filter.vectors[count_parse(word, 0, TRACE_MAX_VECTORS - 1, state)] = true;
		o->filter.any_vector = false;
		return 0;
	case OPTION_TYPE:
		o->filter.kinds = parse_types(word, state);
		return 0;
	case 'c':
		o->count = count_parse(word, 1, UINT32_MAX, state);
		return 0;
	case 'd':
		o->duration = seconds_parse(word, state);
		return 0;
	case OPTION_CHROME:
		o->chrome = word;
		return 0;
	case OPTION_BUFFER:
		o->filter.buffer_kib = (uint32_t)count_parse(word, 4, 1 << 20, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[DEVICE...]",
	.doc = doc,
	.children = arguments_children,
};

/* Select the devices of kplug that match the pattern. */
static int select_matching(struct trace_filter *filter, const char *pattern)
{
	struct kplug_found *found;
	int i, count = kplug_scan(&found), selected = 0;
	uint32_t minor;

	if (count < 0)
		return fail(pattern, "scan", count);
	for (i = 0; i < count; i++)
		if (device_matches(&found[i], pattern) && minor_of(found[i].name, &minor)) {
			filter->devices[minor] = true;
			selected++;
		}
	free(found);
	return selected ? COMMAND_OK : fail(pattern, "trace", -ENOENT);
}

static int select_devices(struct trace_options *o)
{
	int i, result = COMMAND_OK;

	if (!module_loaded())
		return fail("kplug", "trace", -ENOENT);
	o->filter.any_device = !o->arguments.count;
	for (i = 0; i < o->arguments.count && !result; i++)
		result = select_matching(&o->filter, o->arguments.words[i]);
	return result;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct view {
	const struct trace_options *options;
	FILE *out;
	uint64_t start;
	unsigned long long shown;
};

static bool is_enough(const struct view *view)
{
	return view->options->count && view->shown == view->options->count;
}

static int show(void *context, const void *record)
{
	struct view *view = context;
	uint64_t took;

	if (is_enough(view))
		return 0;
	view->shown++;
	took = trace_took(record);
	if (view->options->chrome)
		trace_chrome(view->out, record, took);
	else if (view->options->arguments.json)
		trace_json(view->out, record, took);
	else
		trace_text(view->out, record, took, view->start);
	return 0;
}

static void take(struct trace_source *source, struct view *view)
{
	minors_refresh();
	bpf_session_read(&source->session);
	fflush(view->out);
}

/* After the last record of --count, more may arrive in the same turn: show() skips them. */
static void follow(struct trace_source *source, struct view *view, const struct deadline *deadline)
{
	while (!deadline_over(deadline) && !is_enough(view) && !ferror(view->out)) {
		deadline_rest(deadline, TURN_SECONDS);
		take(source, view);
	}
	bpf_session_pause(&source->session);
	take(source, view);
}

static void sum_up(const struct view *view, uint64_t lost)
{
	const struct trace_options *o = view->options;

	if (o->chrome)
		fprintf(stderr,
			"%llu records in %s; ui.perfetto.dev and chrome://tracing open it\n",
			view->shown, o->chrome);
	else if (o->arguments.json)
		fprintf(view->out, "{\"schema\":\"trace-sum-1\",\"records\":%llu,\"lost\":%llu}\n",
			view->shown, (unsigned long long)lost);
	if (lost)
		fprintf(stderr,
			"%s: %llu records were lost: the buffer was full; "
			"a larger --buffer or fewer types help\n",
			program_invocation_name, (unsigned long long)lost);
}

static int run(struct trace_options *o, FILE *out)
{
	struct view view = { .options = o, .out = out, .start = now_ns() };
	struct trace_source source;
	struct deadline deadline;
	int result = trace_start(&source, &o->filter, show, &view);

	if (result)
		return result;
	deadline_begin(&deadline, o->duration);
	fputs(o->duration ? "tracing\n" : "tracing; Ctrl-C ends\n", stderr);
	if (o->chrome)
		trace_chrome_begin(out);
	else if (!o->arguments.json)
		trace_text_head(out);
	follow(&source, &view, &deadline);
	if (o->chrome)
		trace_chrome_end(out);
	sum_up(&view, trace_lost(&source));
	trace_stop(&source);
	trace_drop();
	return COMMAND_OK;
}

int cmd_trace(int argc, char **argv)
{
	struct trace_options o = {
		.arguments = { .max = MAX_WORDS },
		.filter = { .any_vector = true,
			    .kinds = (1u << NUM_TRACE_KINDS) - 1,
			    .buffer_kib = 4096 },
	};
	FILE *out = stdout;
	int result;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	result = select_devices(&o);
	if (result)
		return result;
	if (o.chrome)
		out = fopen(o.chrome, "w");
	if (!out)
		return fail_because(o.chrome, "write", strerror(errno));
	result = run(&o, out);
	if (o.chrome && fclose(out))
		return fail_because(o.chrome, "write", strerror(errno));
	return result;
}
