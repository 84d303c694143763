// SPDX-License-Identifier: MIT
/* kplug latency --html: a page with the distributions as pictures. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/command.h"
#include "common/html.h"
#include "latency.h"
#include "page.h"

/* Geometry of the pictures, in their own units. */
enum { CELL = 7, SMALL = LATENCY_COLUMNS * CELL };
static const struct latency_plot plot = { .left = 60,
					  .right = 810,
					  .end = 810,
					  .top = 10,
					  .bottom = 310,
					  .from = 1,
					  .to = 10 };

static const char style[] =
	"<style>.grid { display: grid; grid-template-columns: minmax(11rem, 1fr) 3fr; gap: .3rem 1.2rem; }\n"
	".grid h3 { grid-column: 1 / 3; font-size: 1rem; margin: 1rem 0 0; } .curve { fill: none; stroke-width: 2; }\n"
	"td:nth-child(2), th:nth-child(2) { text-align: left; } td, th { font-variant-numeric: tabular-nums; }</style>\n";

/* Readable on light and dark pages. */
static const char *colour(unsigned int stage)
{
	static const char *const colours[NUM_STAGES] = {
		"#2f6fde", "#16a06a", "#e08a1e", "#c2413a", "#7c5bd6",
		"#1a9db5", "#b0579b", "#7d8a1d", "#8a6a4b", "#6b7684",
	};

	return colours[stage];
}

static void table_row(FILE *out, const struct latency_report *report, const struct latency_row *row)
{
	static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999 };
	char name[80];
	size_t i;

	latency_source_name(report, &row->key, name, sizeof(name));
	fprintf(out, "<tr class=\"row\"><td>%s</td><td>", stage_names[row->key.stage]);
	html_escaped(out, name);
	fprintf(out, "</td><td>%" PRIu64 "</td>", (uint64_t)row->all.count);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++)
		page_cell(out, latency_quantile(&row->all, quantiles[i]));
	page_cell(out, row->all.max);
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct latency_report *report)
{
	unsigned int i;

	fputs("<div class=\"wide\"><table id=\"stages\">\n"
	      "<tr><th>stage</th><th>of</th><th>count</th><th>p50</th><th>p90</th>"
	      "<th>p99</th><th>p99.9</th><th>max</th></tr>\n",
	      out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, report, &report->rows[i]);
	fputs("</table></div>\n", out);
}

/* All sources of a stage together; false: there is none. */
static bool whole_stage(const struct latency_report *report, unsigned int stage,
			struct latency_histogram *h)
{
	unsigned int i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].key.stage == stage)
			latency_merge(h, &report->rows[i].all);
	return h->count;
}

static void curve(FILE *out, unsigned int stage, const struct latency_histogram *h)
{
	fprintf(out, "<polyline class=\"curve\" stroke=\"%s\" points=\"", colour(stage));
	latency_plot_curve(out, &plot, h);
	fprintf(out,
		"\"><title>%s</title></polyline>\n<text x=\"%d\" y=\"%d\" style=\"fill:%s\">%s</text>\n",
		stage_names[stage], plot.right + 20, plot.top + 20 * ((int)stage + 1),
		colour(stage), stage_names[stage]);
}

static void percentiles(FILE *out, const struct latency_report *report)
{
	struct latency_histogram h;
	unsigned int stage;

	fprintf(out,
		"<h2>Latency percentiles</h2>\n<svg id=\"percentiles\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"Percentiles of each stage\">\n",
		plot.right + 150, plot.bottom + 30);
	latency_plot_axes(out, &plot);
	for (stage = 0; stage < NUM_STAGES; stage++)
		if (whole_stage(report, stage, &h))
			curve(out, stage, &h);
	fputs("</svg>\n", out);
}

static uint64_t most_of(const uint64_t columns[LATENCY_COLUMNS])
{
	uint64_t most = 1;
	unsigned int i;

	for (i = 0; i < LATENCY_COLUMNS; i++)
		most = columns[i] > most ? columns[i] : most;
	return most;
}

