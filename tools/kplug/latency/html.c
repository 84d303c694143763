// SPDX-License-Identifier: MIT
/* kplug latency --html: a page with the distributions as pictures. */
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/html.h"
#include "common/output.h"
#include "latency.h"
#include "page.h"

static void table_row(FILE *out, const struct latency_report *report, const struct latency_row *row)
{
	char name[80];

	latency_source_name(report, &row->key, name, sizeof(name));
	fprintf(out, "<tr class=\"row\"><td class=\"name\">%s</td><td class=\"name\">",
		stage_names[row->key.stage]);
	html_escaped(out, name);
	fputs("</td>", out);
	html_cell(out, "count", "%" PRIu64, (uint64_t)row->all.count);
	page_cell(out, "p50", latency_quantile(&row->all, 0.5));
	page_cell(out, "p90", latency_quantile(&row->all, 0.9));
	page_cell(out, "p99", latency_quantile(&row->all, 0.99));
	page_cell(out, "p99.9", latency_quantile(&row->all, 0.999));
	page_cell(out, "max", row->all.max);
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct latency_report *report)
{
	unsigned int i;

	fputs("<table id=\"stages\">\n"
	      "<tr><th class=\"name\">stage</th><th class=\"name\">of</th><th>count</th>"
	      "<th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th></tr>\n",
	      out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, report, &report->rows[i]);
	fputs("</table>\n", out);
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

/* Triples of the step, the band and the count, without empty cells. */
static void add_cells(cJSON *object, unsigned int stage, const struct latency_history *history)
{
	cJSON *cells = cJSON_AddArrayToObject(object, "cells");
	unsigned int i, band;

	for (i = 0; i < history->num; i++)
		for (band = 0; band < LATENCY_BANDS; band++) {
			const uint64_t count = history->steps[i].counts[stage][band];

			if (count)
				cJSON_AddItemToArray(
					cells,
					cJSON_CreateDoubleArray(
						(const double[]){ i, band, (double)count }, 3));
		}
}

/* For latency.js. */
static cJSON *data_of(const struct latency_report *report, const struct latency_history *history)
{
	cJSON *data = cJSON_CreateObject(), *object;
	cJSON *ends = cJSON_AddArrayToObject(data, "ends");
	cJSON *stages = cJSON_AddArrayToObject(data, "stages");
	struct latency_histogram h;
	unsigned int i;

	for (i = 0; i < history->num; i++)
		cJSON_AddItemToArray(ends, cJSON_CreateNumber(history->steps[i].end));
	for (i = 0; i < NUM_STAGES; i++) {
		if (!whole_stage(report, i, &h))
			continue;
		object = cJSON_CreateObject();
		cJSON_AddItemToArray(stages, object);
		cJSON_AddStringToObject(object, "stage", stage_names[i]);
		page_histogram(object, &h);
		add_cells(object, i, history);
	}
	return data;
}

static void page(FILE *out, const struct latency_report *report,
		 const struct latency_history *history)
{
	struct utsname system;

	uname(&system);
	html_begin(out, "kplug latency");
	fputs("<h1>How long the stages of an interrupt take</h1>\n<p class=\"soft\">Linux ", out);
	html_escaped(out, system.release);
	fprintf(out, ", watched for %.*f s", report->seconds < 100 ? 2 : 0, report->seconds);
	if (report->lost)
		fprintf(out, "; %" PRIu64 " measurements were lost", report->lost);
	fputs("</p>\n", out);
	if (report->num_rows) {
		table(out, report);
		html_pictures(out);
	} else {
		fputs("<p class=\"lead\">There was no interrupt.</p>\n", out);
	}
	fputs(page_notes, out);
	if (report->num_rows)
		html_end(out, data_of(report, history), html_chart, html_stages, html_latency,
			 NULL);
	else
		html_end(out, NULL, NULL);
}

int latency_html(const char *file, const struct latency_report *report,
		 const struct latency_history *history)
{
	FILE *out = fopen(file, "w");

	if (out)
		page(out, report, history);
	return output_close(out, file);
}
