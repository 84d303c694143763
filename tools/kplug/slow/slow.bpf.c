// SPDX-License-Identifier: GPL-2.0
/*
 * Finds interrupts that take longer than a bound, to their end or to the program
 * that they wake. Each processor keeps its last activities. If a task had to wait
 * for the processor, they are part of the record.
 */
#include "common/wakes.bpf.h"
#include "history.bpf.h"
#include "record.h"

#define VERDICT_DEFER (1u << 1) /* KPLUG_DEFER */

struct irqaction {
	const char *name;
} __attribute__((preserve_access_index));

/* Set before it is loaded: ns. */
__u64 bound;

/* The number of interrupts measured. */
__u64 measured;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} records SEC(".maps");

static __always_inline struct slow_record *record(__u32 of_device, __u32 id)
{
	struct slow_record *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	int i;

	if (!r) {
		count_lost();
		return NULL;
	}
	r->of_device = of_device;
	r->id = id;
	r->thread = 0;
	r->zero = 0;
	r->program[0] = 0;
	for (i = 0; i < SLOW_POINTS; i++)
		r->points[i].what = 0;
	for (i = 0; i < SLOW_WAITS; i++)
		r->waits[i].to = r->waits[i].from = 0;
	return r;
}

static __always_inline void point(struct slow_point *p, __u32 what, __u64 time, __u32 cpu)
{
	p->time = time;
	p->what = what;
	p->cpu = cpu;
}

static __always_inline bool is_slow(__u64 from, __u64 to)
{
	__sync_fetch_and_add(&measured, 1);
	return to - from > bound;
}

SEC("raw_tp/irq_handler_entry")
int BPF_PROG(irq_entered, __u64 irq)
{
	struct current_irq *current = enter_irq(irq);
	struct history *h = history();
	__u64 now = bpf_ktime_get_ns();

	if (h)
		h->irq_since = now;
	if (current)
		current->entered = now;
	return 0;
}

/* For an interrupt that woke no task. */
static __always_inline void slow_handler(const struct current_irq *current, __u64 now)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct slow_record *r;

	if (!is_slow(current->entered, now))
		return;
	r = record(0, current->irq);
	if (!r)
		return;
	point(&r->points[0], SLOW_ENTERED, current->entered, cpu);
	point(&r->points[1], SLOW_HANDLED, now, cpu);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

SEC("raw_tp/irq_handler_exit")
int BPF_PROG(irq_left, int irq, struct irqaction *action, int ret)
{
	struct current_irq *current = leave_irq(irq, ret);
	struct history *h = history();
	__u64 now = bpf_ktime_get_ns();
	struct slow_activity *a;

	if (h) {
		a = did(h, SLOW_IRQ, irq, h->irq_since, now);
		bpf_probe_read_kernel_str(a->name, sizeof(a->name), BPF_CORE_READ(action, name));
	}
	if (current && current->where == NOWHERE && !current->woke)
		slow_handler(current, now);
	return 0;
}

SEC("raw_tp/softirq_entry")
int BPF_PROG(softirq_entered, unsigned int number)
{
	struct history *h = history();

	if (h) {
		h->softirq = number;
		h->softirq_since = bpf_ktime_get_ns();
	}
	return 0;
}

SEC("raw_tp/softirq_exit")
int BPF_PROG(softirq_left, unsigned int number)
{
	struct history *h = history();

	if (h && h->softirq_since) {
		did(h, SLOW_SOFTIRQ, number, h->softirq_since, bpf_ktime_get_ns());
		h->softirq_since = 0;
	}
	return 0;
}

/* A processor signals another that there is a task to run. Only x86 has the tracepoints. */
static __always_inline int signalled(void)
{
	struct history *h = history();
	__u64 now = bpf_ktime_get_ns();

	if (h)
		did(h, SLOW_SIGNAL, 0, now, now);
	return 0;
}

SEC("raw_tp/reschedule_entry")
int BPF_PROG(reschedule_signalled, int vector)
{
	return signalled();
}

