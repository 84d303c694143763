// SPDX-License-Identifier: MIT
/* kplug bench irq: what the text and the page say of a path. */
#include <stdio.h>

#include "bench.h"

const struct bench_run *bench_shown(const struct bench_report *report, const struct bench_row *row)
{
	const struct bench_run *run, *best = NULL;

	if (!report->search)
		return row->num_runs ? row->runs : NULL;
	for (run = row->runs; run < row->runs + row->num_runs; run++)
		if (!run->lost && run->reached >= row->highest)
			best = run;
	return best;
}

bool bench_why_not(const struct bench_report *report, const struct bench_row *row, char *why,
		   size_t size)
{
	if (*row->why)
		snprintf(why, size, "not available: %s", row->why);
	else if (row->silent)
		snprintf(why, size, LADDER_NONE_ARRIVED, (unsigned long long)row->runs[0].raised);
	else if (!bench_shown(report, row))
		snprintf(why, size, "loses interrupts even at %.0f a second",
			 row->runs[row->num_runs - 1].rate);
	else
		return false;
	return true;
}

bool bench_from_raise(const struct bench_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].num_runs && report->rows[i].runs[0].from_raise)
			return true;
	return false;
}
