// SPDX-License-Identifier: MIT
/* kplug latency compare: two results beside each other. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "stages.h"

static const char doc[] =
	"Shows two results of `kplug latency --dev`, `--irq` or `--driver` with "
	"`--json` beside each other, stage by stage, all sources of a stage "
	"together.\v"
	"Example:\n"
	"  kplug latency --driver uio --duration 10 --json > before.json\n"
	"  kplug latency --driver kplug --duration 10 --json > after.json\n"
	"  kplug latency compare before.json after.json --html both.html";

enum { OPTION_HTML = 0x100 };

static const struct argp_option options[] = {
	{ "html", OPTION_HTML, "FILE", 0, "also write a page with pictures", 0 },
	{ 0 }
};

struct compare_options {
	struct arguments arguments;	/* first: the child parser's */
	const char *html;
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct compare_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case OPTION_HTML:
		o->html = word;
		return 0;
	case ARGP_KEY_END:
		if (o->arguments.count < 2)
			argp_error(state, "which two results? `kplug latency --dev DEVICE --json` makes one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "BEFORE AFTER",
	.doc = doc,
	.children = arguments_children,
};

const char *const stages_sides[2] = { "before", "after" };
const char *const stages_figure_names[STAGES_FIGURES] = { "p50", "p99", "p999", "max" };

uint64_t stages_figure(const struct stages_histogram *h, unsigned int figure)
{
	static const double quantiles[STAGES_FIGURES] = { 0.5, 0.99, 0.999, 1 };

	return quantiles[figure] < 1 ? stages_quantile(h, quantiles[figure]) : h->max;
}

double stages_times(const struct stages_histogram *before, const struct stages_histogram *after, unsigned int figure)
{
	uint64_t a = stages_figure(before, figure), b = stages_figure(after, figure);

	return before->count && after->count && b ? (double)a / (double)b : 0;
}

bool stages_any(const struct stages_result results[2])
{
	unsigned int i;

	for (i = 0; i < NUM_STAGES; i++)
		if (results[0].stages[i].count || results[1].stages[i].count)
			return true;
	return false;
}

#define REMARK(c, ...) snprintf((c)->remarks[(c)->num_remarks++], sizeof((c)->remarks[0]), __VA_ARGS__)

static void find_remarks(struct stages_comparison *c)
{
	const struct stages_result *r = c->results;
	int i;

	if (strcmp(r[0].kernel, r[1].kernel))
		REMARK(c, "The kernels differ: %s before, %s after.", r[0].kernel, r[1].kernel);
	if (strcmp(r[0].unit, r[1].unit))
		REMARK(c, "The units differ: %s before, %s after; all is shown in ns.", r[0].unit, r[1].unit);
	for (i = 0; i < 2; i++) {
		if (r[i].lost)
			REMARK(c, "Measurements that found no room %s: %llu.", stages_sides[i], (unsigned long long)r[i].lost);
		if (r[i].unknown)
			REMARK(c, "Stages that this version does not know, left out %s: %u.", stages_sides[i], r[i].unknown);
	}
}

static int read_both(struct stages_comparison *c)
{
	const char *wrong;
	int i;

	for (i = 0; i < 2; i++) {
		wrong = stages_result_read(&c->results[i], c->files[i]);
		if (!wrong)
			continue;
		fprintf(stderr, "%s: %s: %s\n", program_invocation_name, c->files[i], wrong);
		return COMMAND_FAILED;
	}
	find_remarks(c);
	return COMMAND_OK;
}

static void print_remarks(FILE *out, const struct stages_comparison *c)
{
	unsigned int i;

	for (i = 0; i < c->num_remarks; i++)
		fprintf(out, "%s\n", c->remarks[i]);
}

static void print_figure(const struct stages_histogram *h, unsigned int figure)
{
	if (h->count)
		printf(" %9llu", (unsigned long long)stages_figure(h, figure));
	else
		printf(" %9s", "-");
}

static void print_stage(const char *name, const struct stages_histogram *before, const struct stages_histogram *after)
{
	unsigned int i;

	printf("%-16s %9llu %9llu", name, (unsigned long long)before->count, (unsigned long long)after->count);
	for (i = 0; i < STAGES_FIGURES; i++) {
		double times = stages_times(before, after, i);

		putchar(' ');
		print_figure(before, i);
		print_figure(after, i);
		if (times)
			printf(" %6.2f", times);
		else
			printf(" %6s", "-");
	}
	putchar('\n');
}

static void print_figures(const struct stages_result results[2])
{
	unsigned int i;

	printf("ns; each third column says how many times faster it became\n%-16s %9s %9s", "stage", "before", "after");
	for (i = 0; i < STAGES_FIGURES; i++)
		printf("  %9s %9s %6s", stages_figure_names[i], "after", "times");
	putchar('\n');
	for (i = 0; i < NUM_STAGES; i++)
		if (results[0].stages[i].count || results[1].stages[i].count)
			print_stage(stages_names[i], &results[0].stages[i], &results[1].stages[i]);
}

/* One above the other: what became faster moved to the left. */
static void print_pictures(const struct stages_result results[2])
{
	unsigned int i, side;

	printf("\n%-16s %-6s  64 ns ... 1 s\n", "stage", "");
	for (i = 0; i < NUM_STAGES; i++) {
		if (!results[0].stages[i].count && !results[1].stages[i].count)
			continue;
		for (side = 0; side < 2; side++) {
			printf("%-16s %-6s  ", side ? "" : stages_names[i], stages_sides[side]);
			stages_picture(stdout, &results[side].stages[i]);
			putchar('\n');
		}
	}
}

static void add_side(cJSON *object, const char *name, const struct stages_histogram *h)
{
	cJSON *side = cJSON_AddObjectToObject(object, name);
	unsigned int i;

	cJSON_AddNumberToObject(side, "count", (double)h->count);
	for (i = 0; i < STAGES_FIGURES; i++)
		cJSON_AddNumberToObject(side, stages_figure_names[i], (double)stages_figure(h, i));
}

static void print_both(const struct stages_result results[2])
{
	cJSON *list = cJSON_CreateArray(), *object;
	unsigned int i, side;

	for (i = 0; i < NUM_STAGES; i++) {
		if (!results[0].stages[i].count && !results[1].stages[i].count)
			continue;
		object = cJSON_CreateObject();
		cJSON_AddItemToArray(list, object);
		cJSON_AddStringToObject(object, "stage", stages_names[i]);
		for (side = 0; side < 2; side++)
			add_side(object, stages_sides[side], &results[side].stages[i]);
	}
	print_json(list);
}

int stages_compare(int argc, char **argv)
{
	struct compare_options o = { .arguments = { .max = 2 } };
	static struct stages_comparison c;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	memcpy(c.files, o.arguments.words, sizeof(c.files));
	if (read_both(&c))
		return COMMAND_FAILED;
	print_remarks(o.arguments.json ? stderr : stdout, &c);
	if (o.arguments.json) {
		print_both(c.results);
	} else if (!stages_any(c.results)) {
		puts("No interrupt in either result.");
	} else {
		print_figures(c.results);
		print_pictures(c.results);
	}
	return o.html ? stages_compare_html(o.html, &c) : COMMAND_OK;
}
