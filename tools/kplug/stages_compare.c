// SPDX-License-Identifier: MIT
/* kplug latency compare: two results beside each other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "stages.h"

static const char doc[] =
	"Shows two results of `kplug latency --json` beside each other, stage by "
	"stage, all sources of a stage together.\v"
	"Example:\n"
	"  kplug latency --driver uio --duration 10 --json > before.json\n"
	"  kplug latency --driver kplug --duration 10 --json > after.json\n"
	"  kplug latency compare before.json after.json";

static error_t parse(int key, char *word, struct argp_state *state)
{
	(void)word;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "BEFORE AFTER",
	.doc = doc,
	.children = arguments_children,
};

/* All of one file. */
struct result {
	struct stages_histogram stages[NUM_STAGES];
};

static int refuse(const char *name, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_name, name, why);
	return COMMAND_FAILED;
}

static cJSON *parse_file(const char *name)
{
	FILE *file = fopen(name, "r");
	char *text = NULL;
	size_t size = 0;
	cJSON *root;

	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		refuse(name, strerror(errno ? errno : ENODATA));
		root = NULL;
	} else {
		root = cJSON_Parse(text);
		if (!cJSON_IsArray(cJSON_GetObjectItem(root, "stages")))
			refuse(name, "not what `kplug latency --dev ... --json` prints");
	}
	free(text);
	if (file)
		fclose(file);
	return root;
}

/* The bucket whose middle it is. */
static unsigned int bucket_of(double value)
{
	unsigned int i;

	for (i = 0; i < STAGES_BUCKETS - 1 && (double)stages_value(i) < value; i++)
		;
	return i;
}

static void add_stage(struct result *result, const cJSON *stage)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(stage, "stage"));
	const cJSON *bucket, *max = cJSON_GetObjectItem(stage, "max");
	struct stages_histogram *h;
	unsigned int i;

	for (i = 0; i < NUM_STAGES && name && strcmp(name, stages_names[i]); i++)
		;
	if (!name || i == NUM_STAGES)
		return;
	h = &result->stages[i];
	cJSON_ArrayForEach(bucket, cJSON_GetObjectItem(stage, "buckets")) {
		const cJSON *value = cJSON_GetArrayItem(bucket, 0), *count = cJSON_GetArrayItem(bucket, 1);

		if (!cJSON_IsNumber(value) || !cJSON_IsNumber(count) || count->valuedouble < 0)
			continue;
		h->buckets[bucket_of(value->valuedouble)] += (uint64_t)count->valuedouble;
		h->count += (uint64_t)count->valuedouble;
	}
	if (cJSON_IsNumber(max) && max->valuedouble > (double)h->max)
		h->max = (uint64_t)max->valuedouble;
}

static int read_result(const char *name, struct result *result)
{
	cJSON *root = parse_file(name);
	const cJSON *stages = cJSON_GetObjectItem(root, "stages"), *stage;
	int status = cJSON_IsArray(stages) ? COMMAND_OK : COMMAND_FAILED;

	cJSON_ArrayForEach(stage, stages)
		add_stage(result, stage);
	cJSON_Delete(root);
	return status;
}

static const struct {
	const char *name;
	double quantile;
} columns[] = { { "p50", 0.5 }, { "p99", 0.99 }, { "p999", 0.999 }, { "max", 1 } };

#define NUM_COLUMNS (sizeof(columns) / sizeof(*columns))

static uint64_t figure(const struct stages_histogram *h, size_t column)
{
	return columns[column].quantile < 1 ? stages_quantile(h, columns[column].quantile) : h->max;
}

static void print_stage(const char *name, const struct stages_histogram *before, const struct stages_histogram *after)
{
	size_t i;

	printf("%-16s %9llu %9llu", name, (unsigned long long)before->count, (unsigned long long)after->count);
	for (i = 0; i < NUM_COLUMNS; i++) {
		uint64_t a = figure(before, i), b = figure(after, i);

		printf("  %9llu %9llu", (unsigned long long)a, (unsigned long long)b);
		if (before->count && after->count && b)
			printf(" %6.2f", (double)a / (double)b);
		else
			printf(" %6s", "-");
	}
	putchar('\n');
}

static void print_table(const struct result *before, const struct result *after)
{
	unsigned int i;

	printf("ns; each third column says how many times faster it became\n%-16s %9s %9s", "stage", "before", "after");
	for (i = 0; i < NUM_COLUMNS; i++)
		printf("  %9s %9s %6s", columns[i].name, "after", "times");
	putchar('\n');
	for (i = 0; i < NUM_STAGES; i++)
		if (before->stages[i].count || after->stages[i].count)
			print_stage(stages_names[i], &before->stages[i], &after->stages[i]);
}

static void add_side(cJSON *object, const char *name, const struct stages_histogram *h)
{
	cJSON *side = cJSON_AddObjectToObject(object, name);
	size_t i;

	cJSON_AddNumberToObject(side, "count", (double)h->count);
	for (i = 0; i < NUM_COLUMNS; i++)
		cJSON_AddNumberToObject(side, columns[i].name, (double)figure(h, i));
}

static void print_both(const struct result *before, const struct result *after)
{
	cJSON *list = cJSON_CreateArray(), *object;
	unsigned int i;

	for (i = 0; i < NUM_STAGES; i++) {
		if (!before->stages[i].count && !after->stages[i].count)
			continue;
		object = cJSON_CreateObject();
		cJSON_AddItemToArray(list, object);
		cJSON_AddStringToObject(object, "stage", stages_names[i]);
		add_side(object, "before", &before->stages[i]);
		add_side(object, "after", &after->stages[i]);
	}
	print_json(list);
}

int stages_compare(int argc, char **argv)
{
	struct arguments arguments = { .min = 2, .max = 2 };
	static struct result before, after;

	if (argp_parse(&argp, argc, argv, 0, NULL, &arguments))
		return COMMAND_USAGE;
	if (read_result(arguments.words[0], &before) || read_result(arguments.words[1], &after))
		return COMMAND_FAILED;
	if (arguments.json)
		print_both(&before, &after);
	else
		print_table(&before, &after);
	return COMMAND_OK;
}
