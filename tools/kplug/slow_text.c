// SPDX-License-Identifier: MIT
/* kplug slow: an interrupt that was slow, in words and as JSON. */
#include <string.h>

#include "command.h"
#include "slow.h"

#define MAX_SHOWN 6	/* of those who had the time; the rest is told by its sum */

static const char *const whats[] = {
	[SLOW_ENTERED] = "interrupt",
	[SLOW_HANDLED] = "handler returns",
	[SLOW_THREAD_WOKEN] = "wakes its thread",
	[SLOW_THREAD_RAN] = "thread runs",
	[SLOW_THREAD_SLEPT] = "thread sleeps again",
	[SLOW_WOKEN] = "wakes the program",
	[SLOW_RAN] = "program runs",
	[SLOW_DEFERRED] = "deferred handler runs",
	[SLOW_FINISHED] = "deferred handler returns",
	[SLOW_POSTED] = "event posted",
	[SLOW_READ] = "program reads it",
};

static const char *const kinds[NUM_PART_KINDS] = {
	[PART_HANDLER] = "handler",
	[PART_THREAD] = "thread",
	[PART_DEFERRED] = "deferred handler",
	[PART_TASK] = "task",
	[PART_SELF] = "the program itself",
	[PART_IDLE] = "idle",
	[PART_SOFTIRQ] = "softirq",
	[PART_IRQ] = "irq",
	[PART_UNKNOWN] = "unknown",
};

/* In the kernel's order. */
static const char *softirq_name(uint32_t number)
{
	static const char *const names[] = {
		"HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU",
	};

	return number < sizeof(names) / sizeof(*names) ? names[number] : "?";
}

static void name_source(const struct stages_targets *t, const struct slow_record *r, char *name, size_t size)
{
	if (r->of_device)
		snprintf(name, size, "%s[%u]", stages_name(&t->devices, r->id >> 16), r->id & STAGES_NO_VECTOR);
	else
		snprintf(name, size, "%s", stages_name(&t->irqs, r->id));
}

static double us(uint64_t ns)
{
	return (double)ns / 1e3;
}

/* Why who waited was not let in before it. */
static const char *excuse(const struct slow_part *part)
{
	if (part->irqs_off)
		return ", with interrupts off";
	if (part->precedence > 0)
		return ", of higher priority";
	return part->precedence < 0 ? ", which was not preempted" : "";
}

static void print_part(FILE *out, const struct slow_part *part)
{
	switch (part->kind) {
	case PART_TASK:
		fprintf(out, "task %s/%u%s", part->name, part->id, excuse(part));
		break;
	case PART_IDLE:
		fputs("idle: it slept, or nobody waited", out);
		break;
	case PART_SOFTIRQ:
		fprintf(out, "softirq %s", softirq_name(part->id));
		break;
	case PART_IRQ:
		fprintf(out, "irq %u %s", part->id, part->name);
		break;
	case PART_HANDLER:
	case PART_THREAD:
	case PART_DEFERRED:
		fprintf(out, "the %s itself", kinds[part->kind]);
		break;
	default:
		fputs(kinds[part->kind], out);
	}
	fprintf(out, ", on processor %u", part->cpu);
}

static void print_parts(FILE *out, const struct slow_parts *parts)
{
	uint64_t rest = 0;
	unsigned int i;

	for (i = 0; i < parts->num; i++) {
		if (i >= MAX_SHOWN) {
			rest += parts->list[i].ns;
			continue;
		}
		fprintf(out, "  %s %10.1f us  ", i ? "     " : "cause", us(parts->list[i].ns));
		print_part(out, &parts->list[i]);
		fputc('\n', out);
	}
	if (rest)
		fprintf(out, "        %10.1f us  others\n", us(rest));
}

void slow_text(FILE *out, const struct stages_targets *targets, const struct slow_record *r)
{
	static struct slow_parts parts;
	char name[80];
	int i;

	name_source(targets, r, name, sizeof(name));
	fprintf(out, "%.1f us  %s", us(slow_length(r)), name);
	if (r->thread)
		fprintf(out, ", for %.16s/%u", r->program, r->thread);
	fputc('\n', out);
	for (i = 0; i < SLOW_POINTS; i++)
		if (r->points[i].what)
			fprintf(out, "  at    %10.1f us  %s, on processor %u\n", us(r->points[i].time - r->points[0].time),
				whats[r->points[i].what], r->points[i].cpu);
	slow_split(r, &parts);
	print_parts(out, &parts);
}

static cJSON *part_object(const struct slow_part *part)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "what", kinds[part->kind]);
	if (part->kind == PART_SOFTIRQ)
		cJSON_AddStringToObject(object, "name", softirq_name(part->id));
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
		cJSON_AddStringToObject(one, "what", whats[r->points[i].what]);
		cJSON_AddNumberToObject(one, "ns", (double)(r->points[i].time - r->points[0].time));
		cJSON_AddNumberToObject(one, "cpu", r->points[i].cpu);
	}
}

void slow_json(FILE *out, const struct stages_targets *targets, const struct slow_record *r)
{
	static struct slow_parts parts;
	cJSON *object = cJSON_CreateObject(), *list;
	char name[80], *text;
	unsigned int i;

	name_source(targets, r, name, sizeof(name));
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
	text = cJSON_PrintUnformatted(object);
	if (text)
		fprintf(out, "%s\n", text);
	cJSON_free(text);
	cJSON_Delete(object);
}
