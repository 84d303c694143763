// SPDX-License-Identifier: MIT
/* kplug latency: the distribution of a list of latencies. */
#include <stdlib.h>

#include "latency.h"

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts @values. */
struct latency_spread latency_spread(uint64_t *values, size_t n)
{
	if (!n)
		return (struct latency_spread){ 0 };
	qsort(values, n, sizeof(*values), compare);
	return (struct latency_spread){
		.known = true,
		.p50 = values[n / 2],
		.p99 = values[n * 99 / 100],
		.max = values[n - 1],
	};
}
