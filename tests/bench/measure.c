// SPDX-License-Identifier: MIT
/* tests/bench: the time from the raising write to the stamps of the handler. */
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#define TURNS  1000
#define GROUPS 9
#define GROUP  100

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts @values. */
uint64_t bench_median(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

static bool finished(const struct bench_source *source, uint64_t handled, uint64_t since)
{
	if (source->stamps->handled == handled)
		return false;
	return !source->deferred || source->stamps->deferred > since;
}

/*
 * The kernel stirs its random numbers with every interrupt, and does more after
 * 1,024 of them. One interrupt more than a second later, and a little time,
 * make it begin anew; then nothing here reaches that number.
 */
void bench_settle(volatile uint32_t *raise)
{
	usleep(1100000);
	*raise = 1;
	usleep(20000);
}

struct bench_latency bench_measure(const struct bench_source *source)
{
	static uint64_t entry[TURNS], acked[TURNS], deferred[TURNS];
	int i;

	bench_settle(source->raise);
	for (i = 0; i < TURNS; i++) {
		uint64_t handled = source->stamps->handled;
		uint64_t raised = bench_now();

		*source->raise = 1;
		while (!finished(source, handled, raised))
			;
		entry[i] = source->stamps->entry - raised;
		acked[i] = source->stamps->acked - raised;
		deferred[i] = source->deferred ? source->stamps->deferred - raised : 0;
	}
	return (struct bench_latency){
		.entry = bench_median(entry, TURNS),
		.acked = bench_median(acked, TURNS),
		.deferred = bench_median(deferred, TURNS),
	};
}

/*
 * Back to back: the median of the means of groups, so that a clock tick in one of them does not
 * count.
 */
uint64_t bench_per_interrupt(const struct bench_source *source)
{
	uint64_t means[GROUPS];
	int group, i;

	bench_settle(source->raise);
	for (group = 0; group < GROUPS; group++) {
		uint64_t start = bench_now();

		for (i = 0; i < GROUP; i++)
			*source->raise = 1;
		means[group] = (bench_now() - start) / GROUP;
	}
	return bench_median(means, GROUPS);
}

uint64_t bench_per_call(void (*call)(void *arg), void *arg)
{
	uint64_t means[GROUPS];
	int group, i;

	for (group = 0; group < GROUPS; group++) {
		uint64_t start = bench_now();

		for (i = 0; i < GROUP; i++)
			call(arg);
		means[group] = (bench_now() - start) / GROUP;
	}
	return bench_median(means, GROUPS);
}
