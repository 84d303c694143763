// SPDX-License-Identifier: GPL-2.0
/*
 * How long the stages of an interrupt take: from its entry to the program that
 * it wakes, in any driver, and kplug's own stages between.
 *
 * Raw tracepoints alone, whose arguments are read as they are: they are the
 * cheapest, and need no type information of modules.
 */
#include <linux/errno.h>

#include "wakes.bpf.h"

#define VERDICT_DEFER (1u << 1)	/* KPLUG_DEFER */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1);	/* set when it is loaded */
	__type(key, struct stages_key);
	__type(value, struct stages_histogram);
} histograms SEC(".maps");

static const struct stages_histogram no_histogram;

/* A start that another tracepoint is to find. */
struct start_key {
	__u32 stage;
	__u32 id;
	__u32 what;	/* a task or a transaction */
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct start_key);
	__type(value, __u64);
} starts SEC(".maps");

static __always_inline __u32 bucket_of(__u64 ns)
{
	__u32 power = 0;

	if (ns < STAGES_LINEAR)
		return ns;
	if (ns >= 1ull << 36)
		return STAGES_BUCKETS - 1;
	/* The position of the highest bit, without a loop. */
	if (ns >> 32)
		power = 32;
	if (ns >> power >> 16)
		power += 16;
	if (ns >> power >> 8)
		power += 8;
	if (ns >> power >> 4)
		power += 4;
	if (ns >> power >> 2)
		power += 2;
	if (ns >> power >> 1)
		power += 1;
	return (power - STAGES_SHIFT + 1) * STAGES_LINEAR +
	       ((ns >> (power - STAGES_SHIFT)) & (STAGES_LINEAR - 1));
}

static __always_inline void measured(__u32 stage, __u32 id, __u64 ns)
{
	struct stages_key key = { .stage = stage, .id = id };
	struct stages_histogram *h = bpf_map_lookup_elem(&histograms, &key);
	__u32 bucket = bucket_of(ns);

	if (!h) {
		bpf_map_update_elem(&histograms, &key, &no_histogram, BPF_NOEXIST);
		h = bpf_map_lookup_elem(&histograms, &key);
	}
	if (!h) {
		no_room();
		return;
	}
	h->count++;
	h->sum += ns;
	if (ns > h->max)
		h->max = ns;
	if (bucket < STAGES_BUCKETS)
		h->buckets[bucket]++;
}

static __always_inline void start(__u32 stage, __u32 id, __u32 what, __u64 flags)
{
	struct start_key key = { .stage = stage, .id = id, .what = what };
	__u64 now = bpf_ktime_get_ns();
	long err = bpf_map_update_elem(&starts, &key, &now, flags);

	if (err && err != -EEXIST)
		no_room();
}

