// SPDX-License-Identifier: MIT
/* The histogram: every bucket's bounds, and quantiles against the sorted values themselves. */
#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "test.h"

static struct kplug_histogram one, other, both;

static void check_error(uint64_t value, uint64_t estimate)
{
	uint64_t error = value > estimate ? value - estimate : estimate - value;

	/* 1/64 of the value; the rest is less than 1. */
	ck_assert_uint_le(error, value / 64);
}

static void check_bucket(uint64_t value, unsigned int bucket)
{
	ck_assert_uint_eq(kplug_histogram_bucket(value), bucket);
	check_error(value, kplug_histogram_middle(bucket));
}

TEST(histogram, small_values_are_exact)
{
	uint64_t value;

	for (value = 0; value < 64; value++) {
		ck_assert_uint_eq(kplug_histogram_bucket(value), value);
		ck_assert_uint_eq(kplug_histogram_middle((unsigned int)value), value);
	}
}

/* Both ends of each of 32 buckets of each power, and nothing in between them. */
TEST(histogram, every_bucket)
{
	unsigned int power, part, bucket = 32;
	uint64_t low, high = 31;

	for (power = 5; power < 64; power++) {
		for (part = 0; part < 32; part++, bucket++) {
			low = (1ull << power) + ((uint64_t)part << (power - 5));
			ck_assert_uint_eq(low, high + 1);
			high = low + ((1ull << (power - 5)) - 1);
			check_bucket(low, bucket);
			check_bucket(low + (high - low) / 2, bucket);
			check_bucket(high, bucket);
		}
	}
	ck_assert_uint_eq(high, UINT64_MAX);
	ck_assert_uint_eq(bucket, KPLUG_HISTOGRAM_BUCKETS);
}

TEST(histogram, every_value_of_some)
{
	unsigned int before = 0, bucket;
	uint64_t value;

	for (value = 1; value < 1 << 13; value++, before = bucket) {
		bucket = kplug_histogram_bucket(value);
		ck_assert_uint_le(bucket - before, 1);
		check_bucket(value, bucket);
	}
}

/* Of known shape, the same each time. */
static uint64_t random_bits(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 20;
}

static uint64_t constant(void)
{
	return 12345;
}
static uint64_t uniform(void)
{
	return random_bits() % 100000;
}
static uint64_t of_all_sizes(void)
{
	return random_bits() >> random_bits() % 44;
}
static uint64_t two_peaks(void)
{
	return random_bits() % 100 ? 1000 + random_bits() % 10 : 5000000;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void check_quantiles(uint64_t (*draw)(void), unsigned int count)
{
	static const unsigned int per_mille[] = { 1, 250, 500, 900, 990, 999, 1000 };
	static uint64_t values[20000];
	uint64_t sum = 0;
	unsigned int i, rank;

	memset(&one, 0, sizeof(one));
	for (i = 0; i < count; i++) {
		values[i] = draw();
		sum += values[i];
		kplug_histogram_add(&one, values[i]);
	}
	qsort(values, count, sizeof(values[0]), by_size);
	ck_assert_uint_eq(one.count, count);
	ck_assert_uint_eq(one.sum, sum);
	ck_assert_uint_eq(one.min, values[0]);
	ck_assert_uint_eq(one.max, values[count - 1]);
	for (i = 0; i < sizeof(per_mille) / sizeof(per_mille[0]); i++) {
		rank = (count * per_mille[i] + 999) / 1000;
		check_error(values[rank - 1], kplug_histogram_quantile(&one, per_mille[i]));
	}
}

TEST(histogram, quantiles)
{
	static uint64_t (*const draws[])(void) = {
		constant,
		uniform,
		of_all_sizes,
		two_peaks,
	};
	static const unsigned int counts[] = { 1, 2, 3, 999, 1000, 1001, 20000 };
	size_t i, n;

	for (i = 0; i < sizeof(draws) / sizeof(draws[0]); i++)
		for (n = 0; n < sizeof(counts) / sizeof(counts[0]); n++)
			check_quantiles(draws[i], counts[n]);
}

/* Never beyond the recorded values, wherever the middle of the bucket is. */
TEST(histogram, one_value)
{
	kplug_histogram_add(&one, 1000001);
	ck_assert_uint_eq(kplug_histogram_quantile(&one, 500), 1000001);
	ck_assert_uint_eq(kplug_histogram_quantile(&one, 999), 1000001);
}

TEST(histogram, empty)
{
	ck_assert_uint_eq(kplug_histogram_quantile(&one, 500), 0);
	ck_assert_uint_eq(kplug_histogram_quantile(&one, 1000), 0);
}

/* The same as adding all to one; an empty histogram changes nothing. */
TEST(histogram, merge)
{
	unsigned int i;
	uint64_t value;

	for (i = 0; i < 5000; i++) {
		value = of_all_sizes();
		kplug_histogram_add(i % 3 ? &one : &other, value);
		kplug_histogram_add(&both, value);
	}
	kplug_histogram_merge(&one, &other);
	ck_assert_mem_eq(&one, &both, sizeof(both));
	memset(&other, 0, sizeof(other));
	kplug_histogram_merge(&one, &other);
	ck_assert_mem_eq(&one, &both, sizeof(both));
	kplug_histogram_merge(&other, &one);
	ck_assert_mem_eq(&other, &both, sizeof(both));
}
