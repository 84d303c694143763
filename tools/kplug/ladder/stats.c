// SPDX-License-Identifier: MIT
/* kplug ladder: the distribution of a list of latencies. */
#include <stdlib.h>

#include "ladder.h"

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts @values. */
struct ladder_spread ladder_spread(uint64_t *values, size_t n)
{
	if (!n)
		return (struct ladder_spread){ 0 };
	qsort(values, n, sizeof(*values), compare);
	return (struct ladder_spread){
		.known = true,
		.p50 = values[n / 2],
		.p99 = values[n * 99 / 100],
		.max = values[n - 1],
	};
}
