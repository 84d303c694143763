/* SPDX-License-Identifier: MIT */
/* kplug latency: what its files share. */
#ifndef KPLUG_LATENCY_H
#define KPLUG_LATENCY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/bpf_session.h"
#include "common/targets.h"
#include "histogram.h"

/* One stage of one source: all processors together, and each. */
struct latency_row {
	struct latency_key key;
	struct latency_histogram all;
	struct latency_histogram *cpus; /* report->num_cpus of them */
};

struct latency_report {
	const struct targets *targets;
	struct latency_row *rows; /* by stage, then by source */
	unsigned int num_rows;
	unsigned int num_cpus;
	uint64_t lost; /* measurements for which there was no memory */
	double seconds;
};

/* bpf.c */
struct latency_bpf;
struct latency_watch {
	struct latency_bpf *bpf;
	struct bpf_session session;
};
/* @programs may be woken at one time and not run yet. Says what is wrong; a COMMAND_*. */
int latency_start(struct latency_watch *watch, const struct targets *targets,
		  unsigned int programs);
/* Watch what targets_find() has added; 0 or -errno. */
int latency_extend(struct latency_watch *watch, const struct targets *targets);
/* The report is for latency_drop(), also after a failure; 0 or -errno. */
int latency_read(struct latency_watch *watch, struct latency_report *report);
void latency_stop(struct latency_watch *watch);

/* report.c */
void latency_drop(struct latency_report *report);
void latency_source_name(const struct latency_report *report, const struct latency_key *key,
			 char *name, size_t size);

/* history.c: how the distribution of each stage, over all sources, changes with time */
#define LATENCY_STEPS 240
struct latency_history {
	unsigned int num;
	struct latency_step {
		double end; /* seconds since the beginning */
		uint64_t counts[NUM_STAGES][LATENCY_BANDS];
	} steps[LATENCY_STEPS];
	uint64_t before[NUM_STAGES][LATENCY_BANDS]; /* up to the last step */
};
void latency_history_add(struct latency_history *history, const struct latency_report *report);

/* text.c, json.c */
void latency_text(FILE *out, const struct latency_report *report);
/* The distribution in @width characters; LATENCY_COLUMNS is a multiple of it. */
void latency_bars(FILE *out, const struct latency_histogram *h, unsigned int width);
void latency_json(const struct latency_report *report);

/* html.c, metrics.c: both say what is wrong; a COMMAND_* */
int latency_html(const char *file, const struct latency_report *report,
		 const struct latency_history *history);
int latency_metrics(const char *file, const struct latency_report *report);

/* Can the metrics be written into @file? For before the measurement. */
int latency_metrics_check(const char *file);

#endif /* KPLUG_LATENCY_H */
