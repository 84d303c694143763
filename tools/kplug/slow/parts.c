// SPDX-License-Identifier: MIT
/* kplug slow: splits the time of a slow interrupt by what the processor did. */
#include <stdlib.h>
#include <string.h>

#include "slow.h"

static bool is_same(const struct slow_part *a, const struct slow_part *b)
{
	return a->kind == b->kind && a->id == b->id && a->cpu == b->cpu &&
	       a->irqs_off == b->irqs_off && !strcmp(a->name, b->name);
}

static void add(struct slow_parts *parts, const struct slow_part *part)
{
	unsigned int i;

	for (i = 0; i < parts->num; i++)
		if (is_same(&parts->list[i], part)) {
			parts->list[i].ns += part->ns;
			return;
		}
	if (parts->num < SLOW_MAX_PARTS)
		parts->list[parts->num++] = *part;
}

/* The innermost activity: an interrupt interrupts a softirq, and a softirq a task. */
static const struct slow_activity *active_at(const struct slow_wait *w, uint64_t time)
{
	const struct slow_activity *found = NULL;
	unsigned int i;

	for (i = 0; i < w->num && i < SLOW_ACTIVITIES; i++) {
		const struct slow_activity *a = &w->activities[i];

		if (a->start <= time && time < a->end && a->kind != SLOW_SIGNAL &&
		    (!found || a->kind > found->kind))
			found = a;
	}
	return found;
}

/* When the signal of the waker arrived. Until then the processor had interrupts off. */
static uint64_t heard(const struct slow_wait *w)
{
	uint64_t first = w->from;
	unsigned int i;

	if (w->waker == w->cpu)
		return first;
	/* The newest first. */
	for (i = 0; i < w->num && i < SLOW_ACTIVITIES; i++)
		if (w->activities[i].kind == SLOW_SIGNAL && w->activities[i].start >= w->from)
			first = w->activities[i].start;
	return first;
}

static void name_task(struct slow_part *part, const struct slow_record *r,
		      const struct slow_wait *w, const struct slow_activity *a, bool unheard)
{
	if (!a->id) {
		part->kind = PART_IDLE;
		part->name[0] = '\0';
		return;
	}
	part->kind = a->id == r->thread ? PART_SELF : PART_TASK;
	part->irqs_off = unheard;
	part->precedence = (a->priority < w->priority) - (a->priority > w->priority);
}

static void add_slice(struct slow_parts *parts, const struct slow_record *r,
		      const struct slow_wait *w, uint64_t from, uint64_t to)
{
	const struct slow_activity *a = active_at(w, from);
	struct slow_part part = { .kind = PART_UNKNOWN, .cpu = w->cpu, .ns = to - from };

	if (a) {
		part.id = a->id;
		memcpy(part.name, a->name, sizeof(a->name));
		part.name[strnlen(a->name, sizeof(a->name))] = '\0';
		if (a->kind == SLOW_TASK)
			name_task(&part, r, w, a, from < heard(w));
		else
			part.kind = a->kind == SLOW_SOFTIRQ ? PART_SOFTIRQ : PART_IRQ;
	}
	add(parts, &part);
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A slice ends wherever an activity begins or ends. */
static void split_wait(struct slow_parts *parts, const struct slow_record *r,
		       const struct slow_wait *w)
{
	uint64_t edges[2 * SLOW_ACTIVITIES + 2];
	unsigned int i, num = 0;

	edges[num++] = w->from;
	edges[num++] = w->to;
	for (i = 0; i < w->num && i < SLOW_ACTIVITIES; i++) {
		if (w->activities[i].start > w->from && w->activities[i].start < w->to)
			edges[num++] = w->activities[i].start;
		if (w->activities[i].end > w->from && w->activities[i].end < w->to)
			edges[num++] = w->activities[i].end;
	}
	qsort(edges, num, sizeof(*edges), by_time);
	for (i = 0; i + 1 < num; i++)
		if (edges[i + 1] > edges[i])
			add_slice(parts, r, w, edges[i], edges[i + 1]);
}

static const struct slow_point *point_behind(const struct slow_record *r,
					     const struct slow_point *p)
{
	while (++p < r->points + SLOW_POINTS)
		if (p->what)
			return p;
	return NULL;
}

/* The activity from this point to the next; false: a wait, which split_wait() handles. */
static bool works(uint32_t what, enum slow_part_kind *kind)
{
	switch (what) {
	case SLOW_ENTERED:
		*kind = PART_HANDLER;
		return true;
	case SLOW_THREAD_RAN:
		*kind = PART_THREAD;
		return true;
	case SLOW_DEFERRED:
		*kind = PART_DEFERRED;
		return true;
	default:
		return false;
	}
}

static int by_length(const void *a, const void *b)
{
	const struct slow_part *x = a, *y = b;

	return (x->ns < y->ns) - (x->ns > y->ns);
}

void slow_split(const struct slow_record *r, struct slow_parts *parts)
{
	const struct slow_point *p = r->points, *next;
	unsigned int i;

	parts->num = 0;
	for (; (next = point_behind(r, p)); p = next) {
		struct slow_part part = { .cpu = p->cpu, .ns = next->time - p->time };

		if (works(p->what, &part.kind) && part.ns)
			add(parts, &part);
	}
	for (i = 0; i < SLOW_WAITS; i++)
		if (r->waits[i].to > r->waits[i].from)
			split_wait(parts, r, &r->waits[i]);
	qsort(parts->list, parts->num, sizeof(*parts->list), by_length);
}

uint64_t slow_length(const struct slow_record *r)
{
	const struct slow_point *last = r->points, *next;

	while ((next = point_behind(r, last)))
		last = next;
	return last->time - r->points[0].time;
}
