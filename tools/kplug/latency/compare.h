/* SPDX-License-Identifier: MIT */
/* kplug compare: what its files share. */
#ifndef KPLUG_COMPARE_H
#define KPLUG_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

/* result.c: the output of `kplug latency --json`, the sources of each stage added up */
struct latency_result {
	char kernel[65];
	char unit[3]; /* of the file; in this structure all times are in ns */
	double seconds;
	uint64_t lost;
	unsigned int unknown; /* stages that this version does not know */
	struct latency_histogram stages[NUM_STAGES];
};
/* Both give NULL, or what is wrong. A NUL follows @text. */
const char *latency_result_parse(struct latency_result *result, const char *text, size_t length);
const char *latency_result_read(struct latency_result *result, const char *file);

struct latency_comparison {
	const char *files[2]; /* before, after */
	struct latency_result results[2];
	char remarks[6][200]; /* sentences about what differs */
	unsigned int num_remarks;
};

/* compare.c */
extern const char *const compare_sides[2];
#define COMPARE_FIGURES 4
extern const char *const compare_figure_names[COMPARE_FIGURES];
/* Is there any measurement? */
bool compare_any(const struct latency_result results[2]);
uint64_t compare_figure(const struct latency_histogram *h, unsigned int figure);
/* The speedup: more than 1 is faster, less than 1 is slower, 0 is unknown. */
double compare_speedup(const struct latency_histogram *before,
		       const struct latency_histogram *after, unsigned int figure);
/* A speedup in words, as "2.41 times faster". */
void compare_change(char *text, size_t size, double speedup);

/* compare_html.c: says what is wrong; a COMMAND_* */
int compare_html(const char *file, const struct latency_comparison *comparison);

#endif /* KPLUG_COMPARE_H */
