// SPDX-License-Identifier: GPL-2.0
/* Vectors: their memory, the interrupt mode of the device, and what programs see of them. */
#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <kplug/plugin.h>

#include "bus/bus.h"
#include "client/client.h"
#include "device.h"
#include "irq/deferred.h"
#include "irq/irq.h"
#include "irq/storm.h"
#include "irq/vector.h"

int kplug_vector_setup(struct kplug_device *dev)
{
	unsigned int i;

	dev->vectors = kvcalloc(dev->max_vectors, sizeof(*dev->vectors), GFP_KERNEL);
	if (!dev->vectors)
		return -ENOMEM;
	for (i = 0; i < dev->max_vectors; i++) {
		struct kplug_vector *v = &dev->vectors[i];

		v->dev = dev;
		v->irq.io = &dev->io;
		v->irq.vector = i;
		snprintf(v->name, sizeof(v->name), "kplug:%s[%u]", dev->name, i);
		v->post.vector = i;
		v->post.data = v->irq.data;
		v->hard = kplug_irq_hard_quiet;
		v->post.type = KPLUG_EVENT_IRQ;
		INIT_LIST_HEAD(&v->eventfds);
		kplug_deferred_init(v);
		kplug_storm_init(v);
	}
	return 0;
}

void kplug_vector_free(struct kplug_device *dev)
{
	if (dev->irq_mode != KPLUG_IRQ_AUTO)
		dev->bus->irq_free(dev);
	WRITE_ONCE(dev->irq_mode, KPLUG_IRQ_AUTO);
	dev->num_vectors = 0;
}

int kplug_vector_set_mode(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	enum kplug_irq_mode old_mode = dev->irq_mode;
	unsigned int old_count = dev->num_vectors;
	int err;

	lockdep_assert_held(&dev->lock);
	if (mode > KPLUG_IRQ_WIRED || count > dev->max_vectors)
		return -EINVAL;
	if (dev->num_armed || dev->paused)
		return -EBUSY;
	kplug_vector_free(dev);
	err = dev->bus->irq_alloc(dev, mode, count);
	/* A failure must change nothing; if restoring fails too, the next arm tries again. */
	if (err && old_mode != KPLUG_IRQ_AUTO)
		dev->bus->irq_alloc(dev, old_mode, old_count);
	return err;
}

static void synchronize_vector(struct kplug_vector *v)
{
	if (v->linux_irq)
		synchronize_irq(v->linux_irq);
	else
		irq_work_sync(&v->virtual_work);
	if (v->deferred_sleeps)
		kthread_flush_work(&v->work);
	else
		tasklet_unlock_wait(&v->tasklet);
}

/* Waits for all handlers that are running. New runs may start meanwhile. */
void kplug_vector_synchronize(struct kplug_device *dev)
{
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for (i = 0; i < dev->num_vectors; i++)
		if (dev->vectors[i].num_users)
			synchronize_vector(&dev->vectors[i]);
}

struct kplug_device *kplug_irq_device(const struct kplug_irq *irq)
{
	return to_kplug_vector(irq)->dev;
}
EXPORT_SYMBOL_GPL(kplug_irq_device);

static u32 vector_flags(const struct kplug_client *client, const struct kplug_vector *v)
{
	u32 flags = 0;

	if (READ_ONCE(v->num_users))
		flags |= KPLUG_VECTOR_ARMED;
	if (test_bit(v->irq.vector, client->armed))
		flags |= KPLUG_VECTOR_MINE;
	if (READ_ONCE(v->masked))
		flags |= KPLUG_VECTOR_MASKED;
	if (READ_ONCE(v->storm))
		flags |= KPLUG_VECTOR_STORM;
	return flags;
}

/* Fills the counters alone. Context: any. */
void kplug_vector_count(const struct kplug_vector *v, struct kplug_vector_info *info)
{
	info->out_none = READ_ONCE(v->count.none);
	info->out_raised = READ_ONCE(v->count.raised);
	info->out_handled = info->out_raised - info->out_none;
	info->out_deferred = READ_ONCE(v->count.deferred);
	info->out_coalesced = READ_ONCE(v->count.coalesced);
	info->out_posted = atomic64_read(&v->count.posted);
	info->out_dropped = atomic64_read(&v->count.dropped);
	info->out_storms = READ_ONCE(v->count.storms);
}

int kplug_vector_describe(struct kplug_client *client, struct kplug_vector_info *info)
{
	struct kplug_device *dev = client->dev;
	const struct kplug_vector *v;

	lockdep_assert_held(&dev->lock);
	if (info->index >= (dev->num_vectors ?: dev->max_vectors))
		return -ENOENT;
	v = kplug_vector_at(dev, info->index);
	info->out_flags = vector_flags(client, v);
	info->out_handler = v->num_users ? v->kind : 0;
	info->out_irq = v->num_users ? v->linux_irq : 0;
	info->out_event_type = v->post.type;
	kplug_vector_count(v, info);
	return 0;
}
