// SPDX-License-Identifier: MIT
/* kplug slow: a slow interrupt in words. */
#include <string.h>

#include "common/color.h"
#include "common/command.h"
#include "common/lines.h"
#include "slow.h"

#define MAX_SHOWN 6 /* causes; the others are added up */

const char *const slow_whats[] = {
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

const char *const slow_kinds[NUM_PART_KINDS] = {
	[PART_HANDLER] = "handler",           [PART_THREAD] = "thread",
	[PART_DEFERRED] = "deferred handler", [PART_TASK] = "task",
	[PART_SELF] = "the program itself",   [PART_IDLE] = "idle",
	[PART_SOFTIRQ] = "softirq",           [PART_IRQ] = "irq",
	[PART_UNKNOWN] = "unknown",
};

/* In the order of the kernel. */
const char *slow_softirq(uint32_t number)
{
	static const char *const names[] = {
		"HI",       "TIMER",   "NET_TX", "NET_RX",  "BLOCK",
		"IRQ_POLL", "TASKLET", "SCHED",  "HRTIMER", "RCU",
	};

	return number < sizeof(names) / sizeof(*names) ? names[number] : "?";
}

void slow_source_name(const struct targets *t, const struct slow_record *r, char *name, size_t size)
{
	if (r->of_device)
		snprintf(name, size, "%s[%u]", targets_name(&t->devices, r->id >> 16),
			 r->id & WATCHED_NO_VECTOR);
	else
		snprintf(name, size, "%s", targets_name(&t->irqs, r->id));
}

static double us(uint64_t ns)
{
	return (double)ns / 1e3;
}

/* Why the waiting task did not preempt it. */
static const char *excuse(const struct slow_part *part)
{
	if (part->irqs_off)
		return ", with interrupts off";
	if (part->precedence > 0)
		return ", of higher priority";
	return part->precedence < 0 ? ", which was not preempted" : "";
}

static void name_part(FILE *out, const struct slow_part *part)
{
	switch (part->kind) {
	case PART_TASK:
		fprintf(out, "task %s/%u%s", part->name, part->id, excuse(part));
		break;
	case PART_IDLE:
		fputs("idle: asleep, or no task was waiting", out);
		break;
	case PART_SOFTIRQ:
		fprintf(out, "softirq %s", slow_softirq(part->id));
		break;
	case PART_IRQ:
		fprintf(out, "irq %u %s", part->id, part->name);
		break;
	case PART_HANDLER:
	case PART_THREAD:
	case PART_DEFERRED:
		fprintf(out, "the %s itself", slow_kinds[part->kind]);
		break;
	default:
		fputs(slow_kinds[part->kind], out);
	}
	fprintf(out, ", on processor %u", part->cpu);
}

static void print_part(FILE *out, const struct slow_part *part, bool first)
{
	int at = fprintf(out, "  %s %10.1f us  ", first ? "cause" : "     ", us(part->ns));
	char words[160] = "";
	FILE *text = fmemopen(words, sizeof(words), "w");

	if (text) {
		name_part(text, part);
		fclose(text);
	}
	line_end(out, (unsigned int)at, words);
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
		print_part(out, &parts->list[i], !i);
	}
	if (rest)
		fprintf(out, "        %10.1f us  others\n", us(rest));
}

void slow_text(FILE *out, const struct targets *targets, const struct slow_record *r)
{
	static struct slow_parts parts;
	char name[80], line[sizeof(name) + 40];
	int i, at;

	slow_source_name(targets, r, name, sizeof(name));
	at = snprintf(line, sizeof(line), "%.1f us  ", us(slow_length(r)));
	fprintf(out, "%s%s%s", color_begin(out, COLOR_HEAD), line, color_end(out));
	if (r->thread)
		snprintf(line, sizeof(line), "%s, for %.16s/%u", name, r->program, r->thread);
	else
		snprintf(line, sizeof(line), "%s", name);
	line_end(out, (unsigned int)at, line);
	for (i = 0; i < SLOW_POINTS; i++)
		if (r->points[i].what)
			fprintf(out, "  at    %10.1f us  %s, on processor %u\n",
				us(r->points[i].time - r->points[0].time),
				slow_whats[r->points[i].what], r->points[i].cpu);
	slow_split(r, &parts);
	print_parts(out, &parts);
}
