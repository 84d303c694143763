/* SPDX-License-Identifier: MIT */
/* kplug bench irq: what its files share. */
#ifndef KPLUG_BENCH_H
#define KPLUG_BENCH_H

#include <stdatomic.h>

#include "ladder/ladder.h"

/* Limits the list of latencies in memory. */
#define BENCH_MAX_COUNT 10000000u
#define BENCH_MAX_RATE  1000000.0

/* A request to a source, and the result. */
struct bench_raise {
	double rate; /* interrupts a second */
	bool random; /* intervals evenly between 0 and twice the mean */
	uint64_t count;
	atomic_ullong raised;
	uint64_t *times; /* of each, monotonic ns; NULL: only the source knows */
};

struct bench_source;

/* A source of interrupts. */
struct bench_source_kind {
	const char *name; /* "a register", "a timer" */
	double max_rate;
	bool knows_times; /* fills @raise->times */
	int (*open)(struct bench_source *source,
		    struct ladder_path *path); /* 0, or -1 with path->why set */
	/*
	 * Raises @raise->count interrupts and waits until that is done. Sets
	 * @raise->raised and @ns, the time it took. 0 or -errno.
	 */
	int (*run)(struct bench_source *source, struct bench_raise *raise, uint64_t *ns);
	void (*close)(struct bench_source *source); /* also after a failed open */
};

struct bench_source {
	const struct bench_source_kind *kind;
	const struct ladder_path *path;
	bool random; /* the intervals */
	void *state; /* of the kind */
};

extern const struct bench_source_kind bench_register, bench_timer, bench_doorbell;

/* One rate on one path. */
struct bench_run {
	double rate;
	double reached; /* by the source */
	uint64_t raised, handled, notified, lost;
	bool from_raise; /* the latency begins at the raise, not where kplug takes it */
	struct ladder_spread latency; /* to the program; unknown after a loss */
};

#define BENCH_MAX_RUNS 64

/* One path: one run, or all runs of a search. */
struct bench_row {
	const struct ladder_kind *kind;
	char why[200]; /* why there are no figures, or empty */
	double highest; /* rate without loss, as reached; 0: none */
	double highest_rate; /* the same, as asked */
	bool silent; /* no interrupt arrived */
	bool source_limit; /* the source cannot raise faster */
	struct bench_run runs[BENCH_MAX_RUNS];
	unsigned int num_runs;
};

struct bench_report {
	const struct ladder_device *device;
	const struct bench_source_kind *source;
	const char *kernel;
	bool search;
	bool random;
	double seconds; /* of each run */
	const struct bench_row *rows;
	size_t num_rows;
};

/* run.c: runs at @run->rate and fills the rest; 0 or -errno. */
int bench_run(struct bench_source *source, struct ladder_path *path, double seconds,
	      struct bench_run *run);

/* pace.c: the interval to the next interrupt. */
struct bench_pace {
	uint64_t interval; /* ns */
	bool random;
	uint64_t state;
};
void bench_pace_begin(struct bench_pace *pace, double rate, bool random);
uint64_t bench_pace_next(struct bench_pace *pace);

/* search.c: searches for the highest rate without loss. */
struct bench_search {
	double good; /* the highest rate without loss; 0: none yet */
	double bad; /* the lowest rate with loss; 0: none yet */
	double max;
	double rate; /* which is being tried */
	unsigned int lossy, lossless; /* runs at it, as long as they do not decide */
};
void bench_search_begin(struct bench_search *search, double max);
/* The next rate to try; 0: the search is over. */
double bench_search_next(const struct bench_search *search);
/* A rate with loss is run again. Gives true if it is decided now, by the last run. */
bool bench_search_result(struct bench_search *search, double rate, bool lossless);

/* row.c */
/* The run that stands for a path: the only one, or the last at the highest rate without loss. */
const struct bench_run *bench_shown(const struct bench_report *report, const struct bench_row *row);
/* Why there is none; false: there is one. */
bool bench_why_not(const struct bench_report *report, const struct bench_row *row, char *why,
		   size_t size);
/* Do latencies begin at the raise, on any path? */
bool bench_from_raise(const struct bench_report *report);

/* text.c, json.c */
void bench_text(const struct bench_report *report);
void bench_json(const struct bench_report *report);
struct cJSON *bench_rows(const struct bench_report *report);

/* html.c: says what is wrong; a COMMAND_* */
int bench_html(const char *file, const struct bench_report *report);

#endif /* KPLUG_BENCH_H */
