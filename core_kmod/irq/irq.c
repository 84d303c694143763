// SPDX-License-Identifier: GPL-2.0
/* The path from an interrupt to the verdict of its handler, and acting on the verdict. */
#include <linux/atomic.h>
#include <linux/irqreturn.h>
#include <linux/ktime.h>

#include "bus/bus.h"
#include "device.h"
#include "event/channel.h"
#include "irq/clock.h"
#include "irq/deferred.h"
#include "irq/irq.h"
#include "irq/storm.h"
#include "irq/vector.h"
#include "trace.h"

/* The storm guard checks one of this many runs, so that the others stay cheap. */
#define STORM_SAMPLE 256

/* A line stays asserted until the device is served; a message is a single event. */
static bool is_line(const struct kplug_vector *v)
{
	return v->dev->irq_mode == KPLUG_IRQ_INTX || v->dev->irq_mode == KPLUG_IRQ_WIRED;
}

/* The handler while the vector's owner is not ready yet, or in a pause of the device. */
unsigned int kplug_irq_hard_quiet(struct kplug_irq *irq)
{
	return KPLUG_NONE;
}

/* No kernel handler can silence the device, so mask a line and notify the program. */
unsigned int kplug_irq_hard_user(struct kplug_irq *irq)
{
	struct kplug_vector *v = to_kplug_vector(irq);
	const struct kplug_bus_ops *bus = v->dev->bus;

	if (v->level) {
		/* A masked function did not interrupt: another device on the line did. */
		if (READ_ONCE(v->masked) || !bus->irq_claim(v))
			return KPLUG_NONE;
		WRITE_ONCE(v->masked, true);
	} else if (is_line(v)) {
		/* A dedicated line that only the interrupt controller can mask. */
		bus->irq_mask(v);
		WRITE_ONCE(v->masked, true);
	}
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static inline void count_up(u64 *counter)
{
	/* One writer at a time and one instruction; readers may get a slightly older value. */
	data_race((*counter)++);
}

/* Runs only the owner's handler. */
static __always_inline unsigned int run_handler(struct kplug_vector *v)
{
	unsigned int verdict;

	v->irq.captured = 0;
	verdict = READ_ONCE(v->hard)(&v->irq);
	count_up(&v->count.raised);
	return verdict;
}

/* @t_hard, @t_end: 0 when no listener needs times */
static __always_inline irqreturn_t act(struct kplug_vector *v, unsigned int verdict, u64 t_hard,
				       u64 t_end)
{
	if (unlikely(verdict == KPLUG_NONE)) {
		count_up(&v->count.none);
		/*
		 * A message is over. A line may belong to another driver, or Linux has to disable
		 * it.
		 */
		return is_line(v) ? IRQ_NONE : IRQ_HANDLED;
	}
	/* A hint that favours deferred handlers and costs the others nothing. */
	if (likely(verdict & KPLUG_DEFER))
		kplug_deferred_schedule(v);
	if (verdict & KPLUG_NOTIFY) {
		if (kplug_channel_idle(v))
			atomic64_inc(&v->count.posted);
		else
			kplug_channel_post_irq(v, t_hard, t_end);
	}
	return IRQ_HANDLED;
}

static __always_inline void trace_end(struct kplug_vector *v, unsigned int verdict, u64 ns)
{
	trace_kplug_handler_end(v->dev->id, v->irq.vector, verdict, ns);
}

/* Reads the clock, for listeners and the storm guard. */
static __always_inline irqreturn_t run_timed(struct kplug_vector *v, bool traced)
{
	u64 start = kplug_clock_start();
	unsigned int verdict = run_handler(v);
	u64 now = ktime_get_mono_fast_ns();
	u64 ns = kplug_clock_since(start, now);

	if (traced)
		trace_end(v, verdict, ns);
	/* The run is counted already, so 1 is the first run of each sample. */
	if (unlikely(ns > v->sample_ns || v->count.raised % STORM_SAMPLE == 1))
		kplug_storm_sample(v, ns, v->count.raised % STORM_SAMPLE == 1);
	/* The usual verdict when there are listeners. */
	if (likely(verdict == (KPLUG_HANDLED | KPLUG_NOTIFY))) {
		kplug_channel_post_irq(v, now - ns, now);
		return IRQ_HANDLED;
	}
	return act(v, verdict, now - ns, now);
}

static __always_inline irqreturn_t run_plain(struct kplug_vector *v, bool traced)
{
	u64 start = traced ? kplug_clock_start() : 0;
	unsigned int verdict = run_handler(v);

	if (traced)
		trace_end(v, verdict, kplug_clock_elapsed(start));
	return act(v, verdict, 0, 0);
}

static __always_inline bool wants_clock(const struct kplug_vector *v)
{
	return READ_ONCE(v->wants_clock) || unlikely(!(v->count.raised % STORM_SAMPLE));
}

/* Three separate functions, so that none saves registers for the others. */
static noinline irqreturn_t hard_timed(struct kplug_vector *v)
{
	return run_timed(v, false);
}

static noinline irqreturn_t hard_plain(struct kplug_vector *v)
{
	return run_plain(v, false);
}

static noinline irqreturn_t hard_traced(struct kplug_vector *v)
{
	trace_kplug_irq_entry(v->dev->id, v->irq.vector);
	return wants_clock(v) ? run_timed(v, true) : run_plain(v, true);
}

/**
 * kplug_irq_hard() - handle the interrupt of any vector
 * @irq: unused
 * @data: the vector
 *
 * Everything before the handler adds to every latency. The clock is therefore read only if a
 * listener needs times, and the storm guard checks a sample of the runs.
 *
 * Context: hard interrupt, or its thread; runs of one vector never overlap.
 */
irqreturn_t kplug_irq_hard(int irq, void *data)
{
	struct kplug_vector *v = data;

	if (static_branch_unlikely(&kplug_trace_handlers))
		return hard_traced(v);
	return wants_clock(v) ? hard_timed(v) : hard_plain(v);
}
