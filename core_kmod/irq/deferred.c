// SPDX-License-Identifier: GPL-2.0
/* Deferred handlers: run by a tasklet, or by a thread of the device for those that sleep. */
#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/sched.h>

#include "compat.h"
#include "device.h"
#include "irq/deferred.h"
#include "irq/vector.h"
#include "trace.h"

/* Several verdicts before it runs cause a single run, which gets their number. */
static __always_inline void run_deferred(struct kplug_vector *v)
{
	unsigned int coalesced = atomic_xchg(&v->defer_pending, 0);

	if (!coalesced)
		return;
	if (trace_kplug_deferred_entry_enabled())
		trace_kplug_deferred_entry(v->dev->id, v->irq.vector, coalesced);
	v->deferred(&v->irq, coalesced);
	if (trace_kplug_deferred_exit_enabled())
		trace_kplug_deferred_exit(v->dev->id, v->irq.vector);
	WRITE_ONCE(v->count.deferred, v->count.deferred + 1);
	WRITE_ONCE(v->count.coalesced, v->count.coalesced + coalesced);
}

static void run_tasklet(struct tasklet_struct *tasklet)
{
	run_deferred(container_of(tasklet, struct kplug_vector, tasklet));
}

static void run_work(struct kthread_work *work)
{
	run_deferred(container_of(work, struct kplug_vector, work));
}

void kplug_deferred_init(struct kplug_vector *v)
{
	tasklet_setup(&v->tasklet, run_tasklet);
}

/* Called before the interrupt is requested, because later steps must not fail. */
int kplug_deferred_prepare(struct kplug_vector *v)
{
	struct kplug_device *dev = v->dev;
	struct kthread_worker *worker;

	lockdep_assert_held(&dev->lock);
	atomic_set(&v->defer_pending, 0);
	if (!v->deferred_sleeps)
		return 0;
	/* The work refers to the thread that last ran it, which may have ended with its plugin. */
	kthread_init_work(&v->work, run_work);
	if (dev->worker)
		return 0;
	worker = kplug_compat_run_worker("kplug/%s", dev->name);
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	/* The policy of interrupt threads. */
	sched_set_fifo(worker->task);
	dev->worker = worker;
	return 0;
}

/* Called after the interrupt is freed. On return all requested runs are over. */
void kplug_deferred_stop(struct kplug_vector *v)
{
	if (v->deferred_sleeps)
		kthread_flush_work(&v->work);
	else
		tasklet_kill(&v->tasklet);
}
