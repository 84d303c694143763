// SPDX-License-Identifier: MIT
/* kplug latency: distributions over time. */
#include <string.h>

#include "latency.h"

/* Makes each step twice as long, so that the picture has room for any duration. */
static void halve(struct latency_history *history)
{
	unsigned int i, stage, column;

	for (i = 0; i < LATENCY_STEPS / 2; i++) {
		struct latency_step *to = &history->steps[i];

		*to = history->steps[2 * i];
		to->end = history->steps[2 * i + 1].end;
		for (stage = 0; stage < NUM_STAGES; stage++)
			for (column = 0; column < LATENCY_COLUMNS; column++)
				to->counts[stage][column] +=
					history->steps[2 * i + 1].counts[stage][column];
	}
	history->num = LATENCY_STEPS / 2;
}

static void add_row(uint64_t counts[LATENCY_COLUMNS], const struct latency_row *row)
{
	uint64_t columns[LATENCY_COLUMNS];
	unsigned int column;

	latency_columns(&row->all, columns);
	for (column = 0; column < LATENCY_COLUMNS; column++)
		counts[column] += columns[column];
}

void latency_history_add(struct latency_history *history, const struct latency_report *report)
{
	struct latency_step *step;
	unsigned int i, stage, column;

	if (history->num == LATENCY_STEPS)
		halve(history);
	step = &history->steps[history->num++];
	memset(step, 0, sizeof(*step));
	step->end = report->seconds;
	for (i = 0; i < report->num_rows; i++)
		add_row(step->counts[report->rows[i].key.stage], &report->rows[i]);
	/* The difference to the last step. */
	for (stage = 0; stage < NUM_STAGES; stage++)
		for (column = 0; column < LATENCY_COLUMNS; column++) {
			uint64_t all = step->counts[stage][column];

			step->counts[stage][column] -= history->before[stage][column];
			history->before[stage][column] = all;
		}
}
