// SPDX-License-Identifier: GPL-2.0
/* Pauses: armed vectors are quiet while their device is reset, recovers or sleeps. */
#include <linux/interrupt.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>

#include "bus/bus.h"
#include "device.h"
#include "dma/queue.h"
#include "dma/stop.h"
#include "irq/deferred.h"
#include "irq/irq.h"
#include "irq/pause.h"
#include "irq/vector.h"
#include "plugin/attach.h"

/*
 * A line is masked in the function, because other devices use it too. That comes first: otherwise
 * the function would keep interrupting while its handler returns KPLUG_NONE. Linux keeps a message
 * that arrives meanwhile until enable_irq().
 */
static void rest(struct kplug_vector *v)
{
	if (v->level) {
		v->dev->bus->irq_mask(v);
		WRITE_ONCE(v->hard, kplug_irq_hard_quiet);
		synchronize_irq(v->linux_irq);
	} else {
		disable_irq(v->linux_irq);
	}
	kplug_deferred_stop(v);
}

/* A masked vector stays masked: v->masked covers lines, and disable_irq() counts for messages. */
static void go_on(struct kplug_vector *v)
{
	if (!v->level) {
		enable_irq(v->linux_irq);
		return;
	}
	WRITE_ONCE(v->hard, v->wanted_hard);
	if (!v->masked)
		v->dev->bus->irq_unmask(v);
}

static void call_for_armed(struct kplug_device *dev, void (*fn)(struct kplug_vector *v))
{
	unsigned int i;

	for (i = 0; i < dev->num_vectors; i++)
		if (dev->vectors[i].num_users)
			fn(&dev->vectors[i]);
}

/* Holds the queue first: transactions that the plugin ends must not start queued ones. */
static void announce(struct kplug_device *dev, enum kplug_device_event event)
{
	mutex_lock(&dev->lock);
	kplug_dma_queue_hold(dev);
	if (event)
		kplug_attach_notify(dev, event);
	mutex_unlock(&dev->lock);
}

/**
 * kplug_pause_begin() - begin a pause
 * @dev: a device with hardware; without its lock, but with that of the bus device
 * @event: sent to the plugin first, or 0
 *
 * Running transactions end with -EIO. On return no handler runs, including deferred handlers.
 * During a pause vectors can be disarmed, but not armed. If a pause has begun already, this only
 * sends @event to the plugin.
 */
void kplug_pause_begin(struct kplug_device *dev, enum kplug_device_event event)
{
	announce(dev, event);
	kplug_dma_stop_running(dev);
	mutex_lock(&dev->lock);
	if (!dev->paused)
		call_for_armed(dev, rest);
	dev->paused = true;
	mutex_unlock(&dev->lock);
}

/* Ends a pause. Does nothing without one. */
void kplug_pause_end(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	if (!dev->paused)
		return;
	call_for_armed(dev, go_on);
	dev->paused = false;
	kplug_dma_queue_resume(dev);
}