/* The same time axis as the heat map beside it. */
static void histogram(FILE *out, unsigned int stage, const struct latency_histogram *h)
{
	uint64_t columns[LATENCY_COLUMNS];
	unsigned int i;

	latency_columns(h, columns);
	fprintf(out, "<svg viewBox=\"0 0 240 %d\" role=\"img\" aria-label=\"Distribution\">",
		SMALL);
	for (i = 0; i < LATENCY_COLUMNS; i++) {
		if (!columns[i])
			continue;
		fprintf(out, "<rect fill=\"%s\" x=\"0\" y=\"%d\" width=\"%.1f\" height=\"%d\">",
			colour(stage), SMALL - (int)(i + 1) * CELL,
			2 + 236.0 * (double)columns[i] / (double)most_of(columns), CELL - 1);
		page_range(out, i, columns[i]);
		fputs("</rect>", out);
	}
	fputs("</svg>\n", out);
}

/* The shade is logarithmic: one measurement is visible beside a million. */
static void heat(FILE *out, unsigned int stage, const struct latency_history *history)
{
	const double end = history->steps[history->num - 1].end;
	unsigned int i, column;
	double from = 0;
	uint64_t most = 1;

	for (i = 0; i < history->num; i++)
		most = most_of(history->steps[i].counts[stage]) > most ?
			       most_of(history->steps[i].counts[stage]) :
			       most;
	fprintf(out,
		"<svg class=\"heat\" viewBox=\"0 0 720 %d\" preserveAspectRatio=\"none\" role=\"img\" "
		"aria-label=\"Distribution over time\"><line x1=\"0\" x2=\"720\" y1=\"%d\" y2=\"%d\"/>",
		SMALL, SMALL, SMALL);
	for (i = 0; i < history->num; i++) {
		const struct latency_step *step = &history->steps[i];

		for (column = 0; column < LATENCY_COLUMNS; column++) {
			if (!step->counts[stage][column])
				continue;
			fprintf(out,
				"<rect fill=\"%s\" fill-opacity=\"%.2f\" x=\"%.1f\" y=\"%d\" width=\"%.2f\" height=\"%d\">",
				colour(stage),
				0.2 + 0.8 * log1p((double)step->counts[stage][column]) /
						log1p((double)most),
				720 * from / end, SMALL - (int)(column + 1) * CELL,
				720 * (step->end - from) / end, CELL);
			page_range(out, column, step->counts[stage][column]);
			fputs("</rect>", out);
		}
		from = step->end;
	}
	fputs("</svg>\n", out);
}

static void pictures(FILE *out, const struct latency_report *report,
		     const struct latency_history *history)
{
	struct latency_histogram h;
	unsigned int stage;

	fprintf(out,
		"<h2>Distributions, in total and over time</h2>\n"
		"<p class=\"soft\">The time axis goes up from 64 ns to a second, one step for "
		"each factor of two. Left: all measurements. Right: the %.3g s that were "
		"watched; darker is more.</p>\n<div class=\"grid\">\n",
		report->seconds);
	for (stage = 0; stage < NUM_STAGES; stage++) {
		if (!whole_stage(report, stage, &h))
			continue;
		fprintf(out, "<h3>%s</h3>\n", stage_names[stage]);
		histogram(out, stage, &h);
		heat(out, stage, history);
	}
	fputs("</div>\n", out);
}

static void page(FILE *out, const struct latency_report *report,
		 const struct latency_history *history)
{
	struct utsname system;

	uname(&system);
	html_begin(out, "kplug latency");
	fputs(style, out);
	fprintf(out,
		"<h1>How long the stages of an interrupt take</h1>\n<p class=\"soft\">Linux %s, watched for %.3g s",
		system.release, report->seconds);
	if (report->lost)
		fprintf(out, "; %" PRIu64 " measurements were lost", report->lost);
	fputs("</p>\n", out);
	if (report->num_rows) {
		table(out, report);
		percentiles(out, report);
		pictures(out, report, history);
	} else {
		fputs("<p class=\"lead\">There was no interrupt.</p>\n", out);
	}
	fputs(page_notes, out);
	fputs("</html>\n", out);
}

int latency_html(const char *file, const struct latency_report *report,
		 const struct latency_history *history)
{
	FILE *out = fopen(file, "w");

	if (out)
		page(out, report, history);
	return html_close(out, file);
}
