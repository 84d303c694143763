// SPDX-License-Identifier: GPL-2.0
/* On which CPUs a vector's interrupt runs. */
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core.h"

#define MASK_WORDS (KPLUG_MAX_CPU_MASK / sizeof(u64))

/* The mask as a program gives it, and as the kernel has it. */
struct masks {
	u64 words[MASK_WORDS];
	cpumask_t cpus;
};

/* A vector that has a Linux interrupt now. */
static int find_irq(const struct kplug_device *dev, u32 vector)
{
	const struct kplug_vector *v;

	lockdep_assert_held(&dev->lock);
	if (vector >= (dev->num_vectors ?: dev->max_vectors))
		return -ENOENT;
	v = &dev->vectors[vector];
	if (!v->num_users)
		return -EBADFD;
	return v->linux_irq ?: -EOPNOTSUPP;
}

/* Moving an interrupt may wait for its next one: what is asked for counts, as in /proc/irq. */
static const struct cpumask *wanted_mask(int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);

#ifdef CONFIG_GENERIC_PENDING_IRQ
	if (irqd_is_setaffinity_pending(data))
		return irq_data_to_desc(data)->pending_mask;
#endif
	return irq_data_get_affinity_mask(data);
}

static int apply_locked(struct kplug_device *dev, u32 vector, struct masks *masks, bool set)
{
	int irq = dev->dead ? -ENODEV : find_irq(dev, vector);

	if (irq < 0)
		return irq;
	if (set)
		return irq_set_affinity(irq, &masks->cpus);
	cpumask_copy(&masks->cpus, wanted_mask(irq));
	return 0;
}

static int apply(struct kplug_device *dev, u32 vector, struct masks *masks, bool set)
{
	int err;

	mutex_lock(&dev->lock);
	err = apply_locked(dev, vector, masks, set);
	mutex_unlock(&dev->lock);
	return err;
}

/* CPUs that there cannot be are passed over, as sched_setaffinity(2) does. */
static int set(struct kplug_device *dev, const struct kplug_affinity *arg, struct masks *masks)
{
	if (copy_from_user(masks->words, u64_to_user_ptr(arg->mask), arg->length))
		return -EFAULT;
	bitmap_from_arr64(cpumask_bits(&masks->cpus), masks->words, nr_cpu_ids);
	if (!cpumask_intersects(&masks->cpus, cpu_online_mask))
		return -EINVAL;
	return apply(dev, arg->vector, masks, true);
}

static int get(struct kplug_device *dev, const struct kplug_affinity *arg, struct masks *masks)
{
	int err;

	/* Half of the truth would be worse than none. */
	if (arg->length * BITS_PER_BYTE < nr_cpu_ids)
		return -EINVAL;
	err = apply(dev, arg->vector, masks, false);
	if (err)
		return err;
	bitmap_to_arr64(masks->words, cpumask_bits(&masks->cpus), nr_cpu_ids);
	return copy_to_user(u64_to_user_ptr(arg->mask), masks->words, arg->length) ? -EFAULT : 0;
}

/* KPLUG_AFFINITY; the program's memory is not touched under a lock. */
int kplug_affinity_run(struct kplug_opener *opener, const struct kplug_affinity *arg)
{
	struct masks *masks;
	int err;

	BUILD_BUG_ON(NR_CPUS > KPLUG_MAX_CPU_MASK * BITS_PER_BYTE);
	if (arg->flags & ~KPLUG_AFFINITY_SET)
		return -EOPNOTSUPP;
	if (arg->flags & KPLUG_AFFINITY_SET && !opener->trusted)
		return -EPERM;
	if (!arg->length || arg->length % sizeof(u64) || arg->length > KPLUG_MAX_CPU_MASK)
		return -EINVAL;
	masks = kzalloc(sizeof(*masks), GFP_KERNEL_ACCOUNT);
	if (!masks)
		return -ENOMEM;
	if (arg->flags & KPLUG_AFFINITY_SET)
		err = set(opener->dev, arg, masks);
	else
		err = get(opener->dev, arg, masks);
	kfree(masks);
	return err;
}
