// SPDX-License-Identifier: MIT
/* kplug latency: the table, with the distributions as bars. */
#include <string.h>

#include "latency.h"

static const char *const bars[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

void latency_bars(FILE *out, const struct latency_histogram *h)
{
	uint64_t columns[LATENCY_COLUMNS], most = 1;
	unsigned int column;

	latency_columns(h, columns);
	for (column = 0; column < LATENCY_COLUMNS; column++)
		if (columns[column] > most)
			most = columns[column];
	for (column = 0; column < LATENCY_COLUMNS; column++)
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

static void row(FILE *out, const struct latency_report *report, const struct latency_row *row)
{
	static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999 };
	char name[80];
	unsigned int i;

	latency_source_name(report, &row->key, name, sizeof(name));
	fprintf(out, "%-16s %-28.28s %9llu", stage_names[row->key.stage], name,
		(unsigned long long)row->all.count);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		duration(out, latency_quantile(&row->all, quantiles[i]));
	duration(out, row->all.max);
	fputs("  ", out);
	latency_bars(out, &row->all);
	putc('\n', out);
}

void latency_text(FILE *out, const struct latency_report *report)
{
	unsigned int i;

	if (!report->num_rows) {
		fputs("No interrupt so far.\n", out);
		return;
	}
	fprintf(out, "%-16s %-28s %9s %9s %9s %9s %9s %9s   %s\n", "stage", "of", "count", "p50",
		"p90", "p99", "p99.9", "max", "64 ns ... 1 s");
	for (i = 0; i < report->num_rows; i++)
		row(out, report, &report->rows[i]);
	if (report->lost)
		fprintf(out, "%llu measurements were lost: a map was full\n",
			(unsigned long long)report->lost);
}
