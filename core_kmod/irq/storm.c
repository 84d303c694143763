// SPDX-License-Identifier: GPL-2.0
/* The storm guard: masks a vector whose interrupts would stall the machine. */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/time64.h>
#include <linux/timer.h>

#include "bus/bus.h"
#include "compat.h"
#include "device.h"
#include "irq/storm.h"
#include "irq/vector.h"

static unsigned int budget_us = 10000;
module_param_named(handler_budget_us, budget_us, uint, 0644);
MODULE_PARM_DESC(
	handler_budget_us,
	"longest run of a hard handler, in microseconds, before it counts as an overrun (0: no limit)");

/* A single overrun may be caused by an emulator or firmware; several in a row are not. */
#define MAX_OVERRUNS 8

/*
 * A line that is asserted at one check may belong to a busy device. When it is asserted at this
 * many checks in a row, each hundreds of interrupts apart, it is stuck.
 */
#define MAX_STUCK 64

/*
 * A line that a program serves (rung 0) is checked when the program unmasks it. A program may serve
 * the device correctly but unmask late, when the next interrupt is already pending. Therefore a
 * timer checks the line too, at times that do not depend on the program: a line that is served is
 * low at one of them.
 */
#define UNMASKS_A_LOOK 16
#define SUSPICIOUS     8 /* checks in a row before the timer starts */
#define MAX_TICKS      128

static void set_overruns(struct kplug_vector *v, u8 overruns)
{
	v->overruns = overruns;
	/* Time the next run too, however short it is and whether or not listeners need times. */
	v->sample_ns = overruns ? 0 : NSEC_PER_MSEC;
	WRITE_ONCE(v->suspect, overruns != 0);
}

static void count_anew(struct kplug_vector *v)
{
	set_overruns(v, 0);
	v->stuck = 0;
	v->unmasks.stuck = 0;
	atomic_set(&v->unmasks.ticks, 0);
}

static void mask_and_tell(struct kplug_vector *v, const char *why)
{
	/* The interrupt controller counts masks, so never mask a line twice. */
	if (!READ_ONCE(v->masked))
		v->dev->bus->irq_mask(v);
	WRITE_ONCE(v->masked, true);
	WRITE_ONCE(v->storm, true);
	WRITE_ONCE(v->count.storms, v->count.storms + 1);
	dev_err_ratelimited(kplug_parent(v->dev), "kplug: vector %u masked: %s\n", v->irq.vector,
			    why);
	kplug_event_post(v->dev, v->irq.vector, KPLUG_EVENT_STORM, NULL, 0);
}

/**
 * kplug_storm_sample() - check a run of a vector's handler
 * @v: the vector
 * @handler_ns: duration of the run that has just ended
 * @look_at_line: check the line too
 *
 * Context: the hard interrupt, after the handler.
 */
void kplug_storm_sample(struct kplug_vector *v, u64 handler_ns, bool look_at_line)
{
	u64 budget_ns = (u64)READ_ONCE(budget_us) * NSEC_PER_USEC;

	set_overruns(v, budget_ns && handler_ns > budget_ns ? v->overruns + 1 : 0);
	/* A line that the handler has masked is waiting for the program. */
	if (look_at_line)
		v->stuck = !READ_ONCE(v->masked) && v->dev->bus->irq_pending(v) ? v->stuck + 1 : 0;
	if (v->stuck >= MAX_STUCK)
		mask_and_tell(v, "its line stays asserted");
	else if (v->overruns >= MAX_OVERRUNS)
		mask_and_tell(v, "its handler overruns its budget");
	else
		return;
	count_anew(v);
}

/* Forgets earlier checks, when the vector is armed or unmasked. */
void kplug_storm_reset(struct kplug_vector *v)
{
	count_anew(v);
	WRITE_ONCE(v->storm, false);
}

static void tick(struct timer_list *timer)
{
	struct kplug_vector *v = container_of(timer, struct kplug_vector, unmasks.timer);

	if (v->dev->bus->irq_pending(v))
		atomic_inc(&v->unmasks.ticks);
	else
		atomic_set(&v->unmasks.ticks, 0);
}

void kplug_storm_init(struct kplug_vector *v)
{
	timer_setup(&v->unmasks.timer, tick, 0);
}

/* Stops the guard, when no interrupt can occur and no unmask is running. */
void kplug_storm_stop(struct kplug_vector *v)
{
	kplug_compat_timer_delete_sync(&v->unmasks.timer);
	kplug_storm_reset(v);
}

static bool is_stuck(struct kplug_vector *v)
{
	struct kplug_unmasks *u = &v->unmasks;

	if (++u->num % UNMASKS_A_LOOK == 0)
		u->stuck = v->dev->bus->irq_pending(v) ? u->stuck + 1 : 0;
	if (u->stuck < SUSPICIOUS)
		return false;
	if (!timer_pending(&u->timer))
		mod_timer(&u->timer, jiffies + 1);
	return u->stuck >= MAX_STUCK && atomic_read(&u->ticks) >= MAX_TICKS;
}

/**
 * kplug_storm_unmask() - check a vector that a program unmasks
 * @v: the vector, masked by a user handler or by the storm guard
 *
 * Otherwise a handler in a program that does not serve its device would run again for ever. An
 * unmask after a storm starts with new checks.
 *
 * Context: process, with dev->lock.
 * Return: true when the vector must stay masked; the listeners have been notified.
 */
bool kplug_storm_unmask(struct kplug_vector *v)
{
	if (v->storm) {
		kplug_storm_reset(v);
		return false;
	}
	if (!is_stuck(v))
		return false;
	mask_and_tell(v, "its line stays asserted however often it is unmasked");
	count_anew(v);
	return true;
}
