// SPDX-License-Identifier: GPL-2.0
/* Soft devices: no hardware, interrupts fired by the plugin. */
#include <linux/irq_work.h>
#include <linux/module.h>

#include "core.h"

static int irq_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	if (mode != KPLUG_IRQ_AUTO && mode != KPLUG_IRQ_SOFT)
		return -EOPNOTSUPP;
	dev->irq_mode = KPLUG_IRQ_SOFT;
	dev->num_vectors = min(count ?: dev->max_vectors, dev->max_vectors);
	return 0;
}

static void irq_free(struct kplug_device *dev)
{
}

static void fire(struct irq_work *work)
{
	struct kplug_vector *v = container_of(work, struct kplug_vector, soft_work);

	kplug_irq_hard(0, v);
}

static int irq_request(struct kplug_vector *v)
{
	/* On PREEMPT_RT the choice of the plugin; elsewhere both are hard interrupts. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && v->no_thread)
		v->soft_work = IRQ_WORK_INIT_HARD(fire);
	else
		v->soft_work = IRQ_WORK_INIT(fire);
	return 0;
}

static void irq_unmask(struct kplug_vector *v)
{
	WRITE_ONCE(v->soft_open, true);
}

static void irq_mask(struct kplug_vector *v)
{
	WRITE_ONCE(v->soft_open, false);
}

static void irq_release(struct kplug_vector *v)
{
	irq_mask(v);
	synchronize_rcu();
	irq_work_sync(&v->soft_work);
}

/* There is no line that could be asserted. */
static bool irq_pending(struct kplug_vector *v)
{
	return false;
}

static const struct kplug_bus_ops soft_bus_ops = {
	.type = KPLUG_BUS_SOFT,
	.irq_alloc = irq_alloc,
	.irq_free = irq_free,
	.irq_request = irq_request,
	.irq_enable = irq_unmask,
	.irq_release = irq_release,
	.irq_pending = irq_pending,
	.irq_claim = irq_pending,
	.irq_mask = irq_mask,
	.irq_unmask = irq_unmask,
};

struct kplug_device *kplug_soft_create(const char *name, unsigned int vectors,
				       const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg;
	struct kplug_device *dev;
	int err;

	if (!kplug_name_valid(name) || !vectors || vectors > KPLUG_MAX_VECTORS)
		return ERR_PTR(-EINVAL);
	reg = kplug_plugin_find(plugin);
	if (!reg)
		return ERR_PTR(-EINVAL);
	dev = kplug_device_alloc(&soft_bus_ops, NULL, name, vectors);
	if (IS_ERR(dev))
		goto out;
	dev->owner = plugin->owner;
	err = kplug_plugin_attach_auto(dev, reg);
	if (!err)
		err = kplug_device_publish(dev);
	if (err) {
		kplug_device_put(dev);
		dev = ERR_PTR(err);
	}
out:
	kplug_registration_put(reg);
	return dev;
}
EXPORT_SYMBOL_GPL(kplug_soft_create);

void kplug_soft_destroy(struct kplug_device *dev)
{
	kplug_device_remove(dev);
	kplug_device_put(dev);
}
EXPORT_SYMBOL_GPL(kplug_soft_destroy);

void kplug_soft_fire(struct kplug_device *dev, unsigned int vector)
{
	if (vector >= dev->max_vectors)
		return;
	rcu_read_lock();
	if (READ_ONCE(dev->vectors[vector].soft_open))
		irq_work_queue(&dev->vectors[vector].soft_work);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(kplug_soft_fire);
