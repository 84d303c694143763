// SPDX-License-Identifier: MIT
/* kplug bench irq: the report as JSON, a list of rows with their runs. */
#include "bench.h"
#include "common/command.h"

static void add_latency(cJSON *object, const struct bench_run *run)
{
	cJSON *latency = run->latency.known ? cJSON_AddObjectToObject(object, "latency") :
					      cJSON_AddNullToObject(object, "latency");

	if (!run->latency.known)
		return;
	cJSON_AddStringToObject(latency, "from", run->from_raise ? "raise" : "kplug");
	cJSON_AddNumberToObject(latency, "p50", (double)run->latency.p50);
	cJSON_AddNumberToObject(latency, "p99", (double)run->latency.p99);
	cJSON_AddNumberToObject(latency, "max", (double)run->latency.max);
}

static cJSON *run_object(const struct bench_run *run)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "rate", run->rate);
	cJSON_AddNumberToObject(object, "reached", run->reached);
	cJSON_AddNumberToObject(object, "raised", (double)run->raised);
	cJSON_AddNumberToObject(object, "handled", (double)run->handled);
	cJSON_AddNumberToObject(object, "notified", (double)run->notified);
	cJSON_AddNumberToObject(object, "lost", (double)run->lost);
	cJSON_AddNumberToObject(object, "lost_share",
				run->raised ? (double)run->lost / (double)run->raised : 0);
	add_latency(object, run);
	return object;
}

static void add_runs(cJSON *object, const struct bench_row *row)
{
	cJSON *runs = cJSON_AddArrayToObject(object, "runs");
	unsigned int i;

	for (i = 0; i < row->num_runs; i++)
		cJSON_AddItemToArray(runs, run_object(&row->runs[i]));
	cJSON_AddNumberToObject(object, "highest", row->highest);
	cJSON_AddBoolToObject(object, "source_limit", row->source_limit);
}

cJSON *bench_rows(const struct bench_report *report)
{
	cJSON *rows = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < report->num_rows; i++) {
		const struct bench_row *row = &report->rows[i];
		cJSON *object = ladder_json_row(rows, row->kind, report->device, report->kernel);

		cJSON_AddStringToObject(object, "unit", "ns");
		cJSON_AddStringToObject(object, "source", report->source->name);
		cJSON_AddBoolToObject(object, "random", report->random);
		cJSON_AddNumberToObject(object, "seconds", report->seconds);
		if (*row->why)
			cJSON_AddStringToObject(object, "unavailable", row->why);
		else
			add_runs(object, row);
	}
	return rows;
}

void bench_json(const struct bench_report *report)
{
	print_json("bench-1", bench_rows(report));
}
