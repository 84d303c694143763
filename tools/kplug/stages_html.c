// SPDX-License-Identifier: MIT
/* kplug latency --dev ... --html: one page with the distributions as pictures. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/utsname.h>

#include "command.h"
#include "html.h"
#include "stages_html.h"

/* Geometry of the pictures, in their own units. */
enum { CELL = 7, SMALL = STAGES_COLUMNS * CELL };
static const struct stages_plot plot = { .left = 60, .right = 810, .end = 810, .top = 10, .bottom = 310, .from = 1, .to = 10 };

static const char style[] =
"<style>.grid { display: grid; grid-template-columns: minmax(11rem, 1fr) 3fr; gap: .3rem 1.2rem; }\n"
".grid h3 { grid-column: 1 / 3; font-size: 1rem; margin: 1rem 0 0; } .curve { fill: none; stroke-width: 2; }\n"
"td:nth-child(2), th:nth-child(2) { text-align: left; } td, th { font-variant-numeric: tabular-nums; }</style>\n";

/* Ten that differ, in light and dark. */
static const char *colour(unsigned int stage)
{
	static const char *const colours[NUM_STAGES] = {
		"#2f6fde", "#16a06a", "#e08a1e", "#c2413a", "#7c5bd6", "#1a9db5", "#b0579b", "#7d8a1d", "#8a6a4b", "#6b7684",
	};

	return colours[stage];
}

void stages_html_duration(char *text, size_t size, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int unit = 0;

	/* What is 999.6 has four. */
	while (ns >= 999.5 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	snprintf(text, size, "%.3g %s", ns, units[unit]);
}

void stages_html_cell(FILE *out, uint64_t ns)
{
	char text[32];

	stages_html_duration(text, sizeof(text), (double)ns);
	fprintf(out, "<td data-ns=\"%" PRIu64 "\">%s</td>", ns, text);
}

static void table_row(FILE *out, const struct stages_report *report, const struct stages_row *row)
{
	static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999 };
	char name[80];
	size_t i;

	stages_source_name(report, &row->key, name, sizeof(name));
	fprintf(out, "<tr class=\"row\"><td>%s</td><td>", stages_names[row->key.stage]);
	html_escaped(out, name);
	fprintf(out, "</td><td>%" PRIu64 "</td>", (uint64_t)row->all.count);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		stages_html_cell(out, stages_quantile(&row->all, quantiles[i]));
	stages_html_cell(out, row->all.max);
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct stages_report *report)
{
	unsigned int i;

	fputs("<div class=\"wide\"><table id=\"stages\">\n<tr><th>stage</th><th>of</th><th>count</th><th>p50</th><th>p90</th>"
	      "<th>p99</th><th>p99.9</th><th>max</th></tr>\n", out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, report, &report->rows[i]);
	fputs("</table></div>\n", out);
}

/* All sources of a stage together; false: there is none. */
static bool whole_stage(const struct stages_report *report, unsigned int stage, struct stages_histogram *h)
{
	unsigned int i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].key.stage == stage)
			stages_merge(h, &report->rows[i].all);
	return h->count;
}

static void curve(FILE *out, unsigned int stage, const struct stages_histogram *h)
{
	fprintf(out, "<polyline class=\"curve\" stroke=\"%s\" points=\"", colour(stage));
	stages_plot_curve(out, &plot, h);
	fprintf(out, "\"><title>%s</title></polyline>\n<text x=\"%d\" y=\"%d\" style=\"fill:%s\">%s</text>\n",
		stages_names[stage], plot.right + 20, plot.top + 20 * ((int)stage + 1), colour(stage), stages_names[stage]);
}

static void percentiles(FILE *out, const struct stages_report *report)
{
	struct stages_histogram h;
	unsigned int stage;

	fprintf(out, "<h2>So many are at most so long</h2>\n<svg id=\"percentiles\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"Percentiles of each stage\">\n", plot.right + 150, plot.bottom + 30);
	stages_plot_axes(out, &plot);
	for (stage = 0; stage < NUM_STAGES; stage++)
		if (whole_stage(report, stage, &h))
			curve(out, stage, &h);
	fputs("</svg>\n", out);
}

void stages_html_range(FILE *out, unsigned int column, uint64_t count)
{
	char from[32], to[32];

	stages_html_duration(from, sizeof(from), column ? (double)stages_column_end(column - 1) : 0);
	stages_html_duration(to, sizeof(to), (double)stages_column_end(column));
	if (column == STAGES_COLUMNS - 1)
		fprintf(out, "<title>%s and more: %" PRIu64 "</title>", from, count);
	else
		fprintf(out, "<title>%s to %s: %" PRIu64 "</title>", from, to, count);
}

static uint64_t most_of(const uint64_t columns[STAGES_COLUMNS])
{
	uint64_t most = 1;
	unsigned int i;

	for (i = 0; i < STAGES_COLUMNS; i++)
		most = columns[i] > most ? columns[i] : most;
	return most;
}

