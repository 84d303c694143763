// SPDX-License-Identifier: GPL-2.0
/* Virtual devices: they have no hardware, and the plugin fires their interrupts. */
#include <linux/irq_work.h>
#include <linux/module.h>

#include <kplug/plugin.h>

#include "bus/bus.h"
#include "device.h"
#include "irq/irq.h"
#include "irq/vector.h"
#include "plugin/attach.h"
#include "plugin/registration.h"

static int virtual_irq_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	if (mode != KPLUG_IRQ_AUTO && mode != KPLUG_IRQ_VIRTUAL)
		return -EOPNOTSUPP;
	dev->irq_mode = KPLUG_IRQ_VIRTUAL;
	dev->num_vectors = min(count ?: dev->max_vectors, dev->max_vectors);
	return 0;
}

static void virtual_irq_free(struct kplug_device *dev)
{
}

static void fire(struct irq_work *work)
{
	struct kplug_vector *v = container_of(work, struct kplug_vector, virtual_work);

	kplug_irq_hard(0, v);
}

static int virtual_irq_request(struct kplug_vector *v)
{
	/* The plugin chooses on PREEMPT_RT; on other kernels both are hard interrupts. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) && v->no_thread)
		v->virtual_work = IRQ_WORK_INIT_HARD(fire);
	else
		v->virtual_work = IRQ_WORK_INIT(fire);
	return 0;
}

static void virtual_irq_unmask(struct kplug_vector *v)
{
	WRITE_ONCE(v->virtual_open, true);
}

static void virtual_irq_mask(struct kplug_vector *v)
{
	WRITE_ONCE(v->virtual_open, false);
}

static void virtual_irq_release(struct kplug_vector *v)
{
	virtual_irq_mask(v);
	synchronize_rcu();
	irq_work_sync(&v->virtual_work);
}

/* A virtual device has no line that could be asserted. */
static bool virtual_irq_pending(struct kplug_vector *v)
{
	return false;
}

static const struct kplug_bus_ops virtual_bus_ops = {
	.type = KPLUG_BUS_VIRTUAL,
	.irq_alloc = virtual_irq_alloc,
	.irq_free = virtual_irq_free,
	.irq_request = virtual_irq_request,
	.irq_enable = virtual_irq_unmask,
	.irq_release = virtual_irq_release,
	.irq_pending = virtual_irq_pending,
	.irq_claim = virtual_irq_pending,
	.irq_mask = virtual_irq_mask,
	.irq_unmask = virtual_irq_unmask,
};

struct kplug_device *kplug_virtual_create(const char *name, unsigned int vectors,
					  const struct kplug_plugin *plugin)
{
	struct kplug_registration *reg;
	struct kplug_device *dev;
	int err;

	if (!kplug_registration_name_valid(name) || !vectors || vectors > KPLUG_MAX_VECTORS)
		return ERR_PTR(-EINVAL);
	reg = kplug_registration_find(plugin);
	if (!reg)
		return ERR_PTR(-EINVAL);
	dev = kplug_device_alloc(&virtual_bus_ops, NULL, name, vectors);
	if (IS_ERR(dev))
		goto out;
	dev->owner = plugin->owner;
	err = kplug_attach_auto(dev, reg);
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
EXPORT_SYMBOL_GPL(kplug_virtual_create);

void kplug_virtual_destroy(struct kplug_device *dev)
{
	kplug_device_remove(dev);
	kplug_device_put(dev);
}
EXPORT_SYMBOL_GPL(kplug_virtual_destroy);

void kplug_virtual_fire(struct kplug_device *dev, unsigned int vector)
{
	if (vector >= dev->max_vectors)
		return;
	rcu_read_lock();
	if (READ_ONCE(dev->vectors[vector].virtual_open))
		irq_work_queue(&dev->vectors[vector].virtual_work);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(kplug_virtual_fire);
