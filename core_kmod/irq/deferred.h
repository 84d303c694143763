/* SPDX-License-Identifier: GPL-2.0 */
/* Deferred handlers: run by a tasklet, or by a thread of the device for those that sleep. */
#ifndef KPLUG_IRQ_DEFERRED_H
#define KPLUG_IRQ_DEFERRED_H

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>

#include "device.h"
#include "irq/vector.h"

void kplug_deferred_init(struct kplug_vector *v);
int kplug_deferred_prepare(struct kplug_vector *v);
void kplug_deferred_stop(struct kplug_vector *v);

/* Context: the hard interrupt. */
static inline void kplug_deferred_schedule(struct kplug_vector *v)
{
	atomic_inc(&v->defer_pending);
	if (unlikely(v->deferred_sleeps))
		kthread_queue_work(v->dev->worker, &v->work);
	else
		tasklet_schedule(&v->tasklet);
}

#endif /* KPLUG_IRQ_DEFERRED_H */
