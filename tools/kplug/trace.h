/* SPDX-License-Identifier: MIT */
/* kplug trace: what its files share. */
#ifndef KPLUG_TRACE_COMMAND_H
#define KPLUG_TRACE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../../trace/trace.h"

/* What the user wants to see. */
struct trace_wishes {
	bool devices[TRACE_MAX_DEVICES];
	bool vectors[TRACE_MAX_VECTORS];
	bool any_device;	/* none was named */
	bool any_vector;
	uint32_t kinds;	/* a bit each */
	uint32_t buffer_kib;
};

/* trace_bpf.c */
struct trace_bpf;
struct ring_buffer;
struct trace_source {
	struct trace_bpf *bpf;
	struct ring_buffer *records;
};
/* @show gets each record, and returns 0 to get more; says what is wrong, a COMMAND_* */
int trace_start(struct trace_source *source, const struct trace_wishes *wishes,
		int (*show)(void *context, const struct trace_record *record), void *context);
void trace_take(struct trace_source *source);	/* all that there are by now */
void trace_pause(struct trace_source *source);	/* no more come, those that are there may be taken */
uint64_t trace_lost(const struct trace_source *source);
void trace_stop(struct trace_source *source);

/* trace_spans.c: what began with one record and ends with another */
#define TRACE_UNKNOWN UINT64_MAX
/* How long it took, ns, if @record ends something whose beginning was seen, or TRACE_UNKNOWN. Keeps those that begin. */
uint64_t trace_took(const struct trace_record *record);
void trace_forget(void);

/* trace_text.c: a line each */
extern const char *const trace_names[NUM_TRACE_KINDS];
void trace_text_head(FILE *out);
void trace_text(FILE *out, const struct trace_record *record, uint64_t took, uint64_t start);
void trace_json(FILE *out, const struct trace_record *record, uint64_t took);

/* trace_chrome.c: a file in the JSON format of Chrome's trace viewer, which Perfetto reads too */
void trace_chrome_begin(FILE *out);
void trace_chrome(FILE *out, const struct trace_record *record, uint64_t took);
void trace_chrome_end(FILE *out);

#endif /* KPLUG_TRACE_COMMAND_H */
