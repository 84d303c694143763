/* SPDX-License-Identifier: MIT */
/* How often values of every size came, in buckets that grow with the value. */
#ifndef KPLUG_HISTOGRAM_H
#define KPLUG_HISTOGRAM_H

#include <stdint.h>

/*
 * Log-linear: below 64 a bucket for each value, then 32 for each power of two.
 * The middle of a bucket is off by at most 1/64 of whatever is in it.
 */
#define KPLUG_HISTOGRAM_SHIFT   5
#define KPLUG_HISTOGRAM_LINEAR  (1u << KPLUG_HISTOGRAM_SHIFT)
#define KPLUG_HISTOGRAM_BUCKETS ((64 - KPLUG_HISTOGRAM_SHIFT + 1) * KPLUG_HISTOGRAM_LINEAR)

/* All zero is an empty one. */
struct kplug_histogram {
	uint64_t count;
	uint64_t sum;
	uint64_t min, max;	/* exact */
	uint64_t buckets[KPLUG_HISTOGRAM_BUCKETS];
};

unsigned int kplug_histogram_bucket(uint64_t value);
uint64_t kplug_histogram_middle(unsigned int bucket);

void kplug_histogram_add(struct kplug_histogram *h, uint64_t value);
void kplug_histogram_merge(struct kplug_histogram *into,
			   const struct kplug_histogram *from);

/* At or below the value given are @per_mille of 1000 values; 0 of an empty one. */
uint64_t kplug_histogram_quantile(const struct kplug_histogram *h,
				  unsigned int per_mille);

#endif /* KPLUG_HISTOGRAM_H */
