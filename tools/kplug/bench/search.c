// SPDX-License-Identifier: MIT
/* kplug bench irq: searches for the highest rate without loss. */
#include <math.h>

#include "bench.h"

#define FIRST     1000.0 /* interrupts a second */
#define LOWEST    10.0
#define DECIDING  2 /* runs with the same result, of at most three */
#define PRECISION 1.1 /* stop when the lowest bad rate is this close to the highest good one */

void bench_search_begin(struct bench_search *search, double max)
{
	*search = (struct bench_search){ .max = max };
}

/* To three digits, which keeps the rate between two that differ by PRECISION. */
static double rounded(double rate)
{
	const double unit = pow(10, floor(log10(rate)) - 2);

	return round(rate / unit) * unit;
}

/* Large steps up or down until a good and a bad rate are known, then bisection. */
double bench_search_next(const struct bench_search *s)
{
	if (s->lossy)
		return s->rate; /* once more */
	if (!s->good && !s->bad)
		return fmin(FIRST, s->max);
	if (!s->bad)
		return s->good < s->max ? fmin(s->good * 4, s->max) : 0;
	if (!s->good)
		return s->bad > LOWEST ? fmax(s->bad / 4, LOWEST) : 0;
	return s->bad / s->good > PRECISION ? rounded(sqrt(s->good * s->bad)) : 0;
}

/* The machine may lose an interrupt by chance: two of three runs decide. */
static bool is_undecided(struct bench_search *s, double rate, bool lossless)
{
	if (rate != s->rate)
		s->lossy = s->lossless = 0;
	s->rate = rate;
	s->lossless += lossless;
	s->lossy += !lossless;
	return s->lossy && s->lossy < DECIDING && s->lossless < DECIDING;
}

bool bench_search_result(struct bench_search *s, double rate, bool lossless)
{
	if (is_undecided(s, rate, lossless))
		return false;
	s->lossy = s->lossless = 0;
	s->rate = 0;
	if (lossless)
		s->good = fmax(s->good, rate);
	else if (!s->bad || rate < s->bad)
		s->bad = rate;
	/* A low rate may lose by chance where a higher one did not. */
	if (s->bad && s->good >= s->bad)
		s->good = 0;
	return true;
}
