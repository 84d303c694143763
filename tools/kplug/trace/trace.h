/* SPDX-License-Identifier: MIT */
/* kplug trace: what its files share. */
#ifndef KPLUG_TRACE_H
#define KPLUG_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/bpf_session.h"
#include "record.h"

/* The records to show. */
struct trace_filter {
	bool devices[TRACE_MAX_DEVICES];
	bool vectors[TRACE_MAX_VECTORS];
	bool any_device; /* no device was named */
	bool any_vector;
	uint32_t kinds; /* one bit for each */
	uint32_t buffer_kib;
};

/* bpf.c */
struct trace_bpf;
struct trace_source {
	struct trace_bpf *bpf;
	struct bpf_session session;
};
/* @show gets each struct trace_record; says what is wrong, a COMMAND_* */
int trace_start(struct trace_source *source, const struct trace_filter *filter,
		int (*show)(void *context, const void *record), void *context);
uint64_t trace_lost(const struct trace_source *source);
void trace_stop(struct trace_source *source);

/* spans.c: pairs the record of a beginning with the record of its end */
#define TRACE_UNKNOWN UINT64_MAX
/*
 * The duration in ns if @record is an end whose beginning was seen, else
 * TRACE_UNKNOWN. Keeps beginnings.
 */
uint64_t trace_took(const struct trace_record *record);
void trace_drop(void);

/* text.c */
void trace_text_head(FILE *out);
void trace_text(FILE *out, const struct trace_record *record, uint64_t took, uint64_t start);

/* json.c: an object on each line */
void trace_json(FILE *out, const struct trace_record *record, uint64_t took);

/* chrome.c: a file in the JSON format of Chrome's trace viewer, which Perfetto reads too */
void trace_chrome_begin(FILE *out);
void trace_chrome(FILE *out, const struct trace_record *record, uint64_t took);
void trace_chrome_end(FILE *out);

#endif /* KPLUG_TRACE_H */
