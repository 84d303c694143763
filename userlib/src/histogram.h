/* SPDX-License-Identifier: MIT */
/* A histogram of values, with buckets that grow with the value. */
#ifndef KPLUG_HISTOGRAM_H
#define KPLUG_HISTOGRAM_H

#include <stdint.h>

/*
 * Log-linear: one bucket for each value below 64, then 32 buckets for each power of two. The
 * middle of a bucket differs by at most 1/64 from any value in it.
 */
#define KPLUG_HISTOGRAM_SHIFT   5
#define KPLUG_HISTOGRAM_LINEAR  (1u << KPLUG_HISTOGRAM_SHIFT)
#define KPLUG_HISTOGRAM_BUCKETS ((64 - KPLUG_HISTOGRAM_SHIFT + 1) * KPLUG_HISTOGRAM_LINEAR)

/* All zeros is an empty histogram. */
struct kplug_histogram {
	uint64_t count;
	uint64_t sum;
	uint64_t min, max; /* exact */
	uint64_t buckets[KPLUG_HISTOGRAM_BUCKETS];
};

unsigned int kplug_histogram_bucket(uint64_t value);
uint64_t kplug_histogram_middle(unsigned int bucket);

void kplug_histogram_add(struct kplug_histogram *h, uint64_t value);
void kplug_histogram_merge(struct kplug_histogram *into, const struct kplug_histogram *from);

/* The value that @per_mille of 1000 values do not exceed; 0 if the histogram is empty. */
uint64_t kplug_histogram_quantile(const struct kplug_histogram *h, unsigned int per_mille);

#endif /* KPLUG_HISTOGRAM_H */
