// SPDX-License-Identifier: GPL-2.0
/* Affinity: the CPUs that handle a vector's interrupt. */
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kplug/plugin.h>

#include "client/client.h"
#include "device.h"
#include "irq/affinity.h"
#include "irq/vector.h"

#define MASK_WORDS (KPLUG_MAX_CPU_MASK / sizeof(u64))

/* The mask in the format of programs, and in the kernel's format. */
struct masks {
	u64 words[MASK_WORDS];
	cpumask_t cpus;
};

/* Finds the Linux interrupt of an armed vector. */
static int find_irq(const struct kplug_device *dev, u32 vector)
{
	const struct kplug_vector *v;

	lockdep_assert_held(&dev->lock);
	if (vector >= (dev->num_vectors ?: dev->max_vectors))
		return -ENOENT;
	v = kplug_vector_at(dev, vector);
	if (!v->num_users)
		return -ENOTCONN;
	return v->linux_irq ?: -EOPNOTSUPP;
}

/*
 * An interrupt may move only when it occurs next, so return the requested mask, as /proc/irq
 * does.
 */
static const struct cpumask *wanted_mask(int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);

#ifdef CONFIG_GENERIC_PENDING_IRQ
	if (irqd_is_setaffinity_pending(data))
		return irq_data_to_desc(data)->pending_mask;
#endif
	return irq_data_get_affinity_mask(data);
}

static int apply_locked(struct kplug_client *client, u32 vector, struct masks *masks, bool set)
{
	int irq = find_irq(client->dev, vector);

	if (set && !client->privileged)
		return -EPERM;
	if (irq < 0)
		return irq;
	if (set)
		return irq_set_affinity(irq, &masks->cpus);
	cpumask_copy(&masks->cpus, wanted_mask(irq));
	return 0;
}

int kplug_irq_set_cpus(struct kplug_device *dev, unsigned int vector, const struct cpumask *cpus)
{
	int irq = find_irq(dev, vector);

	if (irq < 0)
		return irq;
	return cpumask_intersects(cpus, cpu_online_mask) ? irq_set_affinity(irq, cpus) : -EINVAL;
}
EXPORT_SYMBOL_GPL(kplug_irq_set_cpus);

static int apply(struct kplug_client *client, u32 vector, struct masks *masks, bool set)
{
	int err = kplug_client_lock(client);

	if (err)
		return err;
	err = apply_locked(client, vector, masks, set);
	mutex_unlock(&client->dev->lock);
	return err;
}

/* CPUs that cannot exist are ignored, as in sched_setaffinity(2). */
static int set_mask(struct kplug_client *client, const struct kplug_affinity *arg,
		    struct masks *masks)
{
	if (copy_from_user(masks->words, u64_to_user_ptr(arg->mask), arg->length))
		return -EFAULT;
	bitmap_from_arr64(cpumask_bits(&masks->cpus), masks->words, nr_cpu_ids);
	if (!cpumask_intersects(&masks->cpus, cpu_online_mask))
		return -EINVAL;
	return apply(client, arg->vector, masks, true);
}

static int get_mask(struct kplug_client *client, const struct kplug_affinity *arg,
		    struct masks *masks)
{
	int err;

	/* A truncated mask would be misleading. */
	if (arg->length * BITS_PER_BYTE < nr_cpu_ids)
		return -EINVAL;
	err = apply(client, arg->vector, masks, false);
	if (err)
		return err;
	bitmap_to_arr64(masks->words, cpumask_bits(&masks->cpus), nr_cpu_ids);
	return copy_to_user(u64_to_user_ptr(arg->mask), masks->words, arg->length) ? -EFAULT : 0;
}

/* KPLUG_AFFINITY; accesses the program's memory without locks. */
int kplug_affinity_run(struct kplug_client *client, const struct kplug_affinity *arg)
{
	struct masks *masks;
	int err;

	BUILD_BUG_ON(KPLUG_MAX_CPU_MASK * BITS_PER_BYTE < NR_CPUS);
	if (kplug_client_gone(client))
		return -ENODEV;
	if (arg->flags & KPLUG_AFFINITY_SET && !READ_ONCE(client->privileged))
		return -EPERM;
	if (!arg->length || arg->length % sizeof(u64) || arg->length > KPLUG_MAX_CPU_MASK)
		return -EINVAL;
	masks = kzalloc(sizeof(*masks), GFP_KERNEL_ACCOUNT);
	if (!masks)
		return -ENOMEM;
	if (arg->flags & KPLUG_AFFINITY_SET)
		err = set_mask(client, arg, masks);
	else
		err = get_mask(client, arg, masks);
	kfree(masks);
	return err;
}