static __always_inline void end(__u32 stage, __u32 id, __u32 what)
{
	struct start_key key = { .stage = stage, .id = id, .what = what };
	__u64 *started = bpf_map_lookup_elem(&starts, &key);

	if (!started)
		return;
	measured(stage, id, bpf_ktime_get_ns() - *started);
	bpf_map_delete_elem(&starts, &key);
}

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(irq_entered, int irq)
{
	enter_irq(irq);
	return 0;
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(irq_left, int irq, void *action, int ret)
{
	struct current_irq *current = leave_irq(irq, ret);

	if (current)
		measured(STAGE_HANDLER, irq, bpf_ktime_get_ns() - current->entered);
	return 0;
}

SEC("raw_tp/sched_waking")
int BPF_PROG(task_waking, struct task_struct *task)
{
	struct woken woken = { 0 };
	__u32 pid;

	if (!woken_by_irq(task, &woken) && !woken_by_thread(&woken))
		return 0;
	pid = BPF_CORE_READ(task, pid);
	if (bpf_map_update_elem(&woken_tasks, &pid, &woken, BPF_ANY))
		no_room();
	return 0;
}

/*
 * Who was woken while it ran did not wait. A thread that sleeps has nothing
 * more to do; one that does not is only interrupted.
 */
static __always_inline void leaves(__u32 pid, bool sleeps, __u64 now)
{
	struct woken *woken = bpf_map_lookup_elem(&woken_tasks, &pid);

	if (!woken || (woken->ran && !sleeps))
		return;
	if (woken->ran)
		measured(STAGE_THREAD, woken->irq, now - woken->ran);
	bpf_map_delete_elem(&woken_tasks, &pid);
}

static __always_inline void runs(__u32 pid, __u64 now)
{
	struct woken *woken = bpf_map_lookup_elem(&woken_tasks, &pid);

	if (!woken || woken->ran)
		return;
	measured(woken->thread ? STAGE_THREAD_WAKE : STAGE_WOKEN, woken->irq, now - woken->entered);
	if (woken->thread)
		woken->ran = now;
	else
		bpf_map_delete_elem(&woken_tasks, &pid);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(task_switched, bool preempted, struct task_struct *from, struct task_struct *to, unsigned int state)
{
	__u64 now = bpf_ktime_get_ns();

	leaves(bpf_get_current_pid_tgid(), state != 0, now);
	runs(BPF_CORE_READ(to, pid), now);
	return 0;
}

/* kplug's own. */

SEC("raw_tp/kplug_irq_entry")
int BPF_PROG(kplug_entered, __u32 device)
{
	struct current_irq *current = current_irq();

	if (current)
		current->entered_kplug = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/kplug_handler_end")
int BPF_PROG(kplug_handled, __u32 device, __u32 vector, __u32 verdict)
{
	struct current_irq *current = current_irq();

	if (!current || !current->entered_kplug || !watched(device))
		return 0;
	measured(STAGE_KPLUG, id_of(device, vector), bpf_ktime_get_ns() - current->entered_kplug);
	/* The first of those that are deferred together. */
	if (verdict & VERDICT_DEFER)
		start(STAGE_DEFER, id_of(device, vector), 0, BPF_NOEXIST);
	return 0;
}

SEC("raw_tp/kplug_deferred_entry")
int BPF_PROG(kplug_deferred, __u32 device, __u32 vector)
{
	if (!watched(device))
		return 0;
	end(STAGE_DEFER, id_of(device, vector), 0);
	start(STAGE_DEFERRED, id_of(device, vector), 0, BPF_ANY);
	return 0;
}

SEC("raw_tp/kplug_deferred_exit")
int BPF_PROG(kplug_deferred_left, __u32 device, __u32 vector)
{
	end(STAGE_DEFERRED, id_of(device, vector), 0);
	return 0;
}

SEC("raw_tp/kplug_event_read")
int BPF_PROG(kplug_taken, __u32 device, __u32 vector, __u64 seq, __u64 t_post)
{
	if (watched(device))
		measured(STAGE_TAKEN, id_of(device, vector), bpf_ktime_get_ns() - t_post);
	return 0;
}

SEC("raw_tp/kplug_call_entry")
int BPF_PROG(kplug_called, __u32 device)
{
	if (watched(device))
		start(STAGE_CALL, id_of(device, STAGES_NO_VECTOR), bpf_get_current_pid_tgid(), BPF_ANY);
	return 0;
}

SEC("raw_tp/kplug_call_exit")
int BPF_PROG(kplug_answered, __u32 device)
{
	end(STAGE_CALL, id_of(device, STAGES_NO_VECTOR), bpf_get_current_pid_tgid());
	return 0;
}

SEC("raw_tp/kplug_dma_program")
int BPF_PROG(kplug_programmed, __u32 device, __u32 transaction)
{
	if (watched(device))
		start(STAGE_CHUNK, id_of(device, STAGES_NO_VECTOR), transaction, BPF_ANY);
	return 0;
}

SEC("raw_tp/kplug_dma_done")
int BPF_PROG(kplug_transferred, __u32 device, __u32 transaction)
{
	end(STAGE_CHUNK, id_of(device, STAGES_NO_VECTOR), transaction);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
