/* SPDX-License-Identifier: MIT */
/* The distribution of the durations of a stage. */
#ifndef KPLUG_HISTOGRAM_H
#define KPLUG_HISTOGRAM_H

#include <stdint.h>

#include "stages.h"

extern const char *const stage_names[NUM_STAGES];

/* The middle of a bucket, ns. */
uint64_t latency_value(unsigned int bucket);
uint64_t latency_quantile(const struct latency_histogram *h, double quantile);
void latency_merge(struct latency_histogram *to, const struct latency_histogram *from);

/*
 * For bars of text and for metrics: one column for each power of two from 64 ns to a second. The
 * first and the last column also have what is shorter and longer.
 */
#define LATENCY_COLUMNS 24
static inline uint64_t latency_column_end(unsigned int column)
{
	return 128ull << column;
}
void latency_columns(const struct latency_histogram *h, uint64_t columns[LATENCY_COLUMNS]);

/* For pictures: a band is a quarter of a power of two. html/stages.js has the same. */
#define LATENCY_BANDS (LATENCY_BUCKETS / 8)
void latency_add_bands(const struct latency_histogram *h, uint64_t bands[LATENCY_BANDS]);

#endif /* KPLUG_HISTOGRAM_H */
