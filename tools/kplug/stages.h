/* SPDX-License-Identifier: MIT */
/* kplug latency --dev, --irq, --driver: what its files share. */
#ifndef KPLUG_STAGES_H
#define KPLUG_STAGES_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../../trace/stages.h"

/* What the user wants to be watched, by its name. */
struct stages_wish {
	enum { STAGES_IRQ, STAGES_DEVICE, STAGES_DRIVER } kind;
	const char *name;
};

/* One thing that has stages: a Linux interrupt, or a device of kplug. */
struct stages_source {
	uint32_t id;	/* the interrupt's number, or the device's */
	char name[64];
};

/* All that were ever there: results keep their names. */
struct stages_sources {
	struct stages_source *list;
	unsigned int num;
};

#define STAGES_MAX_WISHES 16

/* What is watched: interrupts come and go as drivers and programs do. */
struct stages_targets {
	struct stages_wish wishes[STAGES_MAX_WISHES];
	unsigned int num_wishes;
	struct stages_sources irqs;
	struct stages_sources devices;
};

/* One stage of one source: all processors together, and each. */
struct stages_row {
	struct stages_key key;
	struct stages_histogram all;
	struct stages_histogram *cpus;	/* stages_num_cpus() of them */
};

struct stages_report {
	const struct stages_targets *targets;
	struct stages_row *rows;	/* by source, then in the order of the stages */
	unsigned int num_rows;
	uint64_t lost;	/* measurements that found no room */
	double seconds;
};

/* stages_targets.c */
/* The words, and --dev, --irq and --driver, whose input is a struct stages_targets. */
extern const struct argp_child stages_children[];
void stages_find(struct stages_targets *targets);	/* what there is of it now */
const char *stages_name(const struct stages_sources *sources, uint32_t id);
void stages_release(struct stages_targets *targets);

/* stages_bpf.c */
struct stages_bpf;
/* programs: that may have been woken and not run yet; says what is wrong */
int stages_start(struct stages_bpf **bpf, const struct stages_targets *targets, unsigned int programs);
int stages_watch(struct stages_bpf *bpf, const struct stages_targets *targets);	/* all that was found; 0 or -errno */
int stages_read(struct stages_bpf *bpf, struct stages_report *report);	/* 0 or -errno */
void stages_forget(struct stages_report *report);
void stages_stop(struct stages_bpf *bpf);
unsigned int stages_num_cpus(void);

/* stages_histogram.c */
extern const char *const stages_names[NUM_STAGES];
uint64_t stages_value(unsigned int bucket);	/* the middle of it, ns */
uint64_t stages_quantile(const struct stages_histogram *h, double quantile);
/* For pictures, a column for each power of two from 64 ns to a second; what is beyond is in the outer ones. */
#define STAGES_COLUMNS 24
static inline uint64_t stages_column_end(unsigned int column)
{
	return 128ull << column;
}
void stages_columns(const struct stages_histogram *h, uint64_t columns[STAGES_COLUMNS]);
void stages_merge(struct stages_histogram *to, const struct stages_histogram *from);

/* stages_history.c: how the distribution of each stage, of all sources together, changed */
#define STAGES_STEPS 240
struct stages_history {
	unsigned int num;
	struct stages_step {
		double end;	/* seconds since the beginning */
		uint64_t counts[NUM_STAGES][STAGES_COLUMNS];
	} steps[STAGES_STEPS];
	uint64_t before[NUM_STAGES][STAGES_COLUMNS];	/* up to the last step */
};
void stages_history_add(struct stages_history *history, const struct stages_report *report);

/* stages_html.c, stages_metrics.c: both say what is wrong; a COMMAND_* */
int stages_html(const char *file, const struct stages_report *report, const struct stages_history *history);
int stages_metrics(const char *file, const struct stages_report *report);

/* stages_table.c, stages_json.c */
void stages_source_name(const struct stages_report *report, const struct stages_key *key, char *name, size_t size);
void stages_picture(FILE *out, const struct stages_histogram *h);	/* a character for each column */
void stages_table(FILE *out, const struct stages_report *report);
void stages_json(const struct stages_report *report);

/* stages_result.c: what stages_json() printed, all sources of a stage together */
struct stages_result {
	char kernel[65];
	char unit[3];	/* in the file: here all is in ns */
	double seconds;
	uint64_t lost;
	unsigned int unknown;	/* stages of another version */
	struct stages_histogram stages[NUM_STAGES];
};
/* Both give NULL, or what is wrong. The text has a 0 behind it. */
const char *stages_result_parse(struct stages_result *result, const char *text, size_t length);
const char *stages_result_read(struct stages_result *result, const char *file);

/* stages_compare.c: kplug latency compare BEFORE AFTER */
int stages_compare(int argc, char **argv);
struct stages_comparison {
	const char *files[2];	/* before, after */
	struct stages_result results[2];
	char remarks[6][200];	/* sentences; what is not the same */
	unsigned int num_remarks;
};
bool stages_any(const struct stages_result results[2]);	/* there are measurements */
extern const char *const stages_sides[2];
#define STAGES_FIGURES 4
extern const char *const stages_figure_names[STAGES_FIGURES];
uint64_t stages_figure(const struct stages_histogram *h, unsigned int figure);
/* How many times faster; 0 if that cannot be told. */
double stages_times(const struct stages_histogram *before, const struct stages_histogram *after, unsigned int figure);

/* stages_compare_html.c: says what is wrong; a COMMAND_* */
int stages_compare_html(const char *file, const struct stages_comparison *comparison);

/* stages.c */
int cmd_stages(int argc, char **argv);

#endif /* KPLUG_STAGES_H */
