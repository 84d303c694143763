// SPDX-License-Identifier: MIT
/* kplug latency: the report as one page with a picture, which needs no network. */
#include <inttypes.h>
#include <string.h>

#include "html.h"
#include "latency.h"

/* Geometry of the picture, in its own units. */
enum { WIDTH = 960, LABEL = 165, RIGHT = 70, BAR = 26, STEP = 44, TOP = 30 };

static const struct latency_row *find_row(const struct latency_report *report,
					  const struct latency_kind *kind)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].kind == kind && !*report->rows[i].why)
			return &report->rows[i];
	return NULL;
}

/* What the figures mean, in one sentence. */
static void lead(FILE *out, const struct latency_report *report)
{
	const struct latency_row *user = find_row(report, &latency_user);
	const struct latency_row *plugin = find_row(report, &latency_plugin);

	if (!user || !plugin || !plugin->acked.p50)
		return;
	fprintf(out, "<p class=\"lead\">The same interrupt of the same device is answered after %" PRIu64
		" %s when the handler is a function of the program, and after %" PRIu64
		" when it is a kernel plugin: <b>%.1f times sooner</b>. ",
		user->acked.p50, report->unit, plugin->acked.p50,
		(double)user->acked.p50 / plugin->acked.p50);
	if (user->burst && plugin->burst && plugin->per_interrupt)
		fprintf(out, "And if the program need not hear of every interrupt, one costs the CPU %" PRIu64
			" %s in place of %" PRIu64 ".", plugin->burst, report->unit, user->per_interrupt);
	fputs("</p>\n", out);
}

static uint64_t longest(const struct latency_report *report)
{
	uint64_t max = 1;
	size_t i;

	for (i = 0; i < report->num_rows; i++) {
		const struct latency_row *row = &report->rows[i];

		max = row->acked.p50 > max ? row->acked.p50 : max;
		max = row->user.p50 > max ? row->user.p50 : max;
	}
	return max;
}

/* 1, 2 or 5 times a power of ten: four to ten ticks below @max. */
static uint64_t tick_of(uint64_t max)
{
	uint64_t power = 1;

	while (power * 10 <= max)
		power *= 10;
	if (max / power < 2)
		return power / 5 ? power / 5 : 1;
	return max / power < 5 ? power / 2 ? power / 2 : 1 : power;
}

static double x_of(uint64_t value, uint64_t max)
{
	return LABEL + (double)value / max * (WIDTH - LABEL - RIGHT);
}

static void axis(FILE *out, uint64_t max, int bottom)
{
	uint64_t tick = tick_of(max), at;

	for (at = 0; at <= max; at += tick) {
		fprintf(out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
			x_of(at, max), TOP - 8, x_of(at, max), bottom);
		fprintf(out, "<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%" PRIu64 "</text>\n",
			x_of(at, max), TOP - 14, at);
	}
}

/* Draws up to @to and returns where the next stage starts. */
static uint64_t stage(FILE *out, const char *name, const char *what, uint64_t from,
		      const struct latency_spread *to, uint64_t max, int y)
{
	if (!to->known || to->p50 <= from)
		return from;
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s after %" PRIu64
		" (p99 %" PRIu64 ", max %" PRIu64 ")</title></rect>\n",
		name, x_of(from, max), y, x_of(to->p50, max) - x_of(from, max), BAR,
		what, to->p50, to->p99, to->max);
	return to->p50;
}

static void bar(FILE *out, const struct latency_row *row, uint64_t max, int y)
{
	bool told_first = row->user.known && row->user.p50 < row->acked.p50;
	uint64_t at = stage(out, "entry", "handler entered", 0, &row->entry, max, y);

	if (told_first)
		at = stage(out, "user", "program notified", at, &row->user, max, y);
	at = stage(out, "acked", "device acknowledged", at, &row->acked, max, y);
	if (!told_first)
		at = stage(out, "user", "program notified", at, &row->user, max, y);
	fprintf(out, "<text x=\"%.1f\" y=\"%d\">%" PRIu64 "</text>\n", x_of(at, max) + 6, y + 18, at);
}

static void picture(FILE *out, const struct latency_report *report)
{
	uint64_t max = longest(report);
	int bottom = TOP + STEP * (int)report->num_rows;
	size_t i;

	fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Stages of an interrupt on each path\">\n",
		WIDTH, bottom + 6);
	axis(out, max, bottom);
	for (i = 0; i < report->num_rows; i++) {
		const struct latency_row *row = &report->rows[i];
		int y = TOP + STEP * (int)i;

		fprintf(out, "<text x=\"0\" y=\"%d\">", y + 18);
		html_escaped(out, row->kind->title);
		fputs("</text>\n", out);
		if (*row->why)
			fprintf(out, "<text class=\"soft\" x=\"%d\" y=\"%d\">not available</text>\n",
				LABEL + 6, y + 18);
		else
			bar(out, row, max, y);
	}
	fputs("</svg>\n", out);
}

