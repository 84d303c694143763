// SPDX-License-Identifier: MIT
/* What the pages of kplug latency and of kplug compare share. */
#include "page.h"

#include <inttypes.h>

void page_duration(char *text, size_t size, double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int unit = 0;

	/* 999.6 would be printed with four digits. */
	while (ns >= 999.5 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	snprintf(text, size, "%.3g %s", ns, units[unit]);
}

void page_cell(FILE *out, uint64_t ns)
{
	char text[32];

	page_duration(text, sizeof(text), (double)ns);
	fprintf(out, "<td data-ns=\"%" PRIu64 "\">%s</td>", ns, text);
}

void page_range(FILE *out, unsigned int column, uint64_t count)
{
	char from[32], to[32];

	page_duration(from, sizeof(from), column ? (double)latency_column_end(column - 1) : 0);
	page_duration(to, sizeof(to), (double)latency_column_end(column));
	if (column == LATENCY_COLUMNS - 1)
		fprintf(out, "<title>%s and more: %" PRIu64 "</title>", from, count);
	else
		fprintf(out, "<title>%s to %s: %" PRIu64 "</title>", from, to, count);
}

const char page_notes[] =
	"<h2>The stages</h2>\n"
	"<p><b>handler</b>: from the entry of the interrupt until the handler of this driver returns.\n"
	"<b>thread wakes</b>: from the same entry until the interrupt's thread runs. <b>thread</b>: how\n"
	"long it runs. <b>program runs</b>: from the same entry until the program that it woke runs.</p>\n"
	"<p>For devices of kplug: <b>kplug handler</b>: until the device's own handler returns.\n"
	"<b>deferred</b>: until the deferred handler begins. <b>deferred handler</b>: how long it runs.\n"
	"<b>record taken</b>: the age of an event when the program reads it. <b>call</b>, <b>chunk</b>:\n"
	"the duration of a call and of a chunk of DMA.</p>\n"
	"<p>Values are accurate to 1.6 %, the maximum is exact.</p>\n";
