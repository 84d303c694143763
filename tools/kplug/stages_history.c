// SPDX-License-Identifier: MIT
/* kplug latency --dev ...: distributions over time. */
#include <string.h>

#include "stages.h"

/* Twice as long each: however long one watches, the picture has room. */
static void halve(struct stages_history *history)
{
	unsigned int i, stage, column;

	for (i = 0; i < STAGES_STEPS / 2; i++) {
		struct stages_step *to = &history->steps[i];

		*to = history->steps[2 * i];
		to->end = history->steps[2 * i + 1].end;
		for (stage = 0; stage < NUM_STAGES; stage++)
			for (column = 0; column < STAGES_COLUMNS; column++)
				to->counts[stage][column] += history->steps[2 * i + 1].counts[stage][column];
	}
	history->num = STAGES_STEPS / 2;
}

static void add_row(uint64_t counts[STAGES_COLUMNS], const struct stages_row *row)
{
	uint64_t columns[STAGES_COLUMNS];
	unsigned int column;

	stages_columns(&row->all, columns);
	for (column = 0; column < STAGES_COLUMNS; column++)
		counts[column] += columns[column];
}

void stages_history_add(struct stages_history *history, const struct stages_report *report)
{
	struct stages_step *step;
	unsigned int i, stage, column;

	if (history->num == STAGES_STEPS)
		halve(history);
	step = &history->steps[history->num++];
	memset(step, 0, sizeof(*step));
	step->end = report->seconds;
	for (i = 0; i < report->num_rows; i++)
		add_row(step->counts[report->rows[i].key.stage], &report->rows[i]);
	/* All so far, less what was there before. */
	for (stage = 0; stage < NUM_STAGES; stage++)
		for (column = 0; column < STAGES_COLUMNS; column++) {
			uint64_t all = step->counts[stage][column];

			step->counts[stage][column] -= history->before[stage][column];
			history->before[stage][column] = all;
		}
}
