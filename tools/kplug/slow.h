/* SPDX-License-Identifier: MIT */
/* kplug slow: what its files share. */
#ifndef KPLUG_SLOW_COMMAND_H
#define KPLUG_SLOW_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../../trace/slow.h"
#include "stages.h"

/* slow_bpf.c */
struct slow_bpf;
struct ring_buffer;
struct slow_source {
	struct slow_bpf *bpf;
	struct ring_buffer *records;
};
struct slow_counts {
	uint64_t measured;
	uint64_t lost;
};
/* @show gets each record; says what is wrong, a COMMAND_* */
int slow_start(struct slow_source *source, const struct stages_targets *targets, uint64_t bound,
	       int (*show)(void *context, const struct slow_record *record), void *context);
void slow_watch(struct slow_source *source, const struct stages_targets *targets);	/* all that was found */
void slow_take(struct slow_source *source);	/* all that there are by now */
void slow_pause(struct slow_source *source);	/* no more come, those that are there may be taken */
struct slow_counts slow_counts(const struct slow_source *source);
void slow_stop(struct slow_source *source);

/* slow_parts.c: where the time went */
enum slow_part_kind {
	PART_HANDLER,
	PART_THREAD,	/* of the interrupt */
	PART_DEFERRED,	/* handler of kplug */
	PART_TASK,
	PART_SELF,	/* the program that was to run */
	PART_IDLE,
	PART_SOFTIRQ,
	PART_IRQ,
	PART_UNKNOWN,
	NUM_PART_KINDS
};

struct slow_part {
	enum slow_part_kind kind;
	uint32_t id;
	uint32_t cpu;
	bool irqs_off;
	int precedence;	/* of a task over who waited: 1, 0 or -1 */
	uint64_t ns;
	char name[17];
};

#define SLOW_MAX_PARTS (SLOW_WAITS * SLOW_ACTIVITIES + SLOW_POINTS)

struct slow_parts {
	unsigned int num;
	struct slow_part list[SLOW_MAX_PARTS];	/* the longest first */
};

void slow_split(const struct slow_record *record, struct slow_parts *parts);
uint64_t slow_length(const struct slow_record *record);

/* slow_text.c */
void slow_text(FILE *out, const struct stages_targets *targets, const struct slow_record *record);
void slow_json(FILE *out, const struct stages_targets *targets, const struct slow_record *record);

#endif /* KPLUG_SLOW_COMMAND_H */
