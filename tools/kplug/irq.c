// SPDX-License-Identifier: MIT
/* kplug irq: listens to a device's events and counts them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"

#define SECOND 1000000000ll

/* A signal between the look at @stopped and the sleep is seen this much later. */
#define SLICE (SECOND / 4)

static const char doc[] =
	"Enables a vector, prints its events as they come and counts them, until "
	"--count, --duration or Ctrl-C. Without --plugin or --status it uses the "
	"plugin that is attached to the device, or tells of the bare interrupt. "
	"Needs root.\v"
	"A REGISTER is REGION:OFFSET[:WIDTH], WIDTH 4 if not given. "
	"--status and --ack make a recipe: read the status, stop if it is 0, write it "
	"back to the other register, and show it.\n\n"
	"Examples:\n"
	"  kplug irq 0000:00:04.0 --duration 10\n"
	"  kplug irq 0000:00:04.0 --plugin edu --count 3 --raise 0:0x60=1\n"
	"  kplug irq 0000:00:04.0 --status 0:0x24 --ack 0:0x64 --quiet";

enum { OPTION_STATUS = 0x100, OPTION_ACK, OPTION_RAISE, OPTION_PLUGIN };

static const struct argp_option options[] = {
	{ "vector", 'v', "N", 0, "which vector (0)", 0 },
	{ "count", 'c', "N", 0, "stop after so many events", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after so long", 0 },
	{ "raise", OPTION_RAISE, "REGISTER=VALUE", 0,
	  "write this before each wait, to make the device interrupt", 0 },
	{ "plugin", OPTION_PLUGIN, "NAME", 0, "let this plugin handle it", 0 },
	{ "status", OPTION_STATUS, "REGISTER", 0, "0 if it is not this device", 0 },
	{ "ack", OPTION_ACK, "REGISTER", 0, "ends the interrupt", 0 },
	{ "quiet", 'q', NULL, 0, "print the counts only", 0 },
	{ 0 }
};

struct irq_options {
	struct arguments arguments;	/* first: the child parser's */
	unsigned int vector;
	unsigned long long count;
	double duration;
	const char *plugin;
	struct reg raise, status, ack;	/* width 0: not given */
	bool quiet;
};

/* What came. */
struct tally {
	unsigned long long events;
	unsigned long long lost;
	uint64_t elapsed_ns;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static unsigned long long parse_number(const char *text,
				       struct argp_state *state)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 0);

	if (*text < '0' || *text > '9' || *end)
		argp_error(state, "'%s' is no number", text);
	return value;
}

static void parse_reg(const char *text, struct reg *reg,
		      struct argp_state *state)
{
	if (!reg_parse(text, reg))
		argp_error(state, "'%s' is not REGION:OFFSET[:WIDTH]", text);
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct irq_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case 'v':
		o->vector = (unsigned int)parse_number(word, state);
		return 0;
	case 'c':
		o->count = parse_number(word, state);
		return 0;
	case 'd':
		o->duration = seconds_parse(word, state);
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case OPTION_PLUGIN:
		o->plugin = word;
		return 0;
	case OPTION_STATUS:
		parse_reg(word, &o->status, state);
		return 0;
	case OPTION_ACK:
		parse_reg(word, &o->ack, state);
		return 0;
	case OPTION_RAISE:
		if (!reg_parse_value(word, &o->raise))
			argp_error(state, "'%s' is not "
				   "REGION:OFFSET[:WIDTH]=VALUE", word);
		return 0;
	case ARGP_KEY_END:
		if (!o->status.width != !o->ack.width)
			argp_error(state, "--status and --ack go together");
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
	.children = arguments_children,
};

static int attach_recipe(struct kplug *k, const struct irq_options *o)
{
	const struct kplug_step steps[] = {
		{ .op = KPLUG_STEP_READ, .region = (uint8_t)o->status.region,
		  .width = (uint8_t)o->status.width, .offset = o->status.offset },
		{ .op = KPLUG_STEP_NOT_MINE, .mask = ~0ull },
		{ .op = KPLUG_STEP_WRITE_BACK, .region = (uint8_t)o->ack.region,
		  .width = (uint8_t)o->ack.width, .offset = o->ack.offset,
		  .mask = ~0ull >> (64 - 8 * o->ack.width) },
		{ .op = KPLUG_STEP_CAPTURE, .mask = ~0ull },
	};
	const struct kplug_handler handler = {
		.steps = steps,
		.num_steps = sizeof(steps) / sizeof(steps[0]),
	};

	return kplug_attach(k, o->vector, &handler);
}

