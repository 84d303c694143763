// SPDX-License-Identifier: MIT
/* kplug latency compare --html: one page with both results in the same pictures. */
#include <inttypes.h>

#include "command.h"
#include "html.h"
#include "stages_html.h"

static const char style[] =
"<style>.curve { fill: none; stroke-width: 2; } path.before, .curve.before { stroke: var(--user); }\n"
"path.after, .curve.after { stroke: var(--entry); } path { stroke-width: 3; } .before { stroke-dasharray: 7 4; }\n"
"rect.before { fill: var(--user); } rect.after { fill: var(--entry); } svg.sign { width: 2em; }\n"
"td:nth-child(2), th:nth-child(2) { text-align: left; } td, th { font-variant-numeric: tabular-nums; }\n"
"tr.row td { border: 0; } tr.times td { color: var(--soft); } h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; }</style>\n";

static void heading(FILE *out, const struct stages_comparison *c)
{
	unsigned int i;
	int side;

	fputs("<h1>The stages of an interrupt, before and after</h1>\n<p class=\"soft\">", out);
	for (side = 0; side < 2; side++) {
		fputs("<svg class=\"sign\" viewBox=\"0 0 32 10\">", out);
		stages_compare_sign(out, side, 0, 5);
		fprintf(out, "</svg> %s: ", stages_sides[side]);
		html_escaped(out, c->files[side]);
		fputs(", Linux ", out);
		html_escaped(out, c->results[side].kernel);
		fprintf(out, ", watched for %.*f s%s", c->results[side].seconds < 100 ? 2 : 0, c->results[side].seconds,
			side ? "</p>\n" : "<br>\n");
	}
	for (i = 0; i < c->num_remarks; i++) {
		fputs("<p class=\"remark\">", out);
		html_escaped(out, c->remarks[i]);
		fputs("</p>\n", out);
	}
}

static void number(FILE *out, double times)
{
	fprintf(out, "%.*f", times < 10 ? 2 : times < 100 ? 1 : 0, times);
}

/* What is less than the two buckets can tell is no change. */
static void change(FILE *out, double times)
{
	fputs(", <b>", out);
	if (!times) {
		fputs("too short to tell how many times faster", out);
	} else if (times < 1.032 && times > 1 / 1.032) {
		fputs("as long as before", out);
	} else {
		number(out, times > 1 ? times : 1 / times);
		fputs(times > 1 ? " times faster" : " times slower", out);
	}
	fputs("</b>", out);
}

static void finding(FILE *out, unsigned int figure, const struct stages_histogram *before, const struct stages_histogram *after)
{
	const uint64_t a = stages_figure(before, figure), b = stages_figure(after, figure);
	char from[32], to[32];

	stages_html_duration(from, sizeof(from), (double)a);
	stages_html_duration(to, sizeof(to), (double)b);
	fprintf(out, "<span class=\"finding\" data-before=\"%" PRIu64 "\" data-after=\"%" PRIu64 "\">%s before and %s after", a, b,
		from, to);
	change(out, stages_times(before, after, figure));
	fputs("</span>", out);
}

static void findings(FILE *out, const struct stages_histogram *before, const struct stages_histogram *after)
{
	fputs("half of them took at most ", out);
	finding(out, 0, before, after);
	fputs("; 99&nbsp;% of them at most ", out);
	finding(out, 1, before, after);
	fputs(before->count < 100 || after->count < 100 ? " (of fewer than 100, 99 % are nearly all).\n" : ".\n", out);
}

/* The first that both have, or NUM_STAGES. */
static unsigned int common_stage(const struct stages_result results[2])
{
	unsigned int i;

	for (i = 0; i < NUM_STAGES && !(results[0].stages[i].count && results[1].stages[i].count); i++)
		;
	return i;
}

/* What the figures mean: what a user sees is when the program runs. */
static void lead(FILE *out, const struct stages_result results[2])
{
	const struct stages_histogram *before = results[0].stages, *after = results[1].stages;
	const unsigned int stage = common_stage(results);

	fputs("<p class=\"lead\">", out);
	if (before[STAGE_WOKEN].count && after[STAGE_WOKEN].count) {
		fputs("From the interrupt until the program that it wakes runs: ", out);
		findings(out, &before[STAGE_WOKEN], &after[STAGE_WOKEN]);
	} else {
		fprintf(out, "%s was an interrupt seen to wake a program: the stage 'program runs' cannot be compared. ",
			before[STAGE_WOKEN].count ? "Only before" : after[STAGE_WOKEN].count ? "Only after" : "In neither result");
		if (stage < NUM_STAGES) {
			fprintf(out, "Of the stage '%s', ", stages_names[stage]);
			findings(out, &before[stage], &after[stage]);
		} else {
			fputs("No stage is in both results.\n", out);
		}
	}
	fputs("</p>\n", out);
}

static void side_row(FILE *out, const char *name, int side, const struct stages_histogram *h)
{
	unsigned int i;

	fprintf(out, "<tr class=\"row\"><td>%s</td><td>%s</td><td>%" PRIu64 "</td>", name, stages_sides[side], (uint64_t)h->count);
	for (i = 0; i < STAGES_FIGURES; i++)
		if (h->count)
			stages_html_cell(out, stages_figure(h, i));
		else
			fputs("<td>-</td>", out);
	fputs("</tr>\n", out);
}

static void times_row(FILE *out, const struct stages_histogram *before, const struct stages_histogram *after)
{
	unsigned int i;

	fputs("<tr class=\"times\"><td></td><td>times faster</td><td></td>", out);
	for (i = 0; i < STAGES_FIGURES; i++) {
		double times = stages_times(before, after, i);

		fputs("<td>", out);
		if (times)
			number(out, times);
		else
			fputc('-', out);
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct stages_result results[2])
{
	unsigned int i;

	fputs("<div class=\"wide\"><table id=\"stages\">\n<tr><th>stage</th><th></th><th>count</th><th>p50</th><th>p99</th>"
	      "<th>p99.9</th><th>max</th></tr>\n", out);
	for (i = 0; i < NUM_STAGES; i++) {
		const struct stages_histogram *before = &results[0].stages[i], *after = &results[1].stages[i];

		if (!before->count && !after->count)
			continue;
		side_row(out, stages_names[i], 0, before);
		side_row(out, "", 1, after);
		times_row(out, before, after);
	}
	fputs("</table></div>\n", out);
}

static void pictures(FILE *out, const struct stages_result results[2])
{
	unsigned int i;

	fputs("<h2>Each stage</h2>\n<p class=\"soft\">Left, so many are at most so long. Right, how many are how long: each bar "
	      "up is of twice the time, and as wide as its share of all of its side. Left and right have the same scale of "
	      "time; each stage has its own.</p>\n", out);
	for (i = 0; i < NUM_STAGES; i++) {
		const struct stages_histogram *const sides[] = { &results[0].stages[i], &results[1].stages[i] };

		if (sides[0]->count || sides[1]->count)
			stages_compare_picture(out, stages_names[i], sides);
	}
}

int stages_compare_html(const char *file, const struct stages_comparison *comparison)
{
	FILE *out = fopen(file, "w");

	if (!out)
		return html_close(out, file);
	html_begin(out, "kplug latency compare");
	fputs(style, out);
	heading(out, comparison);
	if (stages_any(comparison->results)) {
		lead(out, comparison->results);
		table(out, comparison->results);
		pictures(out, comparison->results);
	} else {
		fputs("<p class=\"lead\">There was no interrupt in either result.</p>\n", out);
	}
	fputs(stages_html_notes, out);
	fputs("</html>\n", out);
	return html_close(out, file);
}
