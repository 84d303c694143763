// SPDX-License-Identifier: MIT
/* kplug bench irq: the report as a text table. */
#include <inttypes.h>
#include <stdio.h>

#include "bench.h"

static void print_run(const struct bench_run *run)
{
	printf("  %9.0f  %9.0f  %8" PRIu64 "  %8" PRIu64 "  %8" PRIu64 "  %8" PRIu64, run->rate,
	       run->reached, run->raised, run->handled, run->notified, run->lost);
	if (run->latency.known)
		printf("  %" PRIu64 "/%" PRIu64 "/%" PRIu64 "\n", run->latency.p50,
		       run->latency.p99, run->latency.max);
	else
		printf("  -\n");
}

/* The last run at the highest rate without loss. */
static const struct bench_run *best(const struct bench_row *row)
{
	const struct bench_run *run, *best = NULL;

	for (run = row->runs; run < row->runs + row->num_runs; run++)
		if (!run->lost && run->reached >= row->highest)
			best = run;
	return best;
}

static void print_row(const struct bench_report *report, const struct bench_row *row)
{
	const struct bench_run *run = report->search ? best(row) : row->runs;

	printf("%-20s", row->kind->title);
	if (*row->why)
		printf("  not available: %s\n", row->why);
	else if (!run)
		printf("  loses interrupts even at %.0f a second\n",
		       row->runs[row->num_runs - 1].rate);
	else
		print_run(run);
}

static void print_limits(const struct bench_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].num_runs && report->rows[i].source_limit)
			printf("%s: the limit is the source, %s.\n", report->rows[i].kind->title,
			       report->source->name);
}

static bool any_from_raise(const struct bench_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].num_runs && report->rows[i].runs[0].from_raise)
			return true;
	return false;
}

void bench_text(const struct bench_report *report)
{
	size_t i;

	printf("Device %s, Linux %s: interrupts by %s, at %s intervals, %g s for each rate%s.\n\n",
	       report->device->address, report->kernel, report->source->name,
	       report->random ? "random" : "equal", report->seconds,
	       report->search ? "; the highest rate without loss" : "");
	printf("%-20s  %9s  %9s  %8s  %8s  %8s  %8s  %s\n", "", "asked/s", "reached/s", "raised",
	       "handled", "notified", "lost",
	       any_from_raise(report) ? "p50/p99/max ns, raise to program" :
					"p50/p99/max ns, kplug to program");
	for (i = 0; i < report->num_rows; i++)
		print_row(report, &report->rows[i]);
	putchar('\n');
	print_limits(report);
}
