// SPDX-License-Identifier: MIT
/* kplug latency: the table, with the distributions as bars. */
#include <string.h>

#include "common/color.h"
#include "latency.h"

/* Of a line of 80 columns. */
#define NAME_WIDTH 24
#define BARS       8

static const char *const bars[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

void latency_bars(FILE *out, const struct latency_histogram *h, unsigned int width)
{
	uint64_t columns[LATENCY_COLUMNS], shown[LATENCY_COLUMNS] = { 0 }, most = 1;
	unsigned int i;

	latency_columns(h, columns);
	for (i = 0; i < LATENCY_COLUMNS; i++)
		shown[i * width / LATENCY_COLUMNS] += columns[i];
	for (i = 0; i < width; i++)
		if (shown[i] > most)
			most = shown[i];
	for (i = 0; i < width; i++)
		fputs(bars[shown[i] ? 1 + shown[i] * 7 / most : 0], out);
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
	fprintf(out, " %5.*f %-2s", unit && value < 100 ? 2 : 0, value, units[unit]);
}

/* A name that is too long has a line of its own. */
static void row(FILE *out, const struct latency_report *report, const struct latency_row *row)
{
	static const double quantiles[] = { 0.5, 0.99, 0.999 };
	char name[80];
	unsigned int i;

	latency_source_name(report, &row->key, name, sizeof(name));
	if (strlen(name) > NAME_WIDTH)
		fprintf(out, "  %s\n%*s", name, 2 + NAME_WIDTH, "");
	else
		fprintf(out, "  %-*s", NAME_WIDTH, name);
	fprintf(out, "%8llu", (unsigned long long)row->all.count);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		duration(out, latency_quantile(&row->all, quantiles[i]));
	duration(out, row->all.max);
	putc(' ', out);
	latency_bars(out, &row->all, BARS);
	putc('\n', out);
}

void latency_text(FILE *out, const struct latency_report *report)
{
	unsigned int i, stage = NUM_STAGES;

	if (!report->num_rows) {
		fputs("No interrupt so far.\n", out);
		return;
	}
	fprintf(out, "%s%-*s%8s %8s %8s %8s %8s 64ns..1s%s\n", color_begin(out, COLOR_HEAD),
		2 + NAME_WIDTH, "stage", "count", "p50", "p99", "p99.9", "max", color_end(out));
	for (i = 0; i < report->num_rows; i++) {
		if (report->rows[i].key.stage != stage) {
			stage = report->rows[i].key.stage;
			fprintf(out, "%s\n", stage_names[stage]);
		}
		row(out, report, &report->rows[i]);
	}
	if (report->lost)
		fprintf(out, "%llu measurements were lost: a map was full\n",
			(unsigned long long)report->lost);
}
