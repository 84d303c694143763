/* SPDX-License-Identifier: MIT */
/* kplug slow: what its files share. */
#ifndef KPLUG_SLOW_H
#define KPLUG_SLOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/bpf_session.h"
#include "common/targets.h"
#include "record.h"

/* bpf.c */
struct slow_bpf;
struct slow_source {
	struct slow_bpf *bpf;
	struct bpf_session session;
};
struct slow_counts {
	uint64_t measured;
	uint64_t lost; /* records for which the ring buffer was full */
};
/* @show gets each struct slow_record; says what is wrong, a COMMAND_* */
int slow_start(struct slow_source *source, const struct targets *targets, uint64_t bound,
	       int (*show)(void *context, const void *record), void *context);
/* Watch what targets_find() has added. */
void slow_extend(struct slow_source *source, const struct targets *targets);
struct slow_counts slow_counts(const struct slow_source *source);
void slow_stop(struct slow_source *source);

/* parts.c: where the time went */
enum slow_part_kind {
	PART_HANDLER,
	PART_THREAD, /* of the interrupt */
	PART_DEFERRED, /* handler of kplug */
	PART_TASK,
	PART_SELF, /* the program that was woken */
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
	int precedence; /* of a task over the one that waited: 1, 0 or -1 */
	uint64_t ns;
	char name[17];
};

#define SLOW_MAX_PARTS (SLOW_WAITS * SLOW_ACTIVITIES + SLOW_POINTS)

struct slow_parts {
	unsigned int num;
	struct slow_part list[SLOW_MAX_PARTS]; /* the longest first */
};

void slow_split(const struct slow_record *record, struct slow_parts *parts);
uint64_t slow_length(const struct slow_record *record);

/* text.c, json.c */
extern const char *const slow_whats[]; /* by enum slow_what */
extern const char *const slow_kinds[NUM_PART_KINDS];
const char *slow_softirq(uint32_t number);
void slow_source_name(const struct targets *targets, const struct slow_record *record, char *name,
		      size_t size);
void slow_text(FILE *out, const struct targets *targets, const struct slow_record *record);
void slow_json(FILE *out, const struct targets *targets, const struct slow_record *record);

#endif /* KPLUG_SLOW_H */
