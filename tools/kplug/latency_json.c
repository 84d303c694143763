// SPDX-License-Identifier: MIT
/* kplug latency: the report as JSON, a list of rows. */
#include <inttypes.h>

#include "latency.h"

static void text(FILE *out, const char *key, const char *value)
{
	fprintf(out, ", \"%s\": \"", key);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', out);
		fputc((unsigned char)*value < ' ' ? ' ' : *value, out);
	}
	fputc('"', out);
}

static void number(FILE *out, const char *key, bool known, uint64_t value)
{
	if (known)
		fprintf(out, ", \"%s\": %" PRIu64, key, value);
	else
		fprintf(out, ", \"%s\": null", key);
}

static void spread(FILE *out, const char *key, const struct latency_spread *s)
{
	char name[32];

	number(out, key, s->known, s->p50);
	snprintf(name, sizeof(name), "%s_p99", key);
	number(out, name, s->known, s->p99);
	snprintf(name, sizeof(name), "%s_max", key);
	number(out, name, s->known, s->max);
}

static void figures(FILE *out, const struct latency_row *row)
{
	spread(out, "entry", &row->entry);
	spread(out, "acked", &row->acked);
	spread(out, "deferred", &row->deferred);
	spread(out, "user", &row->user);
	number(out, "per_interrupt", true, row->per_interrupt);
	number(out, "burst", row->burst, row->burst);
	number(out, "mmio_reads", true, row->kind->mmio_reads);
	number(out, "mmio_writes", true, row->kind->mmio_writes);
	number(out, "raised", true, row->raised);
	number(out, "handled", true, row->handled);
	number(out, "lost", true, row->lost);
}

void latency_json(FILE *out, const struct latency_report *report)
{
	size_t i;

	fputs("[", out);
	for (i = 0; i < report->num_rows; i++) {
		const struct latency_row *row = &report->rows[i];

		fprintf(out, "%s\n  {\"path\": \"%s\"", i ? "," : "", row->kind->name);
		text(out, "title", row->kind->title);
		text(out, "device", report->device->address);
		text(out, "kernel", report->kernel);
		text(out, "unit", report->unit);
		if (*row->why)
			text(out, "unavailable", row->why);
		else
			figures(out, row);
		fputs("}", out);
	}
	fputs("\n]\n", out);
}
