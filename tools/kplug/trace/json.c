// SPDX-License-Identifier: MIT
/* kplug trace: records as lines of JSON. */
#include <string.h>

#include "common/command.h"
#include "common/minors.h"
#include "trace.h"

static const char *const names[NUM_TRACE_KINDS] = {
	[TRACE_IRQ] = "interrupt",     [TRACE_HANDLED] = "handled",   [TRACE_DEFERRED] = "deferred",
	[TRACE_FINISHED] = "finished", [TRACE_POSTED] = "posted",     [TRACE_READ] = "read",
	[TRACE_CALL] = "call",         [TRACE_ANSWERED] = "answered", [TRACE_PROGRAM] = "program",
	[TRACE_DONE] = "done",
};

/* The names of args[]; NULL: unused. */
static const char *const arg_names[NUM_TRACE_KINDS][2] = {
	[TRACE_HANDLED] = { "verdict" },
	[TRACE_DEFERRED] = { "interrupts" },
	[TRACE_POSTED] = { "type" },
	[TRACE_READ] = { "seq", "posted" },
	[TRACE_CALL] = { "command", "length" },
	[TRACE_ANSWERED] = { "command", "result" },
	[TRACE_PROGRAM] = { "offset", "length" },
	[TRACE_DONE] = { "bytes", "status" },
};

/* In other records the current program was only interrupted. */
static bool has_program(const struct trace_record *r)
{
	return r->kind == TRACE_READ || r->kind == TRACE_CALL || r->kind == TRACE_ANSWERED;
}

static void add_program(cJSON *object, const struct trace_record *r)
{
	char name[sizeof(r->program) + 1] = "";

	memcpy(name, r->program, sizeof(r->program));
	cJSON_AddStringToObject(object, "program", name);
	cJSON_AddNumberToObject(object, "thread", r->thread);
}

void trace_json(FILE *out, const struct trace_record *r, uint64_t took)
{
	cJSON *object = cJSON_CreateObject();
	int i;

	cJSON_AddNumberToObject(object, "time", (double)r->time);
	cJSON_AddNumberToObject(object, "cpu", r->cpu);
	cJSON_AddStringToObject(object, "device", minor_name(r->device));
	if (r->vector != TRACE_NO_VECTOR)
		cJSON_AddNumberToObject(object, "vector", r->vector);
	if (r->kind == TRACE_PROGRAM || r->kind == TRACE_DONE)
		cJSON_AddNumberToObject(object, "transaction", r->transaction);
	cJSON_AddStringToObject(object, "what", names[r->kind]);
	for (i = 0; i < 2 && arg_names[r->kind][i]; i++)
		cJSON_AddNumberToObject(object, arg_names[r->kind][i], (double)r->args[i]);
	if (took != TRACE_UNKNOWN)
		cJSON_AddNumberToObject(object, "took", (double)took);
	if (has_program(r))
		add_program(object, r);
	print_json_line(out, "trace-1", object);
}
