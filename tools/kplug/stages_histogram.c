// SPDX-License-Identifier: MIT
/* kplug latency --dev ...: distributions, and what is read from them. */
#include "stages.h"

const char *const stages_names[NUM_STAGES] = {
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

uint64_t stages_value(unsigned int bucket)
{
	unsigned int power = bucket / STAGES_LINEAR, sub = bucket % STAGES_LINEAR;
	uint64_t width;

	if (power < 2)
		return bucket;
	width = 1ull << (power - 1);
	return (STAGES_LINEAR + sub) * width + width / 2;
}

/* The largest one is known exactly. */
uint64_t stages_quantile(const struct stages_histogram *h, double quantile)
{
	uint64_t below = 0, wanted = (uint64_t)(quantile * (double)h->count);
	unsigned int i;

	for (i = 0; i < STAGES_BUCKETS; i++) {
		below += h->buckets[i];
		if (below > wanted)
			return stages_value(i) < h->max ? stages_value(i) : h->max;
	}
	return h->max;
}

void stages_columns(const struct stages_histogram *h, uint64_t columns[STAGES_COLUMNS])
{
	unsigned int i, column;

	for (column = 0; column < STAGES_COLUMNS; column++)
		columns[column] = 0;
	for (i = 0; i < STAGES_BUCKETS; i++) {
		for (column = 0; column < STAGES_COLUMNS - 1 && stages_value(i) >= stages_column_end(column); column++)
			;
		columns[column] += h->buckets[i];
	}
}

void stages_merge(struct stages_histogram *to, const struct stages_histogram *from)
{
	unsigned int i;

	to->count += from->count;
	to->sum += from->sum;
	if (from->max > to->max)
		to->max = from->max;
	for (i = 0; i < STAGES_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}
