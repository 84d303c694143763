// SPDX-License-Identifier: MIT
// kplug bench irq: the search finds the highest rate without loss, wherever it is; intervals are as
// asked.
#include "bench/bench.h"

#include "test.h"

#define MAX 100000.0

/* A path that loses above some rate: the result of the search, and its number of runs. */
static double search(double loses_from, unsigned int *runs)
{
	struct bench_search s;
	double rate;

	bench_search_begin(&s, MAX);
	for (*runs = 0; (rate = bench_search_next(&s)); (*runs)++) {
		ck_assert(rate > 0 && rate <= MAX);
		ck_assert_uint_lt(*runs, BENCH_MAX_RUNS);
		bench_search_result(&s, rate, rate < loses_from);
	}
	return s.good;
}

TEST(bench_search, finds_it)
{
	static const double limits[] = { 11, 37, 999, 1000, 1001, 5000, 43210, 99999 };
	unsigned int runs;

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		double found = search(limits[i], &runs);

		ck_assert_msg(found < limits[i] && found * 1.11 >= limits[i], "%g for %g", found,
			      limits[i]);
		ck_assert_uint_le(runs, 24); /* each rate with loss twice */
	}
}

TEST(bench_search, nothing_lost)
{
	unsigned int runs;

	ck_assert_double_eq(search(1e9, &runs), MAX);
	ck_assert_uint_le(runs, 6);
}

TEST(bench_search, everything_lost)
{
	unsigned int runs;

	ck_assert_double_eq(search(0, &runs), 0);
	ck_assert_uint_le(runs, 12);
}

/* A low rate that loses counts more than a higher one that did not. */
TEST(bench_search, unsteady)
{
	struct bench_search s;

	bench_search_begin(&s, MAX);
	bench_search_result(&s, 4000, true);
	bench_search_result(&s, 2000, false);
	ck_assert_double_eq(bench_search_next(&s), 2000);
	bench_search_result(&s, 2000, false);
	ck_assert_double_eq(s.good, 0);
	ck_assert(bench_search_next(&s) < 2000);
}

/* One stray loss does not end the search; the second of three runs with loss does. */
TEST(bench_search, repeats_a_rate_with_loss)
{
	struct bench_search s;

	bench_search_begin(&s, MAX);
	ck_assert(!bench_search_result(&s, 1000, false));
	ck_assert_double_eq(bench_search_next(&s), 1000);
	ck_assert(!bench_search_result(&s, 1000, true));
	ck_assert_double_eq(bench_search_next(&s), 1000);
	ck_assert(bench_search_result(&s, 1000, true));
	ck_assert_double_eq(s.good, 1000);
	ck_assert_double_eq(bench_search_next(&s), 4000);
	ck_assert(!bench_search_result(&s, 4000, false));
	ck_assert(!bench_search_result(&s, 4000, true));
	ck_assert(bench_search_result(&s, 4000, false));
	ck_assert_double_eq(s.bad, 4000);
	ck_assert_double_eq(s.good, 1000);
}

/* A search that meets a stray loss at each rate finds the same. */
TEST(bench_search, strays)
{
	struct bench_search s;
	unsigned int runs = 0;
	double rate, before = 0;

	bench_search_begin(&s, MAX);
	for (; (rate = bench_search_next(&s)); runs++) {
		ck_assert_uint_lt(runs, BENCH_MAX_RUNS);
		bench_search_result(&s, rate, rate == before && rate < 5000);
		before = rate;
	}
	ck_assert(s.good < 5000 && s.good * 1.11 >= 5000);
}

TEST(bench_pace, equal)
{
	struct bench_pace pace;

	bench_pace_begin(&pace, 5000, false);
	for (int i = 0; i < 10; i++)
		ck_assert_uint_eq(bench_pace_next(&pace), 200000);
}

TEST(bench_pace, random)
{
	struct bench_pace pace, again;
	unsigned int quarters[4] = { 0 };
	double sum = 0;

	bench_pace_begin(&pace, 1e6, true);
	bench_pace_begin(&again, 1e6, true);
	for (int i = 0; i < 40000; i++) {
		uint64_t interval = bench_pace_next(&pace);

		/* An assertion takes longer than all the rest. */
		if (interval > 2000 || interval != bench_pace_next(&again))
			ck_abort_msg("interval %d is %lu", i, interval);
		quarters[interval / 501]++;
		sum += (double)interval;
	}
	ck_assert(sum / 40000 > 980 && sum / 40000 < 1020);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_gt(quarters[i], 9500);
}
