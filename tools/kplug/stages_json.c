// SPDX-License-Identifier: MIT
/* kplug latency --dev ... --json, which `kplug latency compare` reads. */
#include <sys/utsname.h>

#include "command.h"
#include "stages.h"

static void add_number(cJSON *object, const char *name, uint64_t value)
{
	cJSON_AddNumberToObject(object, name, (double)value);
}

static void add_spread(cJSON *object, const struct stages_histogram *h)
{
	add_number(object, "count", h->count);
	add_number(object, "mean", h->count ? h->sum / h->count : 0);
	add_number(object, "p50", stages_quantile(h, 0.5));
	add_number(object, "p90", stages_quantile(h, 0.9));
	add_number(object, "p99", stages_quantile(h, 0.99));
	add_number(object, "p999", stages_quantile(h, 0.999));
	add_number(object, "max", h->max);
}

static void add_cpus(cJSON *object, const struct stages_row *row)
{
	cJSON *cpus = cJSON_AddArrayToObject(object, "cpus"), *one;
	unsigned int cpu;

	for (cpu = 0; cpu < stages_num_cpus(); cpu++) {
		if (!row->cpus[cpu].count)
			continue;
		one = cJSON_CreateObject();
		cJSON_AddItemToArray(cpus, one);
		add_number(one, "cpu", cpu);
		add_spread(one, &row->cpus[cpu]);
	}
}

/* Pairs of the middle of a bucket and how many are in it; the empty ones are left out. */
static void add_buckets(cJSON *object, const struct stages_histogram *h)
{
	cJSON *buckets = cJSON_AddArrayToObject(object, "buckets");
	unsigned int i;

	for (i = 0; i < STAGES_BUCKETS; i++)
		if (h->buckets[i])
			cJSON_AddItemToArray(buckets, cJSON_CreateDoubleArray(
				(const double[]){ (double)stages_value(i), (double)h->buckets[i] }, 2));
}

void stages_json(const struct stages_report *report)
{
	cJSON *root = cJSON_CreateObject(), *stages, *object;
	struct utsname system;
	char name[80];
	unsigned int i;

	uname(&system);
	cJSON_AddStringToObject(root, "kernel", system.release);
	cJSON_AddStringToObject(root, "unit", "ns");
	cJSON_AddNumberToObject(root, "seconds", report->seconds);
	add_number(root, "lost", report->lost);
	stages = cJSON_AddArrayToObject(root, "stages");
	for (i = 0; i < report->num_rows; i++) {
		const struct stages_row *row = &report->rows[i];

		object = cJSON_CreateObject();
		cJSON_AddItemToArray(stages, object);
		stages_source_name(report, &row->key, name, sizeof(name));
		cJSON_AddStringToObject(object, "stage", stages_names[row->key.stage]);
		cJSON_AddStringToObject(object, "of", name);
		add_spread(object, &row->all);
		add_cpus(object, row);
		add_buckets(object, &row->all);
	}
	print_json(root);
}