/* The same durations upwards as in the picture beside it. */
static void histogram(FILE *out, unsigned int stage, const struct stages_histogram *h)
{
	uint64_t columns[STAGES_COLUMNS];
	unsigned int i;

	stages_columns(h, columns);
	fprintf(out, "<svg viewBox=\"0 0 240 %d\" role=\"img\" aria-label=\"How many were how long\">", SMALL);
	for (i = 0; i < STAGES_COLUMNS; i++) {
		if (!columns[i])
			continue;
		fprintf(out, "<rect fill=\"%s\" x=\"0\" y=\"%d\" width=\"%.1f\" height=\"%d\">", colour(stage),
			SMALL - (int)(i + 1) * CELL, 2 + 236.0 * (double)columns[i] / (double)most_of(columns), CELL - 1);
		stages_html_range(out, i, columns[i]);
		fputs("</rect>", out);
	}
	fputs("</svg>\n", out);
}

/* One is to be seen beside a million: the shade goes by the logarithm. */
static void heat(FILE *out, unsigned int stage, const struct stages_history *history)
{
	const double end = history->steps[history->num - 1].end;
	unsigned int i, column;
	double from = 0;
	uint64_t most = 1;

	for (i = 0; i < history->num; i++)
		most = most_of(history->steps[i].counts[stage]) > most ? most_of(history->steps[i].counts[stage]) : most;
	fprintf(out, "<svg class=\"heat\" viewBox=\"0 0 720 %d\" preserveAspectRatio=\"none\" role=\"img\" "
		"aria-label=\"How long they were over time\"><line x1=\"0\" x2=\"720\" y1=\"%d\" y2=\"%d\"/>", SMALL, SMALL, SMALL);
	for (i = 0; i < history->num; i++) {
		const struct stages_step *step = &history->steps[i];

		for (column = 0; column < STAGES_COLUMNS; column++) {
			if (!step->counts[stage][column])
				continue;
			fprintf(out, "<rect fill=\"%s\" fill-opacity=\"%.2f\" x=\"%.1f\" y=\"%d\" width=\"%.2f\" height=\"%d\">",
				colour(stage), 0.2 + 0.8 * log1p((double)step->counts[stage][column]) / log1p((double)most),
				720 * from / end, SMALL - (int)(column + 1) * CELL, 720 * (step->end - from) / end, CELL);
			stages_html_range(out, column, step->counts[stage][column]);
			fputs("</rect>", out);
		}
		from = step->end;
	}
	fputs("</svg>\n", out);
}

static void pictures(FILE *out, const struct stages_report *report, const struct stages_history *history)
{
	struct stages_histogram h;
	unsigned int stage;

	fprintf(out, "<h2>Each stage: how many were how long, and when</h2>\n<p class=\"soft\">From the bottom, 64 ns, each step up "
		"is twice as long, to a second at the top. To the right the %.3g s that were watched; the more, the darker.</p>\n"
		"<div class=\"grid\">\n", report->seconds);
	for (stage = 0; stage < NUM_STAGES; stage++) {
		if (!whole_stage(report, stage, &h))
			continue;
		fprintf(out, "<h3>%s</h3>\n", stages_names[stage]);
		histogram(out, stage, &h);
		heat(out, stage, history);
	}
	fputs("</div>\n", out);
}

const char stages_html_notes[] =
"<h2>What the stages are</h2>\n"
"<p><b>handler</b>: the kernel enters the interrupt's handlers until the one of this driver returns. <b>thread wakes</b>,\n"
"<b>thread</b>: the same entry until the interrupt's thread runs, and how long it does. <b>program runs</b>: the same entry\n"
"until the program that it woke runs. Of devices of kplug: <b>kplug handler</b>: until the device's own handler returned;\n"
"<b>deferred</b>, <b>deferred handler</b>: until that is entered, and how long it takes; <b>record taken</b>: how old an\n"
"event is when the program reads it; <b>call</b>, <b>chunk</b>: how long a call of the program and a chunk of DMA take.\n"
"Values are known to 1.6 %, the longest one exactly.</p>\n";

static void page(FILE *out, const struct stages_report *report, const struct stages_history *history)
{
	struct utsname system;

	uname(&system);
	html_begin(out, "kplug latency");
	fputs(style, out);
	fprintf(out, "<h1>How long the stages of an interrupt take</h1>\n<p class=\"soft\">Linux %s, watched for %.3g s",
		system.release, report->seconds);
	if (report->lost)
		fprintf(out, "; %" PRIu64 " measurements found no room", report->lost);
	fputs("</p>\n", out);
	if (report->num_rows) {
		table(out, report);
		percentiles(out, report);
		pictures(out, report, history);
	} else {
		fputs("<p class=\"lead\">There was no interrupt.</p>\n", out);
	}
	fputs(stages_html_notes, out);
	fputs("</html>\n", out);
}

int stages_html(const char *file, const struct stages_report *report, const struct stages_history *history)
{
	FILE *out = fopen(file, "w");

	if (out)
		page(out, report, history);
	return html_close(out, file);
}
