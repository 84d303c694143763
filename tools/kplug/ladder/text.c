// SPDX-License-Identifier: MIT
/* kplug ladder: the report as a text table. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ladder.h"

/* Large ones in thousands, so that a line fits a terminal. */
static void add_time(char *text, size_t size, uint64_t time, const char *behind)
{
	const size_t used = strlen(text);

	if (time < 100000)
		snprintf(text + used, size - used, "%" PRIu64 "%s", time, behind);
	else
		snprintf(text + used, size - used, "%" PRIu64 "k%s", (time + 500) / 1000, behind);
}

static void spread(const struct ladder_spread *s)
{
	char text[80] = "";

	add_time(text, sizeof(text), s->p50, "/");
	add_time(text, sizeof(text), s->p99, "/");
	add_time(text, sizeof(text), s->max, "");
	printf("  %17s", s->known ? text : "-");
}

static void mean(uint64_t value, int width)
{
	if (value)
		printf("  %*" PRIu64, width, value);
	else
		printf("  %*s", width, "-");
}

static void print_times(const struct ladder_row *row)
{
	printf("%-20s", row->kind->title);
	if (*row->why) {
		printf("  not available: %s\n", row->why);
		return;
	}
	spread(&row->entry);
	spread(&row->acked);
	spread(&row->user);
	putchar('\n');
}

static void print_costs(const struct ladder_row *row)
{
	if (*row->why)
		return;
	printf("%-20s", row->kind->title);
	mean(row->per_interrupt, 7);
	mean(row->burst, 8);
	printf("  %6" PRIu64 "  %7" PRIu64 "  %6" PRIu64 "\n", row->raised, row->handled,
	       row->lost);
}

static bool any_measured(const struct ladder_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (!*report->rows[i].why)
			return true;
	return false;
}

/* Two tables: one would not fit a terminal. */
void ladder_text(const struct ladder_report *report)
{
	size_t i;

	printf("Device %s, Linux %s, %u interrupts on each path.\n"
	       "p50/p99/max in %s since the write that raises the interrupt:\n\n",
	       report->device->address, report->kernel, report->count, report->unit);
	printf("%-20s  %17s  %17s  %17s\n", "", "handler entry", "device acked", "user notified");
	for (i = 0; i < report->num_rows; i++)
		print_times(&report->rows[i]);
	if (!any_measured(report))
		return;
	printf("\n%-20s  %7s  %8s  %6s  %7s  %6s\n", "", "a turn", "in burst", "raised", "handled",
	       "lost");
	for (i = 0; i < report->num_rows; i++)
		print_costs(&report->rows[i]);
	printf("\n"
	       "a turn: mean time from one raise to the next if the program waits for each.\n"
	       "in burst: mean time of an interrupt if many are raised back to back.\n"
	       "raised, handled, lost: in that burst; the program does not even count lost ones.\n");
}
