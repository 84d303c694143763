// SPDX-License-Identifier: MIT
/* kplug slow: a slow interrupt as a line of JSON. */
#include "common/command.h"
#include "slow.h"

static cJSON *part_object(const struct slow_part *part)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "what", slow_kinds[part->kind]);
	if (part->kind == PART_SOFTIRQ)
		cJSON_AddStringToObject(object, "name", slow_softirq(part->id));
	else if (part->name[0])
		cJSON_AddStringToObject(object, "name", part->name);
	if (part->kind == PART_TASK || part->kind == PART_IRQ)
		cJSON_AddNumberToObject(object, "id", part->id);
	if (part->kind == PART_TASK) {
		cJSON_AddBoolToObject(object, "irqs_off", part->irqs_off);
		cJSON_AddNumberToObject(object, "precedence", part->precedence);
	}
	cJSON_AddNumberToObject(object, "cpu", part->cpu);
	cJSON_AddNumberToObject(object, "ns", (double)part->ns);
	return object;
}

static void add_points(cJSON *object, const struct slow_record *r)
{
	cJSON *points = cJSON_AddArrayToObject(object, "points"), *one;
	int i;

	for (i = 0; i < SLOW_POINTS; i++) {
		if (!r->points[i].what)
			continue;
		one = cJSON_CreateObject();
		cJSON_AddItemToArray(points, one);
		cJSON_AddStringToObject(one, "what", slow_whats[r->points[i].what]);
		cJSON_AddNumberToObject(one, "ns", (double)(r->points[i].time - r->points[0].time));
		cJSON_AddNumberToObject(one, "cpu", r->points[i].cpu);
	}
}

void slow_json(FILE *out, const struct targets *targets, const struct slow_record *r)
{
	static struct slow_parts parts;
	cJSON *object = cJSON_CreateObject(), *list;
	char name[80];
	unsigned int i;

	slow_source_name(targets, r, name, sizeof(name));
	cJSON_AddNumberToObject(object, "time", (double)r->points[0].time);
	cJSON_AddStringToObject(object, "of", name);
	cJSON_AddNumberToObject(object, "ns", (double)slow_length(r));
	if (r->thread) {
		snprintf(name, sizeof(name), "%.16s", r->program);
		cJSON_AddStringToObject(object, "program", name);
		cJSON_AddNumberToObject(object, "thread", r->thread);
	}
	add_points(object, r);
	slow_split(r, &parts);
	list = cJSON_AddArrayToObject(object, "parts");
	for (i = 0; i < parts.num; i++)
		cJSON_AddItemToArray(list, part_object(&parts.list[i]));
	print_json_line(out, "slow-1", object);
}
