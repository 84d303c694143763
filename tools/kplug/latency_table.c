// SPDX-License-Identifier: MIT
/* kplug latency: the report as a text table. */
#include <inttypes.h>

#include "latency.h"

static void spread(FILE *out, const struct latency_spread *s)
{
	char text[64] = "-";

	if (s->known)
		snprintf(text, sizeof(text), "%" PRIu64 " / %" PRIu64 " / %" PRIu64,
			 s->p50, s->p99, s->max);
	fprintf(out, "  %22s", text);
}

static void mean(FILE *out, uint64_t value)
{
	if (value)
		fprintf(out, "  %9" PRIu64, value);
	else
		fprintf(out, "  %9s", "-");
}

static bool any_deferred(const struct latency_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].deferred.known)
			return true;
	return false;
}

static void figures(FILE *out, const struct latency_row *row, bool deferred)
{
	spread(out, &row->entry);
	spread(out, &row->acked);
	if (deferred)
		spread(out, &row->deferred);
	spread(out, &row->user);
	mean(out, row->per_interrupt);
	mean(out, row->burst);
	fprintf(out, "  %7" PRIu64 "  %7" PRIu64 "  %6" PRIu64 "\n",
		row->raised, row->handled, row->lost);
}

void latency_table(FILE *out, const struct latency_report *report)
{
	bool deferred = any_deferred(report);
	size_t i;

	fprintf(out, "%s on %s, %u interrupts a path; %s since the write that raises the interrupt, p50 / p99 / max\n\n",
		report->device->address, report->kernel, report->count, report->unit);
	fprintf(out, "%-38s  %22s  %22s", "", "handler entry", "device acknowledged");
	if (deferred)
		fprintf(out, "  %22s", "deferred entry");
	fprintf(out, "  %22s  %9s  %9s  %7s  %7s  %6s\n", "user notified",
		"a turn", "in burst", "raised", "handled", "lost");
	for (i = 0; i < report->num_rows; i++) {
		const struct latency_row *row = &report->rows[i];

		fprintf(out, "%-38s", row->kind->title);
		if (*row->why)
			fprintf(out, "  not available: %s\n", row->why);
		else
			figures(out, row, deferred);
	}
	fprintf(out, "\n"
		"a turn: mean time from one raise to the next when the program is told of each.\n"
		"in burst: mean time of an interrupt when they are raised back to back and nobody listens.\n"
		"raised, handled, lost: in that burst; lost ones never reach the program, not even as a count.\n");
}
