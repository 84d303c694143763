// SPDX-License-Identifier: MIT
/* kplug irq: listens to a device's events and counts them. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "attach.h"
#include "common/command.h"
#include "common/deadline.h"
#include "common/script.h"

/* The longest sleep: a signal just before it is noticed this much later. */
#define SLICE_NS 250000000ll

static const char doc[] =
	"Enables a vector, prints its events as they arrive and counts them, until "
	"--count, --duration or Ctrl-C. Without --plugin or --status the attached "
	"plugin handles the interrupt; without a plugin it is only reported. Needs "
	"root.\v"
	"REGISTER is REGION:OFFSET[:WIDTH], WIDTH 4 by default. --status and --ack "
	"make a recipe: read the status, stop if it is 0, write it to the acknowledge "
	"register, and show it.\n\n"
	"Examples:\n"
	"  kplug irq 0000:00:04.0 --duration 10\n"
	"  kplug irq 0000:00:04.0 --plugin edu --count 3 --raise 0:0x60=1\n"
	"  kplug irq 0000:00:04.0 --status 0:0x24 --ack 0:0x64 --quiet\n"
	"  kplug irq 0000:02:00.0 --setup enable.script --duration 10";

enum {
	OPTION_STATUS = 0x100,
	OPTION_ACK,
	OPTION_RAISE,
	OPTION_PLUGIN,
	OPTION_SETUP,
	OPTION_TEARDOWN
};

static const struct argp_option options[] = {
	{ "vector", 'v', "N", 0, "the vector (0)", 0 },
	{ "count", 'c', "N", 0, "stop after N events", 0 },
	{ "duration", 'd', "SECONDS", 0, "stop after SECONDS", 0 },
	{ "raise", OPTION_RAISE, "REGISTER=VALUE", 0,
	  "write this before each wait: it makes the device interrupt", 0 },
	{ "plugin", OPTION_PLUGIN, "NAME", 0, "the plugin that handles the interrupt", 0 },
	{ "status", OPTION_STATUS, "REGISTER", 0, "0 if the device does not interrupt", 0 },
	{ "ack", OPTION_ACK, "REGISTER", 0, "acknowledges the interrupt", 0 },
	{ "setup", OPTION_SETUP, "FILE", 0,
	  "a script that enables the interrupt in the device, see `kplug script`", 0 },
	{ "teardown", OPTION_TEARDOWN, "FILE", 0, "a script for the end", 0 },
	{ "quiet", 'q', NULL, 0, "print the counts only", 0 },
	{ 0 }
};

struct irq_options {
	struct arguments arguments; /* first: the child parser's */
	unsigned int vector;
	unsigned long long count;
	double duration;
	const char *plugin;
	const char *setup_file, *teardown_file;
	struct script setup, teardown; /* of these files */
	struct reg raise, status, ack; /* width 0: not given */
	bool quiet;
};

/* The events so far. */
struct tally {
	unsigned long long events;
	unsigned long long lost;
	unsigned long long raised, handled; /* as the kernel counts */
	double seconds;
};

