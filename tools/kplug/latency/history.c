// SPDX-License-Identifier: MIT
/* kplug latency: distributions over time. */
#include <string.h>

#include "latency.h"

/* Makes each step twice as long, so that the picture has room for any duration. */
static void halve(struct latency_history *history)
{
	unsigned int i, stage, band;

	for (i = 0; i < LATENCY_STEPS / 2; i++) {
		struct latency_step *to = &history->steps[i];

		*to = history->steps[2 * i];
		to->end = history->steps[2 * i + 1].end;
		for (stage = 0; stage < NUM_STAGES; stage++)
			for (band = 0; band < LATENCY_BANDS; band++)
				to->counts[stage][band] +=
					history->steps[2 * i + 1].counts[stage][band];
	}
	history->num = LATENCY_STEPS / 2;
}

void latency_history_add(struct latency_history *history, const struct latency_report *report)
{
	struct latency_step *step;
	unsigned int i, stage, band;

	if (history->num == LATENCY_STEPS)
		halve(history);
	step = &history->steps[history->num++];
	memset(step, 0, sizeof(*step));
	step->end = report->seconds;
	for (i = 0; i < report->num_rows; i++)
		latency_add_bands(&report->rows[i].all, step->counts[report->rows[i].key.stage]);
	/* The difference to the last step. */
	for (stage = 0; stage < NUM_STAGES; stage++)
		for (band = 0; band < LATENCY_BANDS; band++) {
			uint64_t all = step->counts[stage][band];

			step->counts[stage][band] -= history->before[stage][band];
			history->before[stage][band] = all;
		}
}
