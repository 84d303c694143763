// SPDX-License-Identifier: MIT
/* kplug compare: two results side by side. */
#include <errno.h>
#include <string.h>

#include "common/color.h"
#include "common/command.h"
#include "common/lines.h"
#include "common/output.h"
#include "compare.h"
#include "latency.h"

/* Two buckets cannot tell a smaller factor from 1. */
#define UNCHANGED 1.032

static const char doc[] =
	"Compares two results that `kplug latency --json` wrote, stage by stage. The "
	"sources of each stage are added up.\v"
	"Example:\n"
	"  kplug latency --driver uio --duration 10 --json > before.json\n"
	"  kplug latency --driver kplug --duration 10 --json > after.json\n"
	"  kplug compare before.json after.json --html both.html";

enum { OPTION_HTML = 0x100 };

static const struct argp_option options[] = { { "html", OPTION_HTML, "FILE", 0,
						"also write a page with pictures", 0 },
					      { 0 } };

struct compare_options {
	struct arguments arguments; /* first: the child parser's */
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
			argp_error(
				state,
				"which two results? `kplug latency --dev DEVICE --json` writes one");
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

const char *const compare_sides[2] = { "before", "after" };
const char *const compare_figure_names[COMPARE_FIGURES] = { "p50", "p99", "p999", "max" };

uint64_t compare_figure(const struct latency_histogram *h, unsigned int figure)
{
	static const double quantiles[COMPARE_FIGURES] = { 0.5, 0.99, 0.999, 1 };

	return quantiles[figure] < 1 ? latency_quantile(h, quantiles[figure]) : h->max;
}

double compare_speedup(const struct latency_histogram *before,
		       const struct latency_histogram *after, unsigned int figure)
{
	uint64_t a = compare_figure(before, figure), b = compare_figure(after, figure);

	return before->count && after->count && b ? (double)a / (double)b : 0;
}

void compare_change(char *text, size_t size, double speedup)
{
	const double times = speedup < 1 && speedup ? 1 / speedup : speedup;

	if (!speedup)
		snprintf(text, size, "-");
	else if (times < UNCHANGED)
		snprintf(text, size, "unchanged");
	else
		snprintf(text, size, "%.*f times %s",
			 times < 10  ? 2 :
			 times < 100 ? 1 :
				       0,
			 times, speedup > 1 ? "faster" : "slower");
}

static bool has_stage(const struct latency_result results[2], unsigned int stage)
{
	return results[0].stages[stage].count || results[1].stages[stage].count;
}

bool compare_any(const struct latency_result results[2])
{
	unsigned int i;

	for (i = 0; i < NUM_STAGES; i++)
		if (has_stage(results, i))
			return true;
	return false;
}

#define REMARK(c, ...) \
	snprintf((c)->remarks[(c)->num_remarks++], sizeof((c)->remarks[0]), __VA_ARGS__)

static void find_remarks(struct latency_comparison *c)
{
	const struct latency_result *r = c->results;
	int i;

	if (strcmp(r[0].kernel, r[1].kernel))
		REMARK(c, "The kernels differ: %s before, %s after.", r[0].kernel, r[1].kernel);
	if (strcmp(r[0].unit, r[1].unit))
		REMARK(c, "The units differ: %s before, %s after; this output is in ns.", r[0].unit,
		       r[1].unit);
	for (i = 0; i < 2; i++) {
		if (r[i].lost)
			REMARK(c, "Measurements lost %s: %llu.", compare_sides[i],
			       (unsigned long long)r[i].lost);
		if (r[i].unknown)
			REMARK(c, "Unknown stages left out %s: %u.", compare_sides[i],
			       r[i].unknown);
	}
}

static int read_both(struct latency_comparison *c)
{
	const char *wrong;
	int i;

	for (i = 0; i < 2; i++) {
		wrong = latency_result_read(&c->results[i], c->files[i]);
		if (!wrong)
			continue;
		fprintf(stderr, "%s: %s: %s\n", program_invocation_name, c->files[i], wrong);
		return COMMAND_FAILED;
	}
	find_remarks(c);
	return COMMAND_OK;
}

static void print_remarks(FILE *out, const struct latency_comparison *c)
{
	unsigned int i;

	for (i = 0; i < c->num_remarks; i++)
		line_end(out, 0, c->remarks[i]);
}

static void print_figure(const struct latency_histogram *h, unsigned int figure)
{
	if (h->count)
		printf(" %12llu", (unsigned long long)compare_figure(h, figure));
	else
		printf(" %12s", "-");
}

/* What a faster stage has, or a slower one. */
static void print_change(const char *figure, double speedup)
{
	const bool changed = speedup && (speedup >= UNCHANGED || 1 / speedup >= UNCHANGED);
	char change[32];

	compare_change(change, sizeof(change), speedup);
	printf("  %-6s %s%s%s\n", figure,
	       changed ? color_begin(stdout, speedup > 1 ? COLOR_GOOD : COLOR_BAD) : "", change,
	       changed ? color_end(stdout) : "");
}

static void print_stage(const char *name, const struct latency_histogram *before,
			const struct latency_histogram *after)
{
	static const char *const names[COMPARE_FIGURES] = { "p50", "p99", "p99.9", "max" };
	unsigned int i;

	printf("%-16s %12llu %12llu  count\n", name, (unsigned long long)before->count,
	       (unsigned long long)after->count);
	for (i = 0; i < COMPARE_FIGURES; i++) {
		printf("%-16s", "");
		print_figure(before, i);
		print_figure(after, i);
		print_change(names[i], compare_speedup(before, after, i));
	}
}

static void print_figures(const struct latency_result results[2])
{
	unsigned int i;

	printf("%s%-16s %12s %12s  times in ns%s\n", color_begin(stdout, COLOR_HEAD), "stage",
	       "before", "after", color_end(stdout));
	for (i = 0; i < NUM_STAGES; i++)
		if (has_stage(results, i))
			print_stage(stage_names[i], &results[0].stages[i], &results[1].stages[i]);
}

/* Before above after: a faster stage has moved to the left. */
static void print_pictures(const struct latency_result results[2])
{
	unsigned int i, side;

	printf("\n%s%-16s %-6s  64 ns ... 1 s%s\n", color_begin(stdout, COLOR_HEAD), "stage", "",
	       color_end(stdout));
	for (i = 0; i < NUM_STAGES; i++) {
		if (!has_stage(results, i))
			continue;
		for (side = 0; side < 2; side++) {
			printf("%-16s %-6s  ", side ? "" : stage_names[i], compare_sides[side]);
			latency_bars(stdout, &results[side].stages[i], LATENCY_COLUMNS);
			putchar('\n');
		}
	}
}

static void add_side(cJSON *object, const char *name, const struct latency_histogram *h)
{
	cJSON *side = cJSON_AddObjectToObject(object, name);
	unsigned int i;

	cJSON_AddNumberToObject(side, "count", (double)h->count);
	for (i = 0; i < COMPARE_FIGURES; i++)
		cJSON_AddNumberToObject(side, compare_figure_names[i],
					(double)compare_figure(h, i));
}

static void print_both(const struct latency_result results[2])
{
	cJSON *list = cJSON_CreateArray(), *object;
	unsigned int i, side;

	for (i = 0; i < NUM_STAGES; i++) {
		if (!has_stage(results, i))
			continue;
		object = cJSON_CreateObject();
		cJSON_AddItemToArray(list, object);
		cJSON_AddStringToObject(object, "stage", stage_names[i]);
		for (side = 0; side < 2; side++)
			add_side(object, compare_sides[side], &results[side].stages[i]);
	}
	print_json("compare-1", list);
}

int cmd_compare(int argc, char **argv)
{
	struct compare_options o = { .arguments = { .max = 2 } };
	static struct latency_comparison c;

	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return COMMAND_USAGE;
	memcpy(c.files, o.arguments.words, sizeof(c.files));
	if ((o.html && output_check_file(o.html)) || read_both(&c))
		return COMMAND_FAILED;
	print_remarks(o.arguments.json ? stderr : stdout, &c);
	if (o.arguments.json) {
		print_both(c.results);
	} else if (!compare_any(c.results)) {
		puts("Neither result has an interrupt.");
	} else {
		print_figures(c.results);
		print_pictures(c.results);
	}
	return o.html ? compare_html(o.html, &c) : COMMAND_OK;
}
