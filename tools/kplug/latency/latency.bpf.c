// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the stages of an interrupt, from its entry to the program that it
 * wakes, in any driver, and kplug's own stages.
 *
 * All programs are raw tracepoints, whose arguments are read directly: these are
 * the cheapest, and they need no type information of modules.
 */
#include "common/wakes.bpf.h"
#include "stages.h"

#define VERDICT_DEFER (1u << 1) /* KPLUG_DEFER */

/*
 * A row is one stage of one source: its key and its histogram. Rows have an index
 * because arrays are the fastest maps. A stage gets its row at its first
 * measurement.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1); /* set by the loader, also in the next two maps */
	__type(key, __u32);
	__type(value, struct latency_histogram);
} histograms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct latency_key);
} keys SEC(".maps");

__u64 num_rows;

/* Index of the row plus 1; 0: none yet. */
__u64 irq_rows[WATCHED_MAX_IRQS][STAGE_KPLUG];

struct vector {
	__u64 handled; /* start of the wait for the deferred handler, or 0 */
	__u64 deferred; /* start of the deferred handler, or 0 */
	__u64 rows[NUM_STAGES - STAGE_KPLUG];
};

/* The last element is for what belongs to no vector. */
struct device {
	struct vector vectors[WATCHED_MAX_VECTORS + 1];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct device);
} devices SEC(".maps");

static const __u8 highest_bit[256] = {
	[2 ... 3] = 1,   [4 ... 7] = 2,    [8 ... 15] = 3,    [16 ... 31] = 4,
	[32 ... 63] = 5, [64 ... 127] = 6, [128 ... 255] = 7,
};

