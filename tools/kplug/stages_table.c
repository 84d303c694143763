// SPDX-License-Identifier: MIT
/* kplug latency --dev ...: the table, with small pictures of the distributions. */
#include <string.h>

#include "stages.h"

static const char *const bars[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

void stages_source_name(const struct stages_report *report, const struct stages_key *key, char *name, size_t size)
{
	const struct stages_targets *t = report->targets;
	uint32_t vector = key->id & STAGES_NO_VECTOR;

	if (key->stage <= STAGE_WOKEN)
		snprintf(name, size, "%s", stages_name(&t->irqs, key->id));
	else if (vector == STAGES_NO_VECTOR)
		snprintf(name, size, "%s", stages_name(&t->devices, key->id >> 16));
	else
		snprintf(name, size, "%s[%u]", stages_name(&t->devices, key->id >> 16), vector);
}

void stages_picture(FILE *out, const struct stages_histogram *h)
{
	uint64_t columns[STAGES_COLUMNS], most = 1;
	unsigned int column;

	stages_columns(h, columns);
	for (column = 0; column < STAGES_COLUMNS; column++)
		if (columns[column] > most)
			most = columns[column];
	for (column = 0; column < STAGES_COLUMNS; column++)
		fputs(bars[columns[column] ? 1 + columns[column] * 7 / most : 0], out);
}

/* Three digits and a unit. */
static void duration(FILE *out, uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	double value = (double)ns;
	unsigned int unit = 0;

	while (value >= 1000 && unit < 3) {
		value /= 1000;
		unit++;
	}
	fprintf(out, " %6.*f %-2s", unit && value < 100 ? 2 : 0, value, units[unit]);
}

static void row(FILE *out, const struct stages_report *report, const struct stages_row *row)
{
	static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999 };
	char name[80];
	unsigned int i;

	stages_source_name(report, &row->key, name, sizeof(name));
	fprintf(out, "%-16s %-28.28s %9llu", stages_names[row->key.stage], name, (unsigned long long)row->all.count);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		duration(out, stages_quantile(&row->all, quantiles[i]));
	duration(out, row->all.max);
	fputs("  ", out);
	stages_picture(out, &row->all);
	putc('\n', out);
}

void stages_table(FILE *out, const struct stages_report *report)
{
	unsigned int i;

	if (!report->num_rows) {
		fputs("No interrupt so far.\n", out);
		return;
	}
	fprintf(out, "%-16s %-28s %9s %9s %9s %9s %9s %9s   %s\n", "stage", "of", "count", "p50", "p90", "p99",
		"p99.9", "max", "64 ns ... 1 s");
	for (i = 0; i < report->num_rows; i++)
		row(out, report, &report->rows[i]);
	if (report->lost)
		fprintf(out, "%llu measurements found no room\n", (unsigned long long)report->lost);
}
