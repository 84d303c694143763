// SPDX-License-Identifier: MIT
/* kplug compare: parses the output of kplug latency --json, which may be any file. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "compare.h"

/* Enough for thousands of sources. The parser needs a multiple of this memory. */
#define MAX_LENGTH (8u << 20)

/* Numbers in JSON are doubles: whole numbers up to here are exact. */
#define MAX_WHOLE (1ull << 53)

/* The end of the last bucket. */
#define MAX_BUCKET (1ull << 36)

#define NOT_A_RESULT "not what `kplug latency --dev DEVICE --json` prints"

/* The value of an object's key, or NULL. */
static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

static bool number(const cJSON *item, double most, double *value)
{
	*value = cJSON_IsNumber(item) ? item->valuedouble : -1;
	return *value >= 0 && *value <= most;
}

static bool whole(const cJSON *item, uint64_t *value)
{
	double exact;

	if (!number(item, MAX_WHOLE, &exact))
		return false;
	*value = (uint64_t)exact;
	return (double)*value == exact;
}

static bool duration(const cJSON *item, double ns_per_unit, uint64_t most, uint64_t *ns)
{
	double units;

	if (!number(item, (double)most / ns_per_unit, &units))
		return false;
	*ns = (uint64_t)(units * ns_per_unit + 0.5);
	return true;
}

/* The bucket with this middle. */
static unsigned int bucket_of(uint64_t ns)
{
	unsigned int low = 0, high = LATENCY_BUCKETS - 1, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (latency_value(middle) < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const char *add_bucket(struct latency_histogram *h, const cJSON *pair, double ns_per_unit)
{
	uint64_t ns, count;

	if (!cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2 ||
	    !duration(cJSON_GetArrayItem(pair, 0), ns_per_unit, MAX_BUCKET, &ns) ||
	    !whole(cJSON_GetArrayItem(pair, 1), &count))
		return "one of its buckets is not a duration, of 69 s at most, and a whole number";
	h->count += count;
	if (h->count > MAX_WHOLE)
		return "its counts are too large";
	h->buckets[bucket_of(ns)] += count;
	return NULL;
}

static const char *add_buckets(struct latency_histogram *h, const cJSON *stage, double ns_per_unit)
{
	const cJSON *buckets = get(stage, "buckets"), *pair;
	const char *wrong = NULL;
	uint64_t max;

	if (!cJSON_IsArray(buckets))
		return "one of its stages has no \"buckets\"";
	if (!duration(get(stage, "max"), ns_per_unit, MAX_WHOLE, &max))
		return "the \"max\" of one of its stages is not a duration";
	if (max > h->max)
		h->max = max;
	cJSON_ArrayForEach(pair, buckets)
		if (!wrong)
			wrong = add_bucket(h, pair, ns_per_unit);
	return wrong;
}

static const char *add_stage(struct latency_result *result, const cJSON *stage, double ns_per_unit)
{
	const char *name = cJSON_GetStringValue(get(stage, "stage"));
	unsigned int i;

	if (!name)
		return "one of its stages has no name";
	for (i = 0; i < NUM_STAGES; i++)
		if (!strcmp(name, stage_names[i]))
			return add_buckets(&result->stages[i], stage, ns_per_unit);
	result->unknown++;
	return NULL;
}

/* 0: not a unit of time. */
static double ns_in(const char *unit)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	size_t i;

	for (i = 0; unit && i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(unit, units[i].name))
			return units[i].ns;
	return 0;
}

/* The text will be printed, so it must not have control characters. */
static bool is_release(const char *text)
{
	size_t i;

	for (i = 0; text && text[i]; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return text && i && i < sizeof(((struct latency_result *)0)->kernel);
}

static const char *take_head(struct latency_result *result, const cJSON *root, double *ns_per_unit)
{
	const char *kernel = cJSON_GetStringValue(get(root, "kernel")),
		   *unit = cJSON_GetStringValue(get(root, "unit"));

	*ns_per_unit = ns_in(unit);
	if (!*ns_per_unit)
		return "its \"unit\" is not ns, us, ms or s";
	if (!is_release(kernel))
		return "its \"kernel\" is missing, or not the release of a kernel";
	if (!number(get(root, "seconds"), MAX_WHOLE, &result->seconds))
		return "its \"seconds\" are missing, or not a duration";
	if (!whole(get(root, "lost"), &result->lost))
		return "its \"lost\" is missing, or not a whole number";
	strcpy(result->unit, unit);
	strcpy(result->kernel, kernel);
	return NULL;
}

static const char *take(struct latency_result *result, const cJSON *root)
{
	const cJSON *stages = get(root, "stages"), *stage;
	double ns_per_unit;
	const char *wrong;

	if (cJSON_IsArray(root) && get(root->child, "path"))
		return "it is the output of `kplug ladder DEVICE --json`; "
		       "`kplug latency --dev DEVICE --json` makes a result to compare";
	if (!cJSON_IsArray(stages))
		return NOT_A_RESULT;
	wrong = take_head(result, root, &ns_per_unit);
	cJSON_ArrayForEach(stage, stages)
		if (!wrong)
			wrong = add_stage(result, stage, ns_per_unit);
	return wrong;
}

const char *latency_result_parse(struct latency_result *result, const char *text, size_t length)
{
	cJSON *root;
	const char *wrong;

	memset(result, 0, sizeof(*result));
	if (!length)
		return "it is empty";
	if (length > MAX_LENGTH)
		return "it is larger than 8 MiB";
	/* The NUL is part of the text, so that nothing may follow the object. */
	root = cJSON_ParseWithLengthOpts(text, length + 1, NULL, true);
	wrong = root ? take(result, root) : NOT_A_RESULT ": not one JSON object";
	cJSON_Delete(root);
	return wrong;
}

const char *latency_result_read(struct latency_result *result, const char *name)
{
	char *text = calloc(1, MAX_LENGTH + 2);
	FILE *file = fopen(name, "r");
	const char *wrong;
	size_t length;

	errno = text ? errno : ENOMEM;
	length = text && file ? fread(text, 1, MAX_LENGTH + 1, file) : 0;
	if (!text || !file || ferror(file))
		wrong = strerror(errno);
	else
		wrong = latency_result_parse(result, text, length);
	if (file)
		fclose(file);
	free(text);
	return wrong;
}
