// SPDX-License-Identifier: MIT
/* kplug ladder: the report as one page with a picture. */
#include <inttypes.h>
#include <string.h>

#include "common/html.h"
#include "ladder.h"

/* Geometry of the picture, in its own units. */
enum { WIDTH = 960, LABEL = 165, RIGHT = 70, BAR = 26, STEP = 44, TOP = 30 };

static const struct ladder_row *find_row(const struct ladder_report *report,
					 const struct ladder_kind *kind)
{
	size_t i;

	for (i = 0; i < report->num_rows; i++)
		if (report->rows[i].kind == kind && !*report->rows[i].why)
			return &report->rows[i];
	return NULL;
}

/* The result in one or two sentences. */
static void lead(FILE *out, const struct ladder_report *report)
{
	const struct ladder_row *user = find_row(report, &ladder_user);
	const struct ladder_row *plugin = find_row(report, &ladder_plugin);

	if (!user || !plugin || !plugin->acked.p50)
		return;
	fprintf(out,
		"<p class=\"lead\">The device is acknowledged after %" PRIu64
		" %s if the handler is a function of the program, and after %" PRIu64
		" if it is a kernel plugin: <b>%.1f times faster</b>. ",
		user->acked.p50, report->unit, plugin->acked.p50,
		(double)user->acked.p50 / plugin->acked.p50);
	if (user->burst && plugin->burst && plugin->per_interrupt)
		fprintf(out,
			"If the program does not wait for every interrupt, one costs the CPU %" PRIu64
			" %s instead of %" PRIu64 ".",
			plugin->burst, report->unit, user->per_interrupt);
	fputs("</p>\n", out);
}

static uint64_t longest(const struct ladder_report *report)
{
	uint64_t max = 1;
	size_t i;

	for (i = 0; i < report->num_rows; i++) {
		const struct ladder_row *row = &report->rows[i];

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
		fprintf(out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>", x_of(at, max),
			TOP - 8, x_of(at, max), bottom);
		fprintf(out,
			"<text class=\"soft\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%" PRIu64
			"</text>\n",
			x_of(at, max), TOP - 14, at);
	}
}

/* Draws the bar up to @to; gives the start of the next stage. */
static uint64_t stage(FILE *out, const char *name, const char *what, uint64_t from,
		      const struct ladder_spread *to, uint64_t max, int y)
{
	if (!to->known || to->p50 <= from)
		return from;
	fprintf(out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s after %" PRIu64
		" (p99 %" PRIu64 ", max %" PRIu64 ")</title></rect>\n",
		name, x_of(from, max), y, x_of(to->p50, max) - x_of(from, max), BAR, what, to->p50,
		to->p99, to->max);
	return to->p50;
}

static void bar(FILE *out, const struct ladder_row *row, uint64_t max, int y)
{
	bool notified_first = row->user.known && row->user.p50 < row->acked.p50;
	uint64_t at = stage(out, "entry", "handler entered", 0, &row->entry, max, y);

	if (notified_first)
		at = stage(out, "user", "program notified", at, &row->user, max, y);
	at = stage(out, "acked", "device acknowledged", at, &row->acked, max, y);
	if (!notified_first)
		at = stage(out, "user", "program notified", at, &row->user, max, y);
	fprintf(out, "<text x=\"%.1f\" y=\"%d\">%" PRIu64 "</text>\n", x_of(at, max) + 6, y + 18,
		at);
}

static void picture(FILE *out, const struct ladder_report *report)
{
	uint64_t max = longest(report);
	int bottom = TOP + STEP * (int)report->num_rows;
	size_t i;

	fprintf(out,
		"<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Stages of an interrupt on each path\">\n",
		WIDTH, bottom + 6);
	axis(out, max, bottom);
	for (i = 0; i < report->num_rows; i++) {
		const struct ladder_row *row = &report->rows[i];
		int y = TOP + STEP * (int)i;

		fprintf(out, "<text x=\"0\" y=\"%d\">", y + 18);
		html_escaped(out, row->kind->title);
		fputs("</text>\n", out);
		if (*row->why)
			fprintf(out,
				"<text class=\"soft\" x=\"%d\" y=\"%d\">not available</text>\n",
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
		fprintf(out,
			"<svg viewBox=\"0 0 12 12\" style=\"width:.8em\"><rect class=\"%s\" width=\"12\" height=\"12\"/></svg> %s &emsp; ",
			items[i][0], items[i][1]);
	fputs("</p>\n", out);
}

static void spread(FILE *out, const struct ladder_spread *s)
{
	if (s->known)
		fprintf(out, "<td>%" PRIu64 " / %" PRIu64 " / %" PRIu64 "</td>", s->p50, s->p99,
			s->max);
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

static void table_row(FILE *out, const struct ladder_row *row)
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

static void table(FILE *out, const struct ladder_report *report)
{
	size_t i;

	fputs("<div class=\"wide\"><table>\n"
	      "<tr><th></th><th>handler entry</th><th>acknowledged</th>"
	      "<th>program notified</th><th>a turn</th><th>in burst</th>"
	      "<th>raised</th><th>handled</th><th>lost</th></tr>\n",
	      out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, &report->rows[i]);
	fputs("</table></div>\n", out);
}

static const char notes[] =
	"<p><small>Latencies are p50 / p99 / max. <b>A turn</b> is the mean time from one raise to the\n"
	"next if the program waits for each. <b>In burst</b> is the mean time of an interrupt if many\n"
	"are raised back to back. <b>Raised, handled, lost</b> are the counts of that burst; the\n"
	"program does not even count lost ones.</small></p>\n"
	"<h2>The rows</h2>\n"
	"<p><b>kplug rung 0</b>: the handler is a function of the program, which the kernel wakes.\n"
	"<b>Rung 1</b>: the handler is a short list of register steps, which the kernel checks once\n"
	"and runs in the hard interrupt. <b>Rung 3</b>: the handler is a kernel plugin, compiled from\n"
	"the same source as the function of rung 0. The rest of the program is the same on every\n"
	"rung.</p>\n"
	"<p><b>Bare request_irq</b>: a minimal kernel driver without kplug, the shortest possible\n"
	"path. <b>UIO</b> and <b>VFIO</b>: the kernel's own ways to drive a device from a program. Their\n"
	"handler is the program, so its entry is the moment the program is notified.</p>\n";

static bool counts_instructions(const struct ladder_report *report)
{
	return strstr(report->unit, "instruction");
}

void ladder_html(FILE *out, const struct ladder_report *report)
{
	html_begin(out, "kplug ladder");
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
		fputs("<p>The figures are guest instructions of an emulator: the length of the\n"
		      "path through the software, the same in every run, without the time of\n"
		      "hardware. On a real machine <code>kplug ladder</code> prints\n"
		      "nanoseconds.</p>\n",
		      out);
	fputs("</html>\n", out);
}
