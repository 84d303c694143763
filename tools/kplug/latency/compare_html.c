// SPDX-License-Identifier: MIT
/* kplug compare --html: a page with both results in each picture. */
#include <inttypes.h>

#include "common/html.h"
#include "common/output.h"
#include "compare.h"
#include "page.h"

static const char *const headings[COMPARE_FIGURES] = { "p50", "p99", "p99.9", "max" };

static void heading(FILE *out, const struct latency_comparison *c)
{
	unsigned int i;
	int side;

	fputs("<h1>The stages of an interrupt, before and after</h1>\n<p class=\"soft\">", out);
	for (side = 0; side < 2; side++) {
		fprintf(out, "%s: ", compare_sides[side]);
		html_escaped(out, c->files[side]);
		fputs(", Linux ", out);
		html_escaped(out, c->results[side].kernel);
		fprintf(out, ", watched for %.*f s%s", c->results[side].seconds < 100 ? 2 : 0,
			c->results[side].seconds, side ? "</p>\n" : "<br>\n");
	}
	for (i = 0; i < c->num_remarks; i++) {
		fputs("<p class=\"remark\">", out);
		html_escaped(out, c->remarks[i]);
		fputs("</p>\n", out);
	}
}

static void change(FILE *out, double speedup)
{
	char text[32];

	compare_change(text, sizeof(text), speedup);
	fprintf(out, ", <b>%s</b>", speedup ? text : "too short to compare");
}

static void finding(FILE *out, unsigned int figure, const struct latency_histogram *before,
		    const struct latency_histogram *after)
{
	const uint64_t a = compare_figure(before, figure), b = compare_figure(after, figure);
	char from[32], to[32];

	page_duration(from, sizeof(from), (double)a);
	page_duration(to, sizeof(to), (double)b);
	fprintf(out,
		"<span class=\"finding\" data-before=\"%" PRIu64 "\" data-after=\"%" PRIu64
		"\">%s before and %s after",
		a, b, from, to);
	change(out, compare_speedup(before, after, figure));
	fputs("</span>", out);
}

static void findings(FILE *out, const struct latency_histogram *before,
		     const struct latency_histogram *after)
{
	fputs("half of them took at most ", out);
	finding(out, 0, before, after);
	fputs("; 99&nbsp;% took at most ", out);
	finding(out, 1, before, after);
	fputs(before->count < 100 || after->count < 100 ? " (from fewer than 100 measurements).\n" :
							  ".\n",
	      out);
}

/* The first stage in both results, or NUM_STAGES. */
static unsigned int common_stage(const struct latency_result results[2])
{
	unsigned int i;

	for (i = 0; i < NUM_STAGES && !(results[0].stages[i].count && results[1].stages[i].count);
	     i++)
		;
	return i;
}

/* The result in one sentence, about the program if both results have it. */
static void lead(FILE *out, const struct latency_result results[2])
{
	const struct latency_histogram *before = results[0].stages, *after = results[1].stages;
	const unsigned int stage = common_stage(results);

	fputs("<p class=\"lead\">", out);
	if (before[STAGE_WOKEN].count && after[STAGE_WOKEN].count) {
		fputs("From the interrupt until the program runs: ", out);
		findings(out, &before[STAGE_WOKEN], &after[STAGE_WOKEN]);
	} else {
		fprintf(out,
			"An interrupt woke a program %s, so the stage 'program runs' cannot be "
			"compared. ",
			before[STAGE_WOKEN].count ? "only before" :
			after[STAGE_WOKEN].count  ? "only after" :
						    "in neither result");
		if (stage < NUM_STAGES) {
			fprintf(out, "Stage '%s': ", stage_names[stage]);
			findings(out, &before[stage], &after[stage]);
		} else {
			fputs("No stage is in both results.\n", out);
		}
	}
	fputs("</p>\n", out);
}

static void side_row(FILE *out, const char *name, int side, const struct latency_histogram *h)
{
	unsigned int i;

	fprintf(out, "<tr class=\"row\"><td class=\"name\">%s</td><td class=\"name\">%s</td>", name,
		compare_sides[side]);
	html_cell(out, "count", "%" PRIu64, (uint64_t)h->count);
	for (i = 0; i < COMPARE_FIGURES; i++)
		if (h->count)
			page_cell(out, headings[i], compare_figure(h, i));
		else
			html_cell(out, headings[i], "-");
	fputs("</tr>\n", out);
}

static void change_row(FILE *out, const struct latency_histogram *before,
		       const struct latency_histogram *after)
{
	char text[32];
	unsigned int i;

	fputs("<tr class=\"change\"><td class=\"name\"></td><td class=\"name\">change</td><td></td>",
	      out);
	for (i = 0; i < COMPARE_FIGURES; i++) {
		compare_change(text, sizeof(text), compare_speedup(before, after, i));
		html_cell(out, headings[i], "%s", text);
	}
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct latency_result results[2])
{
	unsigned int i;

	fputs("<table id=\"stages\" class=\"sides\">\n<tr><th class=\"name\">stage</th><th></th><th>count</th>",
	      out);
	for (i = 0; i < COMPARE_FIGURES; i++)
		fprintf(out, "<th>%s</th>", headings[i]);
	fputs("</tr>\n", out);
	for (i = 0; i < NUM_STAGES; i++) {
		const struct latency_histogram *before = &results[0].stages[i],
					       *after = &results[1].stages[i];

		if (!before->count && !after->count)
			continue;
		side_row(out, stage_names[i], 0, before);
		side_row(out, "", 1, after);
		change_row(out, before, after);
	}
	fputs("</table>\n", out);
}

/* For compare.js. */
static cJSON *data_of(const struct latency_result results[2])
{
	cJSON *data = cJSON_CreateObject(), *stages = cJSON_AddArrayToObject(data, "stages");
	cJSON *object;
	unsigned int i;
	int side;

	for (i = 0; i < NUM_STAGES; i++) {
		if (!results[0].stages[i].count && !results[1].stages[i].count)
			continue;
		object = cJSON_CreateObject();
		cJSON_AddItemToArray(stages, object);
		cJSON_AddStringToObject(object, "stage", stage_names[i]);
		for (side = 0; side < 2; side++)
			page_histogram(cJSON_AddObjectToObject(object, compare_sides[side]),
				       &results[side].stages[i]);
	}
	return data;
}

static void page(FILE *out, const struct latency_comparison *comparison)
{
	const bool any = compare_any(comparison->results);

	html_begin(out, "kplug compare");
	heading(out, comparison);
	if (any) {
		lead(out, comparison->results);
		table(out, comparison->results);
		html_pictures(out);
	} else {
		fputs("<p class=\"lead\">Neither result has an interrupt.</p>\n", out);
	}
	fputs(page_notes, out);
	if (any)
		html_end(out, data_of(comparison->results), html_chart, html_stages, html_compare,
			 NULL);
	else
		html_end(out, NULL, NULL);
}

int compare_html(const char *file, const struct latency_comparison *comparison)
{
	FILE *out = fopen(file, "w");

	if (out)
		page(out, comparison);
	return output_close(out, file);
}
