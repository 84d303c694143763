// SPDX-License-Identifier: GPL-2.0
/* The storm guard: stops a vector whose handler would take the machine down. */
#include <linux/module.h>
#include <linux/time64.h>

#include "core.h"

static unsigned int budget_us = 10000;
module_param_named(handler_budget_us, budget_us, uint, 0644);
MODULE_PARM_DESC(handler_budget_us, "longest run of a hard handler, in microseconds, before it counts as an overrun (0: no limit)");

/* One overrun may be the emulator's or the firmware's fault; a row of them is not. */
#define MAX_OVERRUNS 8

/*
 * A line that is asserted at one look may just be a busy device. Asserted at
 * all of so many looks, each hundreds of interrupts apart, it is stuck.
 */
#define MAX_STUCK 64

static void count_anew(struct kplug_vector *v)
{
	v->overruns = 0;
	v->sample_ns = NSEC_PER_MSEC;
	v->stuck = 0;
}

static void mask_and_tell(struct kplug_vector *v)
{
	/* Masked at the controller twice, a line would have to be unmasked twice. */
	if (!READ_ONCE(v->masked))
		v->dev->bus->irq_mask(v);
	WRITE_ONCE(v->masked, true);
	WRITE_ONCE(v->storm, true);
	WRITE_ONCE(v->count.storms, v->count.storms + 1);
	dev_err_ratelimited(kplug_parent(v->dev), "kplug: vector %u masked: %s\n",
			    v->irq.vector, v->stuck >= MAX_STUCK ?
			    "its line stays asserted" : "its handler overruns its budget");
	kplug_event_post(v->dev, v->irq.vector, KPLUG_EVENT_STORM, NULL, 0);
}

/**
 * kplug_storm_sample() - look whether the vector behaves
 * @v: the vector
 * @handler_ns: how long its handler ran just now
 * @look_at_line: it is time for that, too
 *
 * Context: the hard interrupt, after the handler.
 */
void kplug_storm_sample(struct kplug_vector *v, u64 handler_ns, bool look_at_line)
{
	u64 budget_ns = (u64)READ_ONCE(budget_us) * NSEC_PER_USEC;

	v->overruns = budget_ns && handler_ns > budget_ns ? v->overruns + 1 : 0;
	/* The next one counts, too, however short. */
	v->sample_ns = v->overruns ? 0 : NSEC_PER_MSEC;
	if (look_at_line)
		v->stuck = v->dev->bus->irq_pending(v) ? v->stuck + 1 : 0;
	if (v->overruns >= MAX_OVERRUNS || v->stuck >= MAX_STUCK) {
		mask_and_tell(v);
		count_anew(v);
	}
}

/* A fresh start, by arming or unmasking. */
void kplug_storm_reset(struct kplug_vector *v)
{
	count_anew(v);
	WRITE_ONCE(v->storm, false);
}
