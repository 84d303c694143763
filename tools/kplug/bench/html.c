// SPDX-License-Identifier: MIT
/* kplug bench irq --html: a page with latency and loss against the rate. */
#include <inttypes.h>

#include "bench.h"
#include "common/html.h"
#include "common/output.h"
#include "latency/page.h"

static void heading(FILE *out, const struct bench_report *report)
{
	fputs("<h1>How many interrupts a second</h1>\n<p class=\"soft\">Device ", out);
	html_escaped(out, report->device->address);
	fputs(", Linux ", out);
	html_escaped(out, report->kernel);
	fprintf(out,
		": interrupts by %s, at %s intervals, %g s for each rate. The latency is from "
		"%s until the program has the interrupt.</p>\n",
		report->source->name, report->random ? "random" : "equal", report->seconds,
		bench_from_raise(report) ? "the raise" : "the moment kplug took the interrupt");
}

static void figures(FILE *out, const struct bench_run *run)
{
	const struct ladder_spread *latency = &run->latency;

	html_cell(out, "a second", "%.0f", run->reached);
	html_cell(out, "raised", "%" PRIu64, run->raised);
	html_cell(out, "handled", "%" PRIu64, run->handled);
	html_cell(out, "lost", "%" PRIu64, run->lost);
	if (latency->known) {
		page_cell(out, "p50", latency->p50);
		page_cell(out, "p99", latency->p99);
		page_cell(out, "max", latency->max);
	} else {
		html_cell(out, "p50", "-");
		html_cell(out, "p99", "-");
		html_cell(out, "max", "-");
	}
}

static void table_row(FILE *out, const struct bench_report *report, const struct bench_row *row)
{
	char why[300];

	fputs("<tr class=\"row\"><td class=\"name\">", out);
	html_escaped(out, row->kind->title);
	fputs("</td>", out);
	if (bench_why_not(report, row, why, sizeof(why))) {
		fputs("<td class=\"why\" colspan=\"7\">", out);
		html_escaped(out, why);
		fputs("</td>", out);
	} else {
		figures(out, bench_shown(report, row));
	}
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct bench_report *report)
{
	size_t i;

	fprintf(out, "<h2>%s</h2>\n",
		report->search ? "The highest rate without loss" : "At this rate");
	fputs("<table id=\"paths\">\n<tr><th></th><th>a second</th><th>raised</th><th>handled</th>"
	      "<th>lost</th><th>p50</th><th>p99</th><th>max</th></tr>\n",
	      out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, report, &report->rows[i]);
	fputs("</table>\n", out);
}

static void limits(FILE *out, const struct bench_report *report)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].num_runs && report->rows[i].source_limit) {
			fputs("<p class=\"soft\">", out);
			html_escaped(out, report->rows[i].kind->title);
			fprintf(out, ": the limit is the source, %s.</p>\n", report->source->name);
		}
}

static const char notes[] =
	"<h2>The figures</h2>\n"
	"<p><b>Raised</b>: by the source. <b>Handled</b>: by the first handler. <b>Lost</b>: the program\n"
	"did not hear of them. Without loss the nth interrupt of the program is the nth that was\n"
	"raised; a run that lost some has no latency. VFIO and UIO count interrupts; kplug reports\n"
	"each, and a program that is more than 1024 records behind loses some.</p>\n";

static void page(FILE *out, const struct bench_report *report)
{
	html_begin(out, "kplug bench irq");
	heading(out, report);
	table(out, report);
	limits(out, report);
	html_pictures(out);
	fputs(notes, out);
	html_end(out, bench_rows(report), html_chart, html_bench, NULL);
}

int bench_html(const char *file, const struct bench_report *report)
{
	FILE *out = fopen(file, "w");

	if (out)
		page(out, report);
	return output_close(out, file);
}
