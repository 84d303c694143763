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

void page_cell(FILE *out, const char *heading, uint64_t ns)
{
	char text[32];

	page_duration(text, sizeof(text), (double)ns);
	fprintf(out, "<td data-label=\"%s\" data-ns=\"%" PRIu64 "\">%s</td>", heading, ns, text);
}

void page_buckets(cJSON *object, const struct latency_histogram *h)
{
	cJSON *buckets = cJSON_AddArrayToObject(object, "buckets");
	unsigned int i;

	for (i = 0; i < LATENCY_BUCKETS; i++)
		if (h->buckets[i])
			cJSON_AddItemToArray(
				buckets,
				cJSON_CreateDoubleArray((const double[]){ (double)latency_value(i),
									  (double)h->buckets[i] },
							2));
}

void page_histogram(cJSON *object, const struct latency_histogram *h)
{
	cJSON_AddNumberToObject(object, "count", (double)h->count);
	cJSON_AddNumberToObject(object, "max", (double)h->max);
	page_buckets(object, h);
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
