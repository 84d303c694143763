/* SPDX-License-Identifier: MIT */
/* kplug bench irq: what its files share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdatomic.h>

#include "latency.h"

/* So that a list of all latencies fits into memory. */
#define BENCH_MAX_COUNT 10000000u
#define BENCH_MAX_RATE  1000000.0

/* What is asked of a source, and what became of it. */
struct bench_raise {
	double rate;	/* interrupts a second */
	bool random;	/* intervals between 0 and twice as long, each as likely */
	uint64_t count;
	atomic_ullong raised;
	uint64_t *times;	/* of each, monotonic ns; NULL where nobody but the source knows */
};

struct bench_source;

/* Who interrupts the device. */
struct bench_source_kind {
	const char *name;	/* "a register", "a timer" */
	double max_rate;
	bool knows_times;	/* when it raised each */
	int (*open)(struct bench_source *source, struct latency_path *path);	/* 0, or -1 with path->why set */
	/* Raises so many; returns when it has, with how many it raised and the ns that this took, or -errno. */
	int (*run)(struct bench_source *source, struct bench_raise *raise, uint64_t *ns);
	void (*close)(struct bench_source *source);	/* also after a failed open */
};

struct bench_source {
	const struct bench_source_kind *kind;
	const struct latency_path *path;
	bool random;	/* intervals */
	void *state;	/* of the kind */
};

extern const struct bench_source_kind bench_register, bench_timer, bench_doorbell;

/* One rate on one path. */
struct bench_run {
	double rate;
	double reached;	/* by the source */
	uint64_t raised, handled, told, lost;
	bool from_raise;	/* the latency: else from when kplug took it */
	struct latency_spread latency;	/* to the program; unknown when some were lost */
};

#define BENCH_MAX_RUNS 64

/* One path: one run, or all of a search. */
struct bench_row {
	const struct latency_kind *kind;
	char why[200];	/* empty, or why there are no figures */
	double highest;	/* rate without a loss; 0 for none */
	bool source_limit;	/* it was the source that could no more */
	struct bench_run runs[BENCH_MAX_RUNS];
	unsigned int num_runs;
};

struct bench_report {
	const struct latency_device *device;
	const struct bench_source_kind *source;
	const char *kernel;
	bool search;
	bool random;
	double seconds;	/* of each run */
	const struct bench_row *rows;
	size_t num_rows;
};

/* bench_run.c: fills what @run->rate gives; 0 or -errno. */
int bench_run(struct bench_source *source, struct latency_path *path, double seconds, struct bench_run *run);

/* bench_pace.c: when to raise next. */
struct bench_pace {
	uint64_t interval;	/* ns */
	bool random;
	uint64_t state;
};
void bench_pace_begin(struct bench_pace *pace, double rate, bool random);
uint64_t bench_pace_next(struct bench_pace *pace);

/* bench_search.c: which rate to try next, for the highest without loss. */
struct bench_search {
	double good;	/* the highest that was without loss; 0: none yet */
	double bad;	/* the lowest with; 0: none yet */
	double max;
};
void bench_search_begin(struct bench_search *search, double max);
double bench_search_next(const struct bench_search *search);	/* 0: it is found */
void bench_search_result(struct bench_search *search, double rate, bool lossless);

/* bench_table.c, bench_json.c */
void bench_table(const struct bench_report *report);
void bench_json(const struct bench_report *report);

#endif /* BENCH_H */
