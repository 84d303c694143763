// SPDX-License-Identifier: MIT
/*
 * kplug trace --chrome: a file for a trace viewer. Each device is shown as a
 * process. It has a row for each processor, with its handlers, and a row for each
 * thread, with its calls. Events until they are read and chunks until they are
 * done have rows of their own.
 */
#include <search.h>
#include <stdlib.h>

#include "common/command.h"
#include "common/minors.h"
#include "trace.h"

#define FIRST_CPU 0x40000000u /* beyond all threads */

#define NO_ROW 0

static bool first_line;
static void *named; /* rows that have a name, and devices */
static uint64_t num_passages;

struct row {
	uint32_t device;
	uint32_t row;
};

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Names each row once: repeated names would double the size of the file. */
static bool is_named(uint32_t device, uint32_t row)
{
	struct row *new = malloc(sizeof(*new)), **found;

	if (!new)
		return true;
	*new = (struct row){ device, row };
	found = tsearch(new, &named, compare);
	if (found && *found == new)
		return false;
	free(new);
	return true;
}

static void write_object(FILE *out, cJSON *object)
{
	char *text = cJSON_PrintUnformatted(object);

	if (text)
		fprintf(out, "%s%s", first_line ? "" : ",\n", text);
	first_line = false;
	cJSON_free(text);
	cJSON_Delete(object);
}

/* The unit of the format is microseconds. */
static cJSON *new_object(const char *phase, const char *name, const struct trace_record *r,
			 uint32_t row, uint64_t time)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "ph", phase);
	cJSON_AddStringToObject(object, "name", name);
	cJSON_AddNumberToObject(object, "pid", r->device + 1);
	cJSON_AddNumberToObject(object, "tid", row);
	cJSON_AddNumberToObject(object, "ts", (double)time / 1e3);
	return object;
}

static void name(FILE *out, const char *kind, const struct trace_record *r, uint32_t row,
		 const char *name)
{
	cJSON *object;

	if (is_named(r->device, row))
		return;
	object = new_object("M", kind, r, row, 0);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(object, "args"), "name", name);
	write_object(out, object);
}

static uint32_t row_of_cpu(FILE *out, const struct trace_record *r)
{
	char text[32];

	snprintf(text, sizeof(text), "processor %u", r->cpu);
	name(out, "thread_name", r, FIRST_CPU + r->cpu, text);
	return FIRST_CPU + r->cpu;
}

static uint32_t row_of_thread(FILE *out, const struct trace_record *r)
{
	char text[32];

	snprintf(text, sizeof(text), "%.16s", r->program);
	name(out, "thread_name", r, r->thread, text);
	return r->thread;
}

/* An activity of a row that ends now. */
static void span(FILE *out, const struct trace_record *r, uint32_t row, const char *name,
		 uint64_t took)
{
	cJSON *object = new_object("X", name, r, row, r->time - took);

	cJSON_AddNumberToObject(object, "dur", (double)took / 1e3);
	write_object(out, object);
}

/* An event or chunk that was under way until now. */
static void passage(FILE *out, const struct trace_record *r, const char *category, const char *name,
		    uint64_t took)
{
	const uint64_t ends[2] = { r->time - took, r->time };
	cJSON *object;
	int i;

	num_passages++;
	for (i = 0; i < 2; i++) {
		object = new_object(i ? "e" : "b", name, r, NO_ROW, ends[i]);
		cJSON_AddStringToObject(object, "cat", category);
		cJSON_AddNumberToObject(object, "id", (double)num_passages);
		write_object(out, object);
	}
}

static void instant(FILE *out, const struct trace_record *r, uint32_t row, const char *name)
{
	cJSON *object = new_object("i", name, r, row, r->time);

	cJSON_AddStringToObject(object, "s", "t");
	write_object(out, object);
}

void trace_chrome(FILE *out, const struct trace_record *r, uint64_t took)
{
	char text[64];

	name(out, "process_name", r, NO_ROW, minor_name(r->device));
	if (r->kind == TRACE_POSTED) {
		snprintf(text, sizeof(text), "event posted, type %lld", (long long)r->args[0]);
		instant(out, r, row_of_cpu(out, r), text);
	}
	if (took == TRACE_UNKNOWN)
		return;
	switch (r->kind) {
	case TRACE_HANDLED:
		snprintf(text, sizeof(text), "handler %u", r->vector);
		span(out, r, row_of_cpu(out, r), text, took);
		return;
	case TRACE_FINISHED:
		snprintf(text, sizeof(text), "deferred %u", r->vector);
		span(out, r, row_of_cpu(out, r), text, took);
		return;
	case TRACE_ANSWERED:
		snprintf(text, sizeof(text), "call %lld", (long long)r->args[0]);
		span(out, r, row_of_thread(out, r), text, took);
		return;
	case TRACE_READ:
		snprintf(text, sizeof(text), "event for %.16s", r->program);
		passage(out, r, "events", text, took);
		return;
	case TRACE_DONE:
		snprintf(text, sizeof(text), "chunk of transaction %u", r->transaction);
		passage(out, r, "chunks", text, took);
		return;
	}
}

void trace_chrome_begin(FILE *out)
{
	first_line = true;
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", out);
}

void trace_chrome_end(FILE *out)
{
	fputs("\n]}\n", out);
	tdestroy(named, free);
	named = NULL;
}