static void parse_reg(const char *text, struct reg *reg, struct argp_state *state)
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
		o->vector = (unsigned int)count_parse(word, 0, UINT32_MAX, state);
		return 0;
	case 'c':
		o->count = count_parse(word, 0, UINT32_MAX, state);
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
	case OPTION_SETUP:
		o->setup_file = word;
		return 0;
	case OPTION_TEARDOWN:
		o->teardown_file = word;
		return 0;
	case OPTION_STATUS:
		parse_reg(word, &o->status, state);
		return 0;
	case OPTION_ACK:
		parse_reg(word, &o->ack, state);
		return 0;
	case OPTION_RAISE:
		if (!reg_parse_value(word, &o->raise))
			argp_error(state,
				   "'%s' is not "
				   "REGION:OFFSET[:WIDTH]=VALUE",
				   word);
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
		{ .op = KPLUG_STEP_READ,
		  .region = (uint8_t)o->status.region,
		  .width = (uint8_t)o->status.width,
		  .offset = o->status.offset },
		{ .op = KPLUG_STEP_NOT_MINE, .mask = ~0ull },
		{ .op = KPLUG_STEP_WRITE_BACK,
		  .region = (uint8_t)o->ack.region,
		  .width = (uint8_t)o->ack.width,
		  .offset = o->ack.offset,
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

/* Waits for one event or the end of the slice; 0 or -errno. */
static int step(struct kplug *k, const struct irq_options *o, bool raise, struct tally *tally)
{
	struct kplug_event event;
	int got = 0;

	if (raise)
		got = kplug_access_write(k, o->raise.region, o->raise.offset, o->raise.width,
					 o->raise.value);
	if (!got)
		got = kplug_wait(k, &event, 1, SLICE_NS);
	if (got <= 0)
		return got == -EINTR ? 0 : got;
	tally->events++;
	tally->lost += event.lost;
	if (!o->quiet && !o->arguments.json)
		print_event(&event);
	/* Without a handler on INTx, and after a storm, the vector is masked now. */
	kplug_unmask(k, o->vector);
	return 0;
}

static int listen(struct kplug *k, const struct irq_options *o, struct tally *tally)
{
	unsigned long long before = ~0ull;
	struct deadline deadline;
	int err = 0;

	deadline_begin(&deadline, o->duration);
	do {
		/* The next raise waits for the event of the one before. */
		bool raise = o->raise.width && tally->events != before;

		before = tally->events;
		err = step(k, o, raise, tally);
	} while (!err && !deadline_over(&deadline) && (!o->count || tally->events < o->count));
	tally->seconds = deadline_elapsed(&deadline);
	return err;
}

static int run_script(struct kplug *k, const char *device, const struct script *script)
{
	const struct script_target target = script_on_kplug(k);
	char where[256], why[64];
	struct script_line last;
	int err = script_run(script, &target, &last);

	if (!err)
		return COMMAND_OK;
	script_where(script, &last, where, sizeof(where));
	script_why(&last, err, why, sizeof(why));
	return fail_because(device, where, why);
}

static void show(const struct irq_options *o, const struct tally *tally)
{
	cJSON *object;

	if (!o->arguments.json) {
		printf("%llu events in %.3f s, %llu lost; the vector was raised "
		       "%llu times, handled %llu times\n",
		       tally->events, tally->seconds, tally->lost, tally->raised, tally->handled);
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "device", o->arguments.words[0]);
	cJSON_AddNumberToObject(object, "vector", o->vector);
	cJSON_AddNumberToObject(object, "events", (double)tally->events);
	cJSON_AddNumberToObject(object, "lost", (double)tally->lost);
	cJSON_AddNumberToObject(object, "elapsed_ns", round(tally->seconds * 1e9));
	cJSON_AddNumberToObject(object, "raised", (double)tally->raised);
	cJSON_AddNumberToObject(object, "handled", (double)tally->handled);
	print_json("irq-1", object);
}

/* The vector must exist: the kernel says no more than EINVAL. */
static int check_vector(struct kplug *k, const struct irq_options *o)
{
	struct kplug_device_info info;
	char why[80];

	if (kplug_info(k, &info) || o->vector < info.out_vectors)
		return COMMAND_OK;
	if (info.out_vectors)
		snprintf(why, sizeof(why), "there is no vector %u; the last one is %u", o->vector,
			 info.out_vectors - 1);
	else
		snprintf(why, sizeof(why), "the device has no interrupt");
	return refuse(o->arguments.words[0], why);
}

/* Counts from now on: those of the kernel begin when the device is bound. */
static int listen_and_count(struct kplug *k, const struct irq_options *o, struct tally *tally)
{
	const char *name = o->arguments.words[0];
	struct kplug_vector_info before, after;
	int err = kplug_vector_info(k, o->vector, &before);

	if (!err)
		err = attach(k, o);
	if (err < 0)
		return o->plugin ? fail_attach(name, o->plugin, err) : fail_call(name, "attach");
	if (o->setup_file && run_script(k, name, &o->setup))
		return COMMAND_FAILED;
	err = listen(k, o, tally);
	if (err)
		return fail_call(name, "listen");
	if (o->teardown_file && run_script(k, name, &o->teardown))
		return COMMAND_FAILED;
	err = kplug_vector_info(k, o->vector, &after);
	if (err)
		return fail_call(name, "get counters");
	tally->raised = after.out_raised - before.out_raised;
	tally->handled = after.out_handled - before.out_handled;
	return COMMAND_OK;
}

static int run(struct kplug *k, const struct irq_options *o)
{
	struct tally tally = { 0 };

	if (check_vector(k, o))
		return COMMAND_FAILED;
	/* If this fails, the events of all vectors arrive. */
	kplug_subscribe(k, &o->vector, 1);
	if (listen_and_count(k, o, &tally))
		return COMMAND_FAILED;
	show(o, &tally);
	if (!tally.raised)
		fprintf(stderr, "raised 0: is the interrupt enabled in the device? (--setup)\n");
	return tally.events >= o->count ? COMMAND_OK : COMMAND_FAILED;
}

static int read_scripts(struct irq_options *o)
{
	int result = o->setup_file ? script_read(&o->setup, o->setup_file) : COMMAND_OK;

	if (result == COMMAND_OK && o->teardown_file)
		result = script_read(&o->teardown, o->teardown_file);
	return result;
}

int cmd_irq(int argc, char **argv)
{
	struct irq_options o = { .arguments = { .min = 1, .max = 1 } };
	struct kplug *k;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	result = read_scripts(&o);
	if (result == COMMAND_OK &&
	    (choose_device(&o.arguments) || open_device(&k, o.arguments.words[0], 0)))
		result = COMMAND_FAILED;
	else if (result == COMMAND_OK) {
		result = run(k, &o);
		kplug_close(k);
	}
	script_free(&o.setup);
	script_free(&o.teardown);
	return result;
}