/* 64-bit numbers are faster: BPF clears the upper half of shorter ones at each step. */
static __always_inline __u64 bucket_of(__u64 ns)
{
	__u64 rest = ns >> LATENCY_SHIFT, power = 0, bucket;

	/* The barrier makes the compiler compare @rest, whose bounds the verifier knows. */
	barrier_var(rest);
	while (rest > 255) {
		power += 8;
		rest >>= 8;
		barrier_var(rest);
	}
	power += highest_bit[rest];
	bucket = power * LATENCY_LINEAR + (ns >> power);
	return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

/* 0: the map is full. If two processors race, the row of one of them stays unused. */
static __noinline __u64 give_row(__u64 *row, __u32 stage, __u32 id)
{
	struct latency_key key = { .stage = stage, .id = id };
	__u32 next;

	if (num_rows >= LATENCY_MAX_ROWS)
		return 0;
	next = __sync_fetch_and_add(&num_rows, 1);
	if (bpf_map_update_elem(&keys, &next, &key, BPF_ANY))
		return 0;
	__sync_val_compare_and_swap(row, 0, next + 1);
	return *row;
}

static __always_inline void measured(__u64 *row, __u32 stage, __u32 id, __u64 ns)
{
	__u32 index = (*row ?: give_row(row, stage, id)) - 1;
	struct latency_histogram *h = bpf_map_lookup_elem(&histograms, &index);

	if (!h) {
		count_lost();
		return;
	}
	h->sum += ns;
	if (ns > h->max)
		h->max = ns;
	h->buckets[bucket_of(ns)]++;
}

static __always_inline void measured_irq(__u32 stage, __u64 irq, __u64 ns)
{
	measured(&irq_rows[irq % WATCHED_MAX_IRQS][stage], stage, irq, ns);
}

/* NULL: it is not watched, or the map is full. */
static __always_inline struct vector *vector_of(__u64 device, __u64 vector)
{
	__u32 place = device < WATCHED_MAX_DEVICES ? watched_devices[device] : 0;
	struct device *d;

	if (!place)
		return NULL;
	place--;
	d = bpf_map_lookup_elem(&devices, &place);
	if (!d) {
		count_lost();
		return NULL;
	}
	return &d->vectors[vector < WATCHED_MAX_VECTORS ? vector : WATCHED_MAX_VECTORS];
}

static __always_inline void measured_vector(struct vector *v, __u32 stage, __u64 device,
					    __u64 vector, __u64 ns)
{
	measured(&v->rows[stage - STAGE_KPLUG], stage, id_of(device, vector), ns);
}

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(irq_entered, __u64 irq)
{
	struct current_irq *current = enter_irq(irq);

	if (current)
		current->entered = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(irq_left, __u64 irq, void *action, __u64 ret)
{
	struct current_irq *current = leave_irq(irq, ret);

	if (current)
		measured_irq(STAGE_HANDLER, irq, bpf_ktime_get_ns() - current->entered);
	return 0;
}

SEC("raw_tp/sched_waking")
int BPF_PROG(task_waking, struct task_struct *task)
{
	struct woken woken = { 0 };

	if (woken_by_irq(task, &woken) || woken_by_thread(&woken))
		keep_woken(task, &woken);
	return 0;
}

/*
 * A task that was woken while it ran did not wait. A thread that sleeps has
 * finished; one that does not sleep is only preempted.
 */
static __always_inline void leaves(__u32 pid, bool sleeps, __u64 now)
{
	struct woken *woken = bpf_map_lookup_elem(&woken_tasks, &pid);

	if (!woken || (woken->ran && !sleeps))
		return;
	if (woken->ran)
		measured_irq(STAGE_THREAD, woken->irq, now - woken->ran);
	drop_woken(pid);
}

static __always_inline void runs(__u32 pid, __u64 now)
{
	struct woken *woken = bpf_map_lookup_elem(&woken_tasks, &pid);

	if (!woken || woken->ran)
		return;
	measured_irq(woken->thread ? STAGE_THREAD_WAKE : STAGE_WOKEN, woken->irq,
		     now - woken->entered);
	if (woken->thread)
		woken->ran = now;
	else
		drop_woken(pid);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(task_switched, bool preempted, struct task_struct *from, struct task_struct *to,
	     unsigned int state)
{
	__u64 now;

	if (!num_woken)
		return 0;
	now = bpf_ktime_get_ns();
	leaves(bpf_get_current_pid_tgid(), falls_asleep(preempted, state), now);
	runs(BPF_CORE_READ(to, pid), now);
	return 0;
}

/* kplug's own. */

SEC("raw_tp/kplug_handler_end")
int BPF_PROG(kplug_handled, __u64 device, __u64 vector, __u64 verdict, __u64 ns)
{
	struct vector *v = vector_of(device, vector);

	if (!v)
		return 0;
	/* The first of those that are deferred together. */
	if (verdict & VERDICT_DEFER && !v->handled)
		v->handled = bpf_ktime_get_ns();
	measured_vector(v, STAGE_KPLUG, device, vector, ns);
	return 0;
}

SEC("raw_tp/kplug_deferred_entry")
int BPF_PROG(kplug_deferred, __u64 device, __u64 vector)
{
	struct vector *v = vector_of(device, vector);
	__u64 handled;

	if (!v)
		return 0;
	handled = v->handled;
	v->handled = 0;
	v->deferred = bpf_ktime_get_ns();
	if (handled)
		measured_vector(v, STAGE_DEFER, device, vector, v->deferred - handled);
	return 0;
}

SEC("raw_tp/kplug_deferred_exit")
int BPF_PROG(kplug_deferred_left, __u64 device, __u64 vector)
{
	struct vector *v = vector_of(device, vector);

	if (!v || !v->deferred)
		return 0;
	measured_vector(v, STAGE_DEFERRED, device, vector, bpf_ktime_get_ns() - v->deferred);
	v->deferred = 0;
	return 0;
}

SEC("raw_tp/kplug_event_read")
int BPF_PROG(kplug_taken, __u64 device, __u64 vector, __u64 seq, __u64 t_post)
{
	struct vector *v = vector_of(device, vector);

	if (v)
		measured_vector(v, STAGE_TAKEN, device, vector, bpf_ktime_get_ns() - t_post);
	return 0;
}

/* Calls and chunks belong to no vector, and a device may have several at a time. */

/* A start that another tracepoint is to find. */
struct start_key {
	__u32 stage;
	__u32 device;
	__u32 what; /* a task or a transaction */
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct start_key);
	__type(value, __u64);
} starts SEC(".maps");

static __always_inline void start(__u32 stage, __u32 device, __u32 what)
{
	struct start_key key = { .stage = stage, .device = device, .what = what };
	__u64 now;

	if (!watched(device))
		return;
	now = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&starts, &key, &now, BPF_ANY))
		count_lost();
}

static __always_inline void end(__u32 stage, __u32 device, __u32 what)
{
	struct start_key key = { .stage = stage, .device = device, .what = what };
	__u64 *started = bpf_map_lookup_elem(&starts, &key);
	struct vector *none;

	if (!started)
		return;
	none = vector_of(device, WATCHED_NO_VECTOR);
	if (none)
		measured_vector(none, stage, device, WATCHED_NO_VECTOR,
				bpf_ktime_get_ns() - *started);
	bpf_map_delete_elem(&starts, &key);
}

SEC("raw_tp/kplug_call_entry")
int BPF_PROG(kplug_called, __u32 device)
{
	start(STAGE_CALL, device, bpf_get_current_pid_tgid());
	return 0;
}

SEC("raw_tp/kplug_call_exit")
int BPF_PROG(kplug_answered, __u32 device)
{
	end(STAGE_CALL, device, bpf_get_current_pid_tgid());
	return 0;
}

SEC("raw_tp/kplug_dma_program")
int BPF_PROG(kplug_programmed, __u32 device, __u32 transaction)
{
	start(STAGE_CHUNK, device, transaction);
	return 0;
}

SEC("raw_tp/kplug_dma_done")
int BPF_PROG(kplug_transferred, __u32 device, __u32 transaction)
{
	end(STAGE_CHUNK, device, transaction);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
