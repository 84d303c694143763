// SPDX-License-Identifier: MIT
/* kplug ladder: the report as a text table. */
#include <inttypes.h>
#include <stdio.h>

#include "ladder.h"

static void spread(const struct ladder_spread *s)
{
	char text[64] = "-";

	if (s->known)
		snprintf(text, sizeof(text), "%" PRIu64 "/%" PRIu64 "/%" PRIu64, s->p50, s->p99,
			 s->max);
	printf("  %17s", text);
}

static void mean(uint64_t value, int width)
{
	if (value)
		printf("  %*" PRIu64, width, value);
	else
		printf("  %*s", width, "-");
}

static void figures(const struct ladder_row *row)
{
	spread(&row->entry);
	spread(&row->acked);
	spread(&row->user);
	mean(row->per_interrupt, 7);
	mean(row->burst, 8);
	printf("  %6" PRIu64 "  %7" PRIu64 "  %6" PRIu64 "\n", row->raised, row->handled,
	       row->lost);
}

void ladder_text(const struct ladder_report *report)
{
	size_t i;

	printf("Device %s, Linux %s, %u interrupts on each path.\n"
	       "p50/p99/max in %s since the write that raises the interrupt:\n\n",
	       report->device->address, report->kernel, report->count, report->unit);
	printf("%-20s  %17s  %17s  %17s  %7s  %8s  %6s  %7s  %6s\n", "", "handler entry",
	       "device acked", "user notified", "a turn", "in burst", "raised", "handled", "lost");
	for (i = 0; i < report->num_rows; i++) {
		const struct ladder_row *row = &report->rows[i];

		printf("%-20s", row->kind->title);
		if (*row->why)
			printf("  not available: %s\n", row->why);
		else
			figures(row);
	}
	printf("\n"
	       "a turn: mean time from one raise to the next if the program waits for each.\n"
	       "in burst: mean time of an interrupt if many are raised back to back.\n"
	       "raised, handled, lost: in that burst; the program does not even count lost ones.\n");
}
