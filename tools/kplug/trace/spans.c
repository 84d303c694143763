// SPDX-License-Identifier: MIT
/* kplug trace: pairs the record of a beginning with the record of its end. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

/* A beginning without its end so far. */
struct span {
	uint32_t kind; /* the record that ends it */
	uint32_t device;
	uint32_t part; /* a vector, a thread or a transaction */
	uint64_t since;
};

static void *open_spans;

static int compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static uint32_t part_of(const struct trace_record *r)
{
	switch (r->kind) {
	case TRACE_CALL:
	case TRACE_ANSWERED:
		return r->thread;
	case TRACE_PROGRAM:
	case TRACE_DONE:
		return r->transaction;
	default:
		return r->vector;
	}
}

/* If the end was lost, the new beginning replaces the old one. */
static void begin(const struct trace_record *r)
{
	struct span *span = malloc(sizeof(*span)), **found;

	if (!span)
		return;
	*span = (struct span){ r->kind + 1, r->device, part_of(r), r->time };
	found = tsearch(span, &open_spans, compare);
	if (found && *found == span)
		return;
	if (found)
		(*found)->since = r->time;
	free(span);
}

static uint64_t end(const struct trace_record *r)
{
	struct span key = { r->kind, r->device, part_of(r), 0 },
		    **found = tfind(&key, &open_spans, compare), *span;
	uint64_t took;

	if (!found)
		return TRACE_UNKNOWN;
	span = *found;
	took = r->time - span->since;
	tdelete(&key, &open_spans, compare);
	free(span);
	return took;
}

uint64_t trace_took(const struct trace_record *r)
{
	switch (r->kind) {
	case TRACE_IRQ:
	case TRACE_DEFERRED:
	case TRACE_CALL:
	case TRACE_PROGRAM:
		begin(r);
		return TRACE_UNKNOWN;
	case TRACE_HANDLED:
	case TRACE_FINISHED:
	case TRACE_ANSWERED:
	case TRACE_DONE:
		return end(r);
	case TRACE_READ:
		return r->time - (uint64_t)r->args[1];
	default:
		return TRACE_UNKNOWN;
	}
}

void trace_drop(void)
{
	tdestroy(open_spans, free);
	open_spans = NULL;
}
