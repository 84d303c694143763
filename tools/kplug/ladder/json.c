// SPDX-License-Identifier: MIT
/* kplug ladder: the report as JSON, a list of rows. */
#include "common/command.h"
#include "ladder.h"

static void add_number(cJSON *row, const char *key, bool known, uint64_t value)
{
	if (known)
		cJSON_AddNumberToObject(row, key, (double)value);
	else
		cJSON_AddNullToObject(row, key);
}

static void add_spread(cJSON *row, const char *key, const struct ladder_spread *s)
{
	cJSON *spread =
		s->known ? cJSON_AddObjectToObject(row, key) : cJSON_AddNullToObject(row, key);

	if (!s->known)
		return;
	add_number(spread, "p50", true, s->p50);
	add_number(spread, "p99", true, s->p99);
	add_number(spread, "max", true, s->max);
}

static void add_figures(cJSON *object, const struct ladder_row *row)
{
	add_spread(object, "entry", &row->entry);
	add_spread(object, "acked", &row->acked);
	add_spread(object, "user", &row->user);
	add_number(object, "per_interrupt", true, row->per_interrupt);
	add_number(object, "burst", row->burst, row->burst);
	add_number(object, "mmio_reads", true, row->kind->mmio_reads);
	add_number(object, "mmio_writes", true, row->kind->mmio_writes);
	add_number(object, "raised", true, row->raised);
	add_number(object, "handled", true, row->handled);
	add_number(object, "lost", true, row->lost);
}

cJSON *ladder_json_row(cJSON *rows, const struct ladder_kind *kind,
		       const struct ladder_device *device, const char *kernel)
{
	cJSON *row = cJSON_CreateObject();

	cJSON_AddItemToArray(rows, row);
	cJSON_AddStringToObject(row, "path", kind->name);
	cJSON_AddStringToObject(row, "title", kind->title);
	cJSON_AddStringToObject(row, "device", device->address);
	cJSON_AddStringToObject(row, "kernel", kernel);
	return row;
}

cJSON *ladder_rows(const struct ladder_report *report)
{
	cJSON *rows = cJSON_CreateArray();
	size_t i;

	for (i = 0; i < report->num_rows; i++) {
		const struct ladder_row *row = &report->rows[i];
		cJSON *object = ladder_json_row(rows, row->kind, report->device, report->kernel);

		cJSON_AddStringToObject(object, "unit", report->unit);
		if (*row->why)
			cJSON_AddStringToObject(object, "unavailable", row->why);
		else
			add_figures(object, row);
	}
	return rows;
}

void ladder_json(const struct ladder_report *report)
{
	print_json("ladder-1", ladder_rows(report));
}