static void legend(FILE *out)
{
	static const char *const items[][2] = {
		{ "entry", "until the handler is entered" },
		{ "acked", "until the device is acknowledged" },
		{ "user", "until the program is notified" },
	};
	size_t i;

	fputs("<p>", out);
	for (i = 0; i < sizeof(items) / sizeof(*items); i++)
		fprintf(out, "<svg viewBox=\"0 0 12 12\" style=\"width:.8em\"><rect class=\"%s\" width=\"12\" height=\"12\"/></svg> %s &emsp; ",
			items[i][0], items[i][1]);
	fputs("</p>\n", out);
}

static void spread(FILE *out, const struct latency_spread *s)
{
	if (s->known)
		fprintf(out, "<td>%" PRIu64 " / %" PRIu64 " / %" PRIu64 "</td>", s->p50, s->p99, s->max);
	else
		fputs("<td>-</td>", out);
}

static void mean(FILE *out, uint64_t value)
{
	if (value)
		fprintf(out, "<td>%" PRIu64 "</td>", value);
	else
		fputs("<td>-</td>", out);
}

static void table_row(FILE *out, const struct latency_row *row)
{
	fputs("<tr><td>", out);
	html_escaped(out, row->kind->title);
	fputs("</td>", out);
	if (*row->why) {
		fputs("<td class=\"why\" colspan=\"8\">not available: ", out);
		html_escaped(out, row->why);
		fputs("</td></tr>\n", out);
		return;
	}
	spread(out, &row->entry);
	spread(out, &row->acked);
	spread(out, &row->user);
	mean(out, row->per_interrupt);
	mean(out, row->burst);
	fprintf(out, "<td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td></tr>\n",
		row->raised, row->handled, row->lost);
}

static void table(FILE *out, const struct latency_report *report)
{
	size_t i;

	fputs("<div class=\"wide\"><table>\n<tr><th></th><th>handler entry</th><th>acknowledged</th>"
	      "<th>program notified</th><th>a turn</th><th>in burst</th>"
	      "<th>raised</th><th>handled</th><th>lost</th></tr>\n", out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, &report->rows[i]);
	fputs("</table></div>\n", out);
}

static const char notes[] =
"<p><small>Latencies are p50 / p99 / max. <b>A turn</b> is the mean time from one interrupt to the next when the\n"
"program is told of each. <b>In burst</b> is the mean time of one when they are raised back to back and nobody\n"
"listens; <b>raised, handled, lost</b> are from that burst, and a lost one never reaches the program, not even as a\n"
"count.</small></p>\n"
"<h2>What the rows are</h2>\n"
"<p><b>kplug rung 0</b>: the handler is a function of the program; the kernel wakes it. <b>Rung 1</b>: the handler is a\n"
"short list of register steps, which the kernel checks once and runs in the hard interrupt. <b>Rung 3</b>: the handler\n"
"is a kernel plugin, the same source as at rung 0. The program around it stays the same on every rung.</p>\n"
"<p><b>Bare driver</b>: a kernel driver written for this device alone, the shortest possible path. <b>UIO</b> and\n"
"<b>VFIO</b>: the kernel's own ways to drive a device from a program; there the handler is the program, so its entry\n"
"is the moment the program is notified.</p>\n";

static bool counts_instructions(const struct latency_report *report)
{
	return strstr(report->unit, "instruction");
}

void latency_html(FILE *out, const struct latency_report *report)
{
	html_begin(out, "kplug latency");
	fprintf(out, "<h1>One interrupt, several handlers</h1>\n<p class=\"soft\">Device ");
	html_escaped(out, report->device->address);
	fputs(", Linux ", out);
	html_escaped(out, report->kernel);
	fprintf(out, ", %u interrupts a path</p>\n", report->count);
	lead(out, report);
	fprintf(out, "<h2>From the write that raises the interrupt, median, in ");
	html_escaped(out, report->unit);
	fputs("</h2>\n", out);
	picture(out, report);
	legend(out);
	table(out, report);
	fputs(notes, out);
	if (counts_instructions(report))
		fputs("<p>These figures come from an emulator that counts guest instructions: they say how long the path\n"
		      "through the software is, the same on every run, and not how long hardware takes. On a real machine\n"
		      "<code>kplug latency</code> prints nanoseconds.</p>\n", out);
	fputs("</html>\n", out);
}
