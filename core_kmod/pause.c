// SPDX-License-Identifier: GPL-2.0
/* A pause: armed vectors rest while their device is reset, recovers or sleeps. */
#include <linux/interrupt.h>

#include "core.h"

/*
 * A line is masked in the function, for others use it too; first that, or it
 * would interrupt on with a handler that says "not mine". A message that comes
 * meanwhile is kept by Linux until enable_irq().
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

/* What was masked before stays so: v->masked is a line's alone, disable_irq() counts. */
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

static void for_each_armed(struct kplug_device *dev, void (*fn)(struct kplug_vector *v))
{
	unsigned int i;

	for (i = 0; i < dev->num_vectors; i++)
		if (dev->vectors[i].num_users)
			fn(&dev->vectors[i]);
}

/**
 * kplug_pause_begin() - let the vectors rest
 * @dev: with hardware; nothing happens in a pause
 *
 * No handler runs when it returns, deferred ones included. Until the end of the
 * pause vectors can be disarmed, but not armed.
 */
void kplug_pause_begin(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	if (!dev->paused) {
		kplug_transaction_pause(dev);
		for_each_armed(dev, rest);
	}
	dev->paused = true;
}

/* The opposite; nothing happens without a pause. */
void kplug_pause_end(struct kplug_device *dev)
{
	lockdep_assert_held(&dev->lock);
	if (!dev->paused)
		return;
	for_each_armed(dev, go_on);
	dev->paused = false;
	kplug_transaction_resume(dev);
}