static int attach(struct kplug *k, const struct irq_options *o)
{
	struct kplug_handler handler = { .plugin = o->plugin };
	struct kplug_device_info info;
	int err;

	if (o->status.width)
		return attach_recipe(k, o);
	err = kplug_info(k, &info);
	if (err)
		return err;
	if (!handler.plugin && info.out_plugin[0])
		handler.plugin = info.out_plugin;
	return kplug_attach(k, o->vector, &handler);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static void print_event(const struct kplug_event *event)
{
	unsigned int i;

	printf("%llu: ", (unsigned long long)event->seq);
	if (event->vector == KPLUG_NO_VECTOR)
		printf("no vector");
	else
		printf("vector %u", event->vector);
	printf(" type %u, handled in %llu ns", event->type,
	       (unsigned long long)(event->t_handler_end - event->t_hard));
	if (event->lost)
		printf(", %llu lost before", (unsigned long long)event->lost);
	for (i = 0; i < event->words && i < KPLUG_EVENT_WORDS; i++)
		printf(" 0x%llx", (unsigned long long)event->data[i]);
	putchar('\n');
	fflush(stdout);
}

/* One event or the end of the slice; 0 or -errno. */
static int step(struct kplug *k, const struct irq_options *o, bool raise,
		struct tally *tally)
{
	struct kplug_event event;
	int got = 0;

	if (raise)
		got = kplug_access_write(k, o->raise.region, o->raise.offset,
					 o->raise.width, o->raise.value);
	if (!got)
		got = kplug_wait(k, &event, 1, SLICE);
	if (got <= 0)
		return got == -EINTR ? 0 : got;
	tally->events++;
	tally->lost += event.lost;
	if (!o->quiet && !o->arguments.json)
		print_event(&event);
	/* A bare interrupt on INTx, and one that stormed, are masked now. */
	kplug_unmask(k, o->vector);
	return 0;
}

static int listen(struct kplug *k, const struct irq_options *o,
		  struct tally *tally)
{
	const uint64_t start = now_ns();
	const double limit = o->duration * (double)SECOND;
	unsigned long long before = ~0ull;
	int err = 0;

	do {
		/* The next raise waits for the event of the one before. */
		bool raise = o->raise.width && tally->events != before;

		before = tally->events;
		err = step(k, o, raise, tally);
		tally->elapsed_ns = now_ns() - start;
	} while (!err && !stopped && (!o->count || tally->events < o->count) &&
		 (o->duration == 0 || (double)tally->elapsed_ns < limit));
	return err;
}

static void show(const struct irq_options *o, const struct tally *tally,
		 const struct kplug_vector_info *vector)
{
	cJSON *object;

	if (!o->arguments.json) {
		printf("%llu events in %.3f s, %llu lost; the vector was raised "
		       "%llu times, handled %llu times\n", tally->events,
		       (double)tally->elapsed_ns / SECOND, tally->lost,
		       (unsigned long long)vector->out_raised,
		       (unsigned long long)vector->out_handled);
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "device", o->arguments.words[0]);
	cJSON_AddNumberToObject(object, "vector", o->vector);
	cJSON_AddNumberToObject(object, "events", (double)tally->events);
	cJSON_AddNumberToObject(object, "lost", (double)tally->lost);
	cJSON_AddNumberToObject(object, "elapsed_ns",
				(double)tally->elapsed_ns);
	cJSON_AddNumberToObject(object, "raised", (double)vector->out_raised);
	cJSON_AddNumberToObject(object, "handled", (double)vector->out_handled);
	print_json(object);
}

static int run(struct kplug *k, const struct irq_options *o)
{
	const char *name = o->arguments.words[0];
	struct kplug_vector_info vector;
	struct tally tally = { 0 };
	int err = attach(k, o);

	if (err < 0)
		return fail(name, "attach", err);
	err = listen(k, o, &tally);
	if (err)
		return fail(name, "listen", err);
	err = kplug_vector_info(k, o->vector, &vector);
	if (err)
		return fail(name, "ask", err);
	show(o, &tally, &vector);
	return tally.events >= o->count ? COMMAND_OK : COMMAND_FAILED;
}

int cmd_irq(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	struct irq_options o = { .arguments = { .min = 1, .max = 1 } };
	struct kplug *k;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (choose_device(&o.arguments) ||
	    open_device(&k, o.arguments.words[0], 0))
		return COMMAND_FAILED;
	result = run(k, &o);
	kplug_close(k);
	return result;
}
