/* SPDX-License-Identifier: MIT */
/* Statistics: how long the stages of events take. */
#ifndef LIBKPLUG_STATISTICS_H
#define LIBKPLUG_STATISTICS_H

#include <stdint.h>

#include <uapi/kplug_abi.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/* The stages of an event that its record shows. */
enum kplug_stage {
	KPLUG_STAGE_HANDLER, /* from the entry of the interrupt into kplug to the post */
	KPLUG_STAGE_TAKEN, /* from the post to when the program takes the event */
	KPLUG_STAGE_WHOLE, /* from the entry of the interrupt to when the program takes it */
	KPLUG_NUM_STAGES
};

/* For kplug_stats_times(): the events of all vectors. */
#define KPLUG_ALL_VECTORS 0xfffffffeu

/* The times of the stages of all events added. */
struct kplug_stats;

/**
 * struct kplug_event_counts - the events that a struct kplug_stats has counted
 * @events: events added
 * @untimed: of these, events without times, see KPLUG_OPEN_NO_TIMES
 * @lost: events lost before those added. The next event reports those that were lost
 *	after the last one
 */
struct kplug_event_counts {
	uint64_t events;
	uint64_t untimed;
	uint64_t lost;
};

/**
 * struct kplug_stage_times - the distribution of the times of a stage, in ns
 * @count: number of measurements; if 0, all members are 0
 * @min: shortest time, exact
 * @mean: exact, rounded down
 * @p50: median; this and the other percentiles are accurate to 1/64
 * @p90: 90th percentile
 * @p99: 99th percentile
 * @p999: 99.9th percentile
 * @max: longest time, exact
 */
struct kplug_stage_times {
	uint64_t count;
	uint64_t min;
	uint64_t mean;
	uint64_t p50;
	uint64_t p90;
	uint64_t p99;
	uint64_t p999;
	uint64_t max;
};

/**
 * kplug_stats_new() - start to measure how long the stages of events take
 * @num_vectors: the statistics distinguish vectors 0 to @num_vectors - 1; at most
 *	KPLUG_MAX_VECTORS; 0 not to distinguish vectors
 * @stats: filled; release it with kplug_stats_free()
 *
 * Allocates 46 KB for each vector and another 46 KB for all other events; later calls
 * allocate nothing. The statistics are independent of a device, so events of several
 * devices may be added.
 *
 * Only one thread at a time may use them. For several threads, give each its own and
 * combine them with kplug_stats_merge().
 *
 * Return: 0; -EINVAL for too many vectors; -ENOMEM.
 */
int kplug_stats_new(unsigned int num_vectors, struct kplug_stats **stats);

/**
 * kplug_stats_free() - undo kplug_stats_new()
 * @stats: from kplug_stats_new(), or NULL
 */
void kplug_stats_free(struct kplug_stats *stats);

/**
 * kplug_stats_add() - add an event that the program has just taken
 * @stats: from kplug_stats_new()
 * @event: from kplug_next(), kplug_wait(), kplug_read() or kplug_peek(), or in the
 *	callback of kplug_listen(); add each event once
 *
 * Uses the times in the event, and reads the clock, so call it before the program
 * processes the event. A handler in the program (see struct kplug_handler) has run by
 * then, and its time is part of KPLUG_STAGE_TAKEN. An event that a hard handler did not
 * post at its end, for example one of a deferred handler, counts only for
 * KPLUG_STAGE_TAKEN.
 *
 * The program must not be in a time namespace that shifts CLOCK_MONOTONIC.
 */
void kplug_stats_add(struct kplug_stats *stats, const struct kplug_event *event);

/**
 * kplug_stats_merge() - add the measurements of other statistics
 * @into: receives the measurements
 * @from: does not change; no other thread may be using it
 *
 * Return: 0; -EINVAL when the two have different numbers of vectors.
 */
int kplug_stats_merge(struct kplug_stats *into, const struct kplug_stats *from);

/**
 * kplug_stats_reset() - drop all measurements
 * @stats: from kplug_stats_new()
 */
void kplug_stats_reset(struct kplug_stats *stats);

/**
 * kplug_stats_counts() - get how many events were taken and lost
 * @stats: from kplug_stats_new()
 * @counts: filled
 */
void kplug_stats_counts(const struct kplug_stats *stats, struct kplug_event_counts *counts);

/**
 * kplug_stats_times() - get how long a stage took
 * @stats: from kplug_stats_new()
 * @vector: a vector below num_vectors of kplug_stats_new(); KPLUG_ALL_VECTORS for all
 *	events; KPLUG_NO_VECTOR for events without a vector, or with a vector from
 *	num_vectors on
 * @stage: the stage
 * @times: filled
 *
 * Return: 0; -EINVAL when there is no such vector or stage.
 */
int kplug_stats_times(const struct kplug_stats *stats, unsigned int vector, enum kplug_stage stage,
		      struct kplug_stage_times *times);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_STATISTICS_H */
