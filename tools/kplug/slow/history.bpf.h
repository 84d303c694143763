/* SPDX-License-Identifier: GPL-2.0 */
/* The last activities of each processor. */
#ifndef KPLUG_HISTORY_BPF_H
#define KPLUG_HISTORY_BPF_H

#include "common/wakes.bpf.h"
#include "record.h"

/* The activities of a processor. */
struct history {
	__u64 task_since;
	__u64 irq_since;
	__u64 softirq_since; /* 0: no softirq runs */
	__u32 softirq;
	__u32 next;
	struct slow_activity last[SLOW_ACTIVITIES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct history);
} histories SEC(".maps");

static __always_inline struct history *history(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&histories, &zero);
}

static __always_inline struct history *history_of(__u32 cpu)
{
	__u32 zero = 0;

	return bpf_map_lookup_percpu_elem(&histories, &zero, cpu);
}

/* The caller fills the rest of the entry, which replaces the oldest one. */
static __always_inline struct slow_activity *did(struct history *h, __u32 kind, __u32 id,
						 __u64 start, __u64 end)
{
	struct slow_activity *a = &h->last[h->next % SLOW_ACTIVITIES];

	h->next++;
	a->start = start;
	a->end = end;
	a->kind = kind;
	a->id = id;
	a->priority = 0;
	a->name[0] = 0;
	return a;
}

static __always_inline void did_task(struct history *h, struct task_struct *task, __u64 now)
{
	struct slow_activity *a = did(h, SLOW_TASK, BPF_CORE_READ(task, pid), h->task_since, now);

	a->priority = BPF_CORE_READ(task, prio);
	bpf_core_read(a->name, sizeof(a->name), &task->comm);
	h->task_since = now;
}

/* Ends the entry of a running activity and begins a new one. */
static __always_inline void did_so_far(struct history *h, __u64 now)
{
	if (h->softirq_since) {
		did(h, SLOW_SOFTIRQ, h->softirq, h->softirq_since, now);
		h->softirq_since = now;
	}
	did_task(h, (void *)bpf_get_current_task(), now);
}

/* The activities of @h since @from, the last first. */
static __always_inline void wait(struct slow_wait *w, const struct history *h, __u64 from, __u64 to,
				 __u32 cpu, __u32 waker)
{
	__u32 i, num = 0;

	w->from = from;
	w->to = to;
	w->cpu = cpu;
	w->waker = waker;
	w->priority = 0;
	for (i = 0; h && i < SLOW_ACTIVITIES; i++) {
		const struct slow_activity *a = &h->last[(h->next - 1 - i) % SLOW_ACTIVITIES];

		if (a->end <= from)
			break;
		w->activities[i] = *a;
		num++;
	}
	w->num = num;
}

#endif /* KPLUG_HISTORY_BPF_H */
