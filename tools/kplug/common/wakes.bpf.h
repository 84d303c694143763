/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the tasks that an interrupt wakes, in any driver: a program, or the
 * interrupt's thread, which may wake a program.
 */
#ifndef WAKES_BPF_H
#define WAKES_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "asleep.h"
#include "watched.h"

/* The members used here. The loader adjusts their offsets to the kernel. */
struct task_struct {
	int pid;
	int prio;
	char comm[16];
} __attribute__((preserve_access_index));

#define IRQ_WAKE_THREAD (1u << 1) /* of the kernel's irqreturn_t */

/* Set by the loader at any time. For a device: its index plus 1 in maps of devices. */
bool watched_irqs[WATCHED_MAX_IRQS];
__u16 watched_devices[WATCHED_MAX_DEVICES];

/* The number of tasks in woken_tasks: if it is 0, the map need not be searched. */
__u64 num_woken;

/* Measurements and records for which there was no memory. */
__u64 lost;

static __always_inline void count_lost(void)
{
	__sync_fetch_and_add(&lost, 1);
}

static __always_inline __u32 id_of(__u32 device, __u32 vector)
{
	return device << 16 | (vector & WATCHED_NO_VECTOR);
}

static __always_inline bool watched(__u32 device)
{
	return device < WATCHED_MAX_DEVICES && watched_devices[device];
}

enum where {
	NOWHERE,
	IN_HANDLER,
	BEHIND_HANDLER, /* after a handler that wakes its thread */
};

/* The interrupt that a processor handles now. */
struct current_irq {
	__u64 entered;
	__u32 irq;
	__u32 where;
	__u32 woke; /* it woke a task */
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct current_irq);
} current_irqs SEC(".maps");

/* A task that an interrupt has woken: a program, or the thread of the interrupt. */
struct woken {
	__u64 entered;
	__u64 woken; /* when, if the BPF program needs it */
	__u64 ran; /* 0: not yet */
	__u64 thread_woken; /* of the thread that woke it; 0: the interrupt did */
	__u64 thread_ran; /* the same */
	__u32 irq;
	__u32 irq_cpu;
	__u32 thread;
	__u32 thread_cpu;
	__u32 woke; /* the thread woke a task */
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192); /* or what the user says */
	__type(key, __u32);
	__type(value, struct woken);
} woken_tasks SEC(".maps");

static __always_inline struct current_irq *current_irq(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&current_irqs, &zero);
}

/* The caller sets the time of entry. NULL: not watched. Code here adds to the latency. */
static __always_inline struct current_irq *enter_irq(__u64 irq)
{
	struct current_irq *current;

	if (irq >= WATCHED_MAX_IRQS || !watched_irqs[irq])
		return NULL;
	current = current_irq();
	if (!current)
		return NULL;
	current->irq = irq;
	current->where = IN_HANDLER;
	current->woke = 0;
	return current;
}

/* NULL: not watched. */
static __always_inline struct current_irq *leave_irq(__u64 irq, __u64 ret)
{
	struct current_irq *current = current_irq();

	if (!current || current->where != IN_HANDLER || current->irq != irq)
		return NULL;
	current->where = ret & IRQ_WAKE_THREAD ? BEHIND_HANDLER : NOWHERE;
	return current;
}

/*
 * If the thread already runs, it is not woken, and the next task to be woken may
 * be any other: check the name.
 */
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

/* Counts first: a task in the map is never missed. */
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
		count_lost();
}

static __always_inline void drop_woken(__u32 pid)
{
	if (!bpf_map_delete_elem(&woken_tasks, &pid))
		__sync_fetch_and_add(&num_woken, -1);
}

#endif /* WAKES_BPF_H */
