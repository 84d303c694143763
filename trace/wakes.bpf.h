/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whom an interrupt wakes, in any driver: a program, or its own thread, which
 * wakes others. For tracing programs that follow it so far.
 */
#ifndef WAKES_BPF_H
#define WAKES_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "stages.h"

/* What is read of them; where it is, the kernel that loads us knows. */
struct task_struct {
	int pid;
	int prio;
	char comm[16];
} __attribute__((preserve_access_index));

#define IRQ_WAKE_THREAD (1u << 1)	/* of the kernel's irqreturn_t */

/* Set by who loaded us, at any time. A device has a place, from 1, for those who keep something of it. */
bool watched_irqs[STAGES_MAX_IRQS];
__u16 watched_devices[STAGES_MAX_DEVICES];

/* Tasks in woken_tasks: while it is none, nobody has to look there. */
__u64 num_woken;

/* What found no room. */
__u64 lost;

static __always_inline void no_room(void)
{
	__sync_fetch_and_add(&lost, 1);
}

static __always_inline __u32 id_of(__u32 device, __u32 vector)
{
	return device << 16 | (vector & STAGES_NO_VECTOR);
}

static __always_inline bool watched(__u32 device)
{
	return device < STAGES_MAX_DEVICES && watched_devices[device];
}

enum where {
	NOWHERE,
	IN_HANDLER,
	BEHIND_HANDLER,	/* which wants its thread to be woken */
};

/* The interrupt that a processor is in. */
struct current_irq {
	__u64 entered;
	__u32 irq;
	__u32 where;
	__u32 woke;	/* somebody */
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct current_irq);
} current_irqs SEC(".maps");

/* A task that an interrupt has woken: the program, or a thread of the interrupt, which wakes others. */
struct woken {
	__u64 entered;
	__u64 woken;	/* if the program takes the time */
	__u64 ran;	/* 0: not yet */
	__u64 thread_woken;	/* of the thread between: 0 without one, and ... */
	__u64 thread_ran;
	__u32 irq;
	__u32 irq_cpu;
	__u32 thread;
	__u32 thread_cpu;
	__u32 woke;	/* the thread, somebody */
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);	/* or as many as the user says */
	__type(key, __u32);
	__type(value, struct woken);
} woken_tasks SEC(".maps");

static __always_inline struct current_irq *current_irq(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&current_irqs, &zero);
}

/* The one that is entered, whose time is to be noted; NULL if it is not watched. What stands here adds to its latency. */
static __always_inline struct current_irq *enter_irq(__u64 irq)
{
	struct current_irq *current;

	if (irq >= STAGES_MAX_IRQS || !watched_irqs[irq])
		return NULL;
	current = current_irq();
	if (!current)
		return NULL;
	current->irq = irq;
	current->where = IN_HANDLER;
	current->woke = 0;
	return current;
}

/* The one that was entered; NULL if it is not watched. */
static __always_inline struct current_irq *leave_irq(__u64 irq, __u64 ret)
{
	struct current_irq *current = current_irq();

	if (!current || current->where != IN_HANDLER || current->irq != irq)
		return NULL;
	current->where = ret & IRQ_WAKE_THREAD ? BEHIND_HANDLER : NOWHERE;
	return current;
}

/* Unless it runs already, and is not woken: then this is anybody. */
static __always_inline bool is_irq_thread(struct task_struct *task)
{
	char name[4] = "";

	bpf_core_read(name, sizeof(name), &task->comm);
	return name[0] == 'i' && name[1] == 'r' && name[2] == 'q' && name[3] == '/';
}

static __always_inline bool woken_by_irq(struct task_struct *task, struct woken *woken)
{
	struct current_irq *current = current_irq();

	if (!current || current->where == NOWHERE)
		return false;
	woken->entered = current->entered;
	woken->irq = current->irq;
	current->woke = 1;
	if (current->where == IN_HANDLER)
		return true;
	current->where = NOWHERE;
	woken->thread = is_irq_thread(task);
	return woken->thread;
}

static __always_inline bool woken_by_thread(struct woken *woken)
{
	__u32 waker = bpf_get_current_pid_tgid();
	struct woken *thread = num_woken ? bpf_map_lookup_elem(&woken_tasks, &waker) : NULL;

	if (!thread || !thread->thread || !thread->ran)
		return false;
	thread->woke = 1;
	woken->entered = thread->entered;
	woken->irq = thread->irq;
	woken->irq_cpu = thread->irq_cpu;
	woken->thread_woken = thread->woken;
	woken->thread_ran = thread->ran;
	woken->thread_cpu = thread->thread_cpu;
	return true;
}

/* Counted before it is there, so that who looks never misses it. */
static __always_inline void keep_woken(struct task_struct *task, const struct woken *woken)
{
	__u32 pid = BPF_CORE_READ(task, pid);
	long err;

	__sync_fetch_and_add(&num_woken, 1);
	err = bpf_map_update_elem(&woken_tasks, &pid, woken, BPF_NOEXIST);
	if (!err)
		return;
	__sync_fetch_and_add(&num_woken, -1);
	if (bpf_map_update_elem(&woken_tasks, &pid, woken, BPF_EXIST))
		no_room();
}

static __always_inline void forget_woken(__u32 pid)
{
	if (!bpf_map_delete_elem(&woken_tasks, &pid))
		__sync_fetch_and_add(&num_woken, -1);
}

#endif /* WAKES_BPF_H */
