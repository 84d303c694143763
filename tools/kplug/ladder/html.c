// SPDX-License-Identifier: MIT
/* kplug ladder: the report as one page with a picture. */
#include <inttypes.h>
#include <string.h>

#include "common/html.h"
#include "ladder.h"

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
	/* Like with like: both in a burst. */
	if (user->burst && plugin->burst)
		fprintf(out,
			"In a burst, for which no program waits, an interrupt costs the CPU %" PRIu64
			" and %" PRIu64 " %s.",
			user->burst, plugin->burst, report->unit);
	fputs("</p>\n", out);
}

static void spread(FILE *out, const char *heading, const struct ladder_spread *s)
{
	if (s->known)
		html_cell(out, heading, "%" PRIu64 " / %" PRIu64 " / %" PRIu64, s->p50, s->p99,
			  s->max);
	else
		html_cell(out, heading, "-");
}

static void mean(FILE *out, const char *heading, uint64_t value)
{
	if (value)
		html_cell(out, heading, "%" PRIu64, value);
	else
		html_cell(out, heading, "-");
}

static void table_row(FILE *out, const struct ladder_row *row)
{
	fputs("<tr class=\"row\"><td class=\"name\">", out);
	html_escaped(out, row->kind->title);
	fputs("</td>", out);
	if (*row->why) {
		fputs("<td class=\"why\" colspan=\"8\">not available: ", out);
		html_escaped(out, row->why);
		fputs("</td></tr>\n", out);
		return;
	}
	spread(out, "handler entry", &row->entry);
	spread(out, "acknowledged", &row->acked);
	spread(out, "program notified", &row->user);
	mean(out, "a turn", row->per_interrupt);
	mean(out, "in burst", row->burst);
	html_cell(out, "raised", "%" PRIu64, row->raised);
	html_cell(out, "handled", "%" PRIu64, row->handled);
	html_cell(out, "lost", "%" PRIu64, row->lost);
	fputs("</tr>\n", out);
}

static void table(FILE *out, const struct ladder_report *report)
{
	size_t i;

	fputs("<table>\n"
	      "<tr><th></th><th>handler entry</th><th>acknowledged</th>"
	      "<th>program notified</th><th>a turn</th><th>in burst</th>"
	      "<th>raised</th><th>handled</th><th>lost</th></tr>\n",
	      out);
	for (i = 0; i < report->num_rows; i++)
		table_row(out, &report->rows[i]);
	fputs("</table>\n", out);
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
	html_pictures(out);
	table(out, report);
	fputs(notes, out);
	if (counts_instructions(report))
		fputs("<p>The figures are guest instructions of an emulator: the length of the\n"
		      "path through the software, the same in every run, without the time of\n"
		      "hardware. On a real machine <code>kplug ladder</code> prints\n"
		      "nanoseconds.</p>\n",
		      out);
	html_end(out, ladder_rows(report), html_chart, html_ladder, NULL);
}
