// SPDX-License-Identifier: MIT
/* The distribution of the durations of a stage. */
#include "histogram.h"

const char *const stage_names[NUM_STAGES] = {
	[STAGE_HANDLER] = "handler",
	[STAGE_THREAD_WAKE] = "thread wakes",
	[STAGE_THREAD] = "thread",
	[STAGE_WOKEN] = "program runs",
	[STAGE_KPLUG] = "kplug handler",
	[STAGE_DEFER] = "deferred",
	[STAGE_DEFERRED] = "deferred handler",
	[STAGE_TAKEN] = "record taken",
	[STAGE_CALL] = "call",
	[STAGE_CHUNK] = "chunk",
};

uint64_t latency_value(unsigned int bucket)
{
	unsigned int power = bucket / LATENCY_LINEAR, sub = bucket % LATENCY_LINEAR;
	uint64_t width;

	if (power < 2)
		return bucket;
	width = 1ull << (power - 1);
	return (LATENCY_LINEAR + sub) * width + width / 2;
}

/* The maximum is exact. */
uint64_t latency_quantile(const struct latency_histogram *h, double quantile)
{
	uint64_t below = 0, wanted = (uint64_t)(quantile * (double)h->count);
	unsigned int i;

	for (i = 0; i < LATENCY_BUCKETS; i++) {
		below += h->buckets[i];
		if (below > wanted)
			return latency_value(i) < h->max ? latency_value(i) : h->max;
	}
	return h->max;
}

void latency_columns(const struct latency_histogram *h, uint64_t columns[LATENCY_COLUMNS])
{
	unsigned int i, column;

	for (column = 0; column < LATENCY_COLUMNS; column++)
		columns[column] = 0;
	for (i = 0; i < LATENCY_BUCKETS; i++) {
		for (column = 0;
		     column < LATENCY_COLUMNS - 1 && latency_value(i) >= latency_column_end(column);
		     column++)
			;
		columns[column] += h->buckets[i];
	}
}

void latency_add_bands(const struct latency_histogram *h, uint64_t bands[LATENCY_BANDS])
{
	unsigned int i;

	for (i = 0; i < LATENCY_BUCKETS; i++)
		bands[i / (LATENCY_BUCKETS / LATENCY_BANDS)] += h->buckets[i];
}

void latency_merge(struct latency_histogram *to, const struct latency_histogram *from)
{
	unsigned int i;

	to->count += from->count;
	to->sum += from->sum;
	if (from->max > to->max)
		to->max = from->max;
	for (i = 0; i < LATENCY_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}
