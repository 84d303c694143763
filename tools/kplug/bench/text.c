// SPDX-License-Identifier: MIT
/* kplug bench irq: the report as a text table. */
#include <inttypes.h>
#include <stdio.h>

#include "bench.h"

/* Three digits, or all before the point. */
static void print_us(uint64_t ns, const char *behind)
{
	const double us = (double)ns / 1e3;

	printf(us < 100 ? "%.3g%s" : "%.0f%s", us, behind);
}

static void print_run(const struct bench_run *run)
{
	printf("  %9.0f  %8" PRIu64 "  %8" PRIu64 "  %7" PRIu64, run->reached, run->raised,
	       run->handled, run->lost);
	printf("  ");
	if (!run->latency.known) {
		puts("-");
		return;
	}
	print_us(run->latency.p50, "/");
	print_us(run->latency.p99, "/");
	print_us(run->latency.max, "\n");
}

static void print_row(const struct bench_report *report, const struct bench_row *row)
{
	char why[300];

	printf("%-20s", row->kind->title);
	if (bench_why_not(report, row, why, sizeof(why)))
		printf("  %s\n", why);
	else
		print_run(bench_shown(report, row));
}

/* A search runs a rate again that lost; these are the losses up to the highest rate. */
static void print_losses(const struct bench_report *report, const struct bench_row *row)
{
	const struct bench_run *run;
	uint64_t raised = 0, lost = 0;

	for (run = row->runs; run < row->runs + row->num_runs; run++)
		if (!report->search || run->rate <= row->highest_rate) {
			raised += run->raised;
			lost += run->lost;
		}
	if (lost && !row->silent)
		printf("%s: %" PRIu64 " of %" PRIu64 " interrupts lost (%.3g %%)%s.\n",
		       row->kind->title, lost, raised, 100.0 * (double)lost / (double)raised,
		       report->search ? ", in runs at up to that rate" : "");
}

static void print_notes(const struct bench_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++) {
		const struct bench_row *row = &report->rows[i];

		if (row->num_runs && row->source_limit)
			printf("%s: the limit is the source, %s.\n", row->kind->title,
			       report->source->name);
		print_losses(report, row);
	}
}

void bench_text(const struct bench_report *report)
{
	size_t i;

	printf("Device %s, Linux %s: interrupts by %s,\n"
	       "at %s intervals, %g s for each rate%s.\n"
	       "p50/p99/max in us, %s to program:\n\n",
	       report->device->address, report->kernel, report->source->name,
	       report->random ? "random" : "equal", report->seconds,
	       report->search ? "; the highest rate without loss" : "",
	       bench_from_raise(report) ? "raise" : "kplug");
	printf("%-20s  %9s  %8s  %8s  %7s  %s\n", "", "a second", "raised", "handled", "lost",
	       "latency");
	for (i = 0; i < report->num_rows; i++)
		print_row(report, &report->rows[i]);
	putchar('\n');
	print_notes(report);
}
