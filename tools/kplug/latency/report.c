// SPDX-License-Identifier: MIT
/* kplug latency: what was measured until now. */
#include <stdlib.h>

#include "latency.h"

void latency_drop(struct latency_report *report)
{
	unsigned int i;

	for (i = 0; i < report->num_rows; i++)
		free(report->rows[i].cpus);
	free(report->rows);
	report->rows = NULL;
	report->num_rows = 0;
}

void latency_source_name(const struct latency_report *report, const struct latency_key *key,
			 char *name, size_t size)
{
	const struct targets *t = report->targets;
	uint32_t vector = key->id & WATCHED_NO_VECTOR;

	if (key->stage <= STAGE_WOKEN)
		snprintf(name, size, "%s", targets_name(&t->irqs, key->id));
	else if (vector == WATCHED_NO_VECTOR)
		snprintf(name, size, "%s", targets_name(&t->devices, key->id >> 16));
	else
		snprintf(name, size, "%s[%u]", targets_name(&t->devices, key->id >> 16), vector);
}
