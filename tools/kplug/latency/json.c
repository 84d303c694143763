// SPDX-License-Identifier: MIT
/* kplug latency --json, which kplug compare reads. */
#include <sys/utsname.h>

#include "common/command.h"
#include "latency.h"
#include "page.h"

static void add_number(cJSON *object, const char *name, uint64_t value)
{
	cJSON_AddNumberToObject(object, name, (double)value);
}

static void add_spread(cJSON *object, const struct latency_histogram *h)
{
	add_number(object, "count", h->count);
	add_number(object, "mean", h->count ? h->sum / h->count : 0);
	add_number(object, "p50", latency_quantile(h, 0.5));
	add_number(object, "p90", latency_quantile(h, 0.9));
	add_number(object, "p99", latency_quantile(h, 0.99));
	add_number(object, "p999", latency_quantile(h, 0.999));
	add_number(object, "max", h->max);
}

static void add_cpus(cJSON *object, const struct latency_report *report,
		     const struct latency_row *row)
{
	cJSON *cpus = cJSON_AddArrayToObject(object, "cpus"), *one;
	unsigned int cpu;

	for (cpu = 0; cpu < report->num_cpus; cpu++) {
		if (!row->cpus[cpu].count)
			continue;
		one = cJSON_CreateObject();
		cJSON_AddItemToArray(cpus, one);
		add_number(one, "cpu", cpu);
		add_spread(one, &row->cpus[cpu]);
	}
}

void latency_json(const struct latency_report *report)
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
		const struct latency_row *row = &report->rows[i];

		object = cJSON_CreateObject();
		cJSON_AddItemToArray(stages, object);
		latency_source_name(report, &row->key, name, sizeof(name));
		cJSON_AddStringToObject(object, "stage", stage_names[row->key.stage]);
		cJSON_AddStringToObject(object, "of", name);
		add_spread(object, &row->all);
		add_cpus(object, report, row);
		page_buckets(object, &row->all);
	}
	print_json("latency-1", root);
}