SEC("raw_tp/call_function_single_entry")
int BPF_PROG(call_signalled, int vector)
{
	return signalled();
}

SEC("raw_tp/sched_waking")
int BPF_PROG(task_waking, struct task_struct *task)
{
	struct woken woken = { 0 };

	if (woken_by_irq(task, &woken))
		woken.irq_cpu = bpf_get_smp_processor_id();
	else if (!woken_by_thread(&woken))
		return 0;
	woken.woken = bpf_ktime_get_ns();
	keep_woken(task, &woken);
	return 0;
}

static __always_inline void name_task(struct slow_record *r, struct task_struct *task)
{
	r->thread = BPF_CORE_READ(task, pid);
	bpf_core_read(r->program, sizeof(r->program), &task->comm);
}

/* For a thread that sleeps again and woke no task. */
static __always_inline void slow_thread(const struct woken *w, struct task_struct *task, __u64 now)
{
	struct slow_record *r;

	if (!is_slow(w->entered, now))
		return;
	r = record(0, w->irq);
	if (!r)
		return;
	name_task(r, task);
	point(&r->points[0], SLOW_ENTERED, w->entered, w->irq_cpu);
	point(&r->points[1], SLOW_THREAD_WOKEN, w->woken, w->irq_cpu);
	point(&r->points[2], SLOW_THREAD_RAN, w->ran, w->thread_cpu);
	point(&r->points[3], SLOW_THREAD_SLEPT, now, bpf_get_smp_processor_id());
	wait(&r->waits[0], history_of(w->thread_cpu), w->woken, w->ran, w->thread_cpu, w->irq_cpu);
	r->waits[0].priority = BPF_CORE_READ(task, prio);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/* For a program that begins to run. */
static __always_inline void slow_program(const struct woken *w, struct task_struct *task,
					 struct history *h, __u64 now)
{
	__u32 cpu = bpf_get_smp_processor_id(), waker = w->thread_ran ? w->thread_cpu : w->irq_cpu;
	struct slow_record *r;

	if (!is_slow(w->entered, now))
		return;
	r = record(0, w->irq);
	if (!r)
		return;
	name_task(r, task);
	point(&r->points[0], SLOW_ENTERED, w->entered, w->irq_cpu);
	if (w->thread_ran) {
		point(&r->points[1], SLOW_THREAD_WOKEN, w->thread_woken, w->irq_cpu);
		point(&r->points[2], SLOW_THREAD_RAN, w->thread_ran, w->thread_cpu);
		wait(&r->waits[1], history_of(w->thread_cpu), w->thread_woken, w->thread_ran,
		     w->thread_cpu, w->irq_cpu);
	}
	point(&r->points[3], SLOW_WOKEN, w->woken, waker);
	point(&r->points[4], SLOW_RAN, now, cpu);
	wait(&r->waits[0], h, w->woken, now, cpu, waker);
	r->waits[0].priority = BPF_CORE_READ(task, prio);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/*
 * A task that was woken while it ran did not wait. A thread that sleeps has
 * finished; one that does not sleep is only preempted.
 */
static __always_inline void leaves(struct task_struct *task, bool sleeps, __u64 now)
{
	__u32 pid = BPF_CORE_READ(task, pid);
	struct woken *w = bpf_map_lookup_elem(&woken_tasks, &pid);

	if (!w || (w->ran && !sleeps))
		return;
	if (w->ran && w->thread && !w->woke)
		slow_thread(w, task, now);
	drop_woken(pid);
}

/* A program stays in the map until it sleeps: events it reads meanwhile did not wait. */
static __always_inline void runs(struct task_struct *task, struct history *h, __u64 now)
{
	__u32 pid = BPF_CORE_READ(task, pid);
	struct woken *w = bpf_map_lookup_elem(&woken_tasks, &pid);

	if (!w || w->ran)
		return;
	w->ran = now;
	w->thread_cpu = w->thread ? bpf_get_smp_processor_id() : w->thread_cpu;
	if (!w->thread)
		slow_program(w, task, h, now);
}

SEC("raw_tp/sched_switch")
int BPF_PROG(task_switched, bool preempted, struct task_struct *from, struct task_struct *to,
	     unsigned int state)
{
	struct history *h = history();
	__u64 now = bpf_ktime_get_ns();

	if (!h)
		return 0;
	did_task(h, from, now);
	if (!num_woken)
		return 0;
	leaves(from, falls_asleep(preempted, state), now);
	runs(to, h, now);
	return 0;
}

/* kplug's own stages: deferred handlers, and events read late. */

struct deferral {
	__u64 handled;
	__u64 entered;
	__u32 cpu;
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct deferral);
} deferrals SEC(".maps");

/* Only the first of the verdicts that one deferred run serves. */
SEC("raw_tp/kplug_handler_end")
int BPF_PROG(kplug_handled, __u32 device, __u32 vector, __u32 verdict)
{
	struct deferral d = { 0 };
	__u32 id = id_of(device, vector);

	if (!(verdict & VERDICT_DEFER) || !watched(device))
		return 0;
	d.handled = bpf_ktime_get_ns();
	d.cpu = bpf_get_smp_processor_id();
	bpf_map_update_elem(&deferrals, &id, &d, BPF_NOEXIST);
	return 0;
}

SEC("raw_tp/kplug_deferred_entry")
int BPF_PROG(kplug_deferred, __u32 device, __u32 vector)
{
	__u32 id = id_of(device, vector);
	struct deferral *d = watched(device) ? bpf_map_lookup_elem(&deferrals, &id) : NULL;

	if (d)
		d->entered = bpf_ktime_get_ns();
	return 0;
}

static __always_inline void slow_deferred(const struct deferral *d, __u32 id, __u64 now)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct history *h = history();
	struct slow_record *r;

	if (!h || !is_slow(d->handled, now))
		return;
	r = record(1, id);
	if (!r)
		return;
	did_so_far(h, now);
	point(&r->points[0], SLOW_HANDLED, d->handled, d->cpu);
	point(&r->points[1], SLOW_DEFERRED, d->entered, cpu);
	point(&r->points[2], SLOW_FINISHED, now, cpu);
	wait(&r->waits[0], h, d->handled, d->entered, cpu, cpu);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/* A verdict that arrives during the run begins the next one. */
SEC("raw_tp/kplug_deferred_exit")
int BPF_PROG(kplug_deferred_left, __u32 device, __u32 vector)
{
	__u32 id = id_of(device, vector);
	struct deferral *d = watched(device) ? bpf_map_lookup_elem(&deferrals, &id) : NULL;

	if (!d || !d->entered)
		return 0;
	slow_deferred(d, id, bpf_ktime_get_ns());
	bpf_map_delete_elem(&deferrals, &id);
	return 0;
}

/* From the post, or from when the program ran: the time before has its own record. */
SEC("raw_tp/kplug_event_read")
int BPF_PROG(kplug_taken, __u32 device, __u32 vector, __u64 seq, __u64 t_post)
{
	__u32 cpu = bpf_get_smp_processor_id(), thread = bpf_get_current_pid_tgid();
	struct woken *w = bpf_map_lookup_elem(&woken_tasks, &thread);
	struct history *h = history();
	__u64 now = bpf_ktime_get_ns();
	struct slow_record *r;

	if (!h || !watched(device) || !is_slow(w && w->ran > t_post ? w->ran : t_post, now))
		return 0;
	r = record(1, id_of(device, vector));
	if (!r)
		return 0;
	did_so_far(h, now);
	name_task(r, (void *)bpf_get_current_task());
	point(&r->points[0], SLOW_POSTED, t_post, cpu);
	point(&r->points[1], SLOW_READ, now, cpu);
	wait(&r->waits[0], h, t_post, now, cpu, cpu);
	r->waits[0].priority = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), prio);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
