// SPDX-License-Identifier: MIT
/* Values counted in log-linear buckets. */
#include "histogram.h"

#define SHIFT  KPLUG_HISTOGRAM_SHIFT
#define LINEAR KPLUG_HISTOGRAM_LINEAR

unsigned int kplug_histogram_bucket(uint64_t value)
{
	unsigned int shift;

	if (value < LINEAR)
		return (unsigned int)value;
	/* Keeps the highest bit and SHIFT more. */
	shift = 63 - SHIFT - (unsigned int)__builtin_clzll(value);
	return shift * LINEAR + (unsigned int)(value >> shift);
}

uint64_t kplug_histogram_middle(unsigned int bucket)
{
	unsigned int shift;

	if (bucket < 2 * LINEAR)
		return bucket;
	shift = bucket / LINEAR - 1;
	return ((uint64_t)(LINEAR + bucket % LINEAR) << shift) + (1ull << shift) / 2;
}

void kplug_histogram_add(struct kplug_histogram *h, uint64_t value)
{
	if (!h->count || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->count++;
	h->sum += value;
	h->buckets[kplug_histogram_bucket(value)]++;
}

void kplug_histogram_merge(struct kplug_histogram *into, const struct kplug_histogram *from)
{
	unsigned int i;

	if (!from->count)
		return;
	if (!into->count || from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	into->count += from->count;
	into->sum += from->sum;
	for (i = 0; i < KPLUG_HISTOGRAM_BUCKETS; i++)
		into->buckets[i] += from->buckets[i];
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	if (value < low)
		return low;
	return value < high ? value : high;
}

uint64_t kplug_histogram_quantile(const struct kplug_histogram *h, unsigned int per_mille)
{
	const uint64_t wanted = (h->count * per_mille + 999) / 1000;
	uint64_t seen = h->buckets[0];
	unsigned int i = 0;

	while (seen < wanted)
		seen += h->buckets[++i];
	return clamp(kplug_histogram_middle(i), h->min, h->max);
}
