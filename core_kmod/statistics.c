// SPDX-License-Identifier: GPL-2.0
/* /sys/class/kplug/<address>/vectors/<n>/: the counters of KPLUG_VECTOR_INFO, one a file. */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "core.h"

/*
 * One directory. Not a part of its vector, since nobody knows when the last
 * reference to a kobject goes; it keeps the device, and so the vector.
 */
struct statistics {
	struct kobject kobj;
	const struct kplug_vector *v;
};

struct counter {
	struct attribute attr;
	size_t offset;	/* in struct kplug_vector_info */
};

#define COUNTER(_name)							\
	static struct counter _name = {					\
		.attr = { .name = #_name, .mode = 0444 },		\
		.offset = offsetof(struct kplug_vector_info, out_##_name), \
	}

COUNTER(raised);
COUNTER(handled);
COUNTER(none);
COUNTER(deferred);
COUNTER(coalesced);
COUNTER(posted);
COUNTER(dropped);
COUNTER(storms);

static struct attribute *statistics_attrs[] = {
	&raised.attr,
	&handled.attr,
	&none.attr,
	&deferred.attr,
	&coalesced.attr,
	&posted.attr,
	&dropped.attr,
	&storms.attr,
	NULL,
};
ATTRIBUTE_GROUPS(statistics);

/* Without the device's lock: removal waits for readers. */
static ssize_t show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct statistics *statistics = container_of(kobj, struct statistics, kobj);
	const struct counter *counter = container_of(attr, struct counter, attr);
	struct kplug_vector_info info;

	kplug_irq_count(statistics->v, &info);
	return sysfs_emit(buf, "%llu\n", *(u64 *)((u8 *)&info + counter->offset));
}

static void release(struct kobject *kobj)
{
	struct statistics *statistics = container_of(kobj, struct statistics, kobj);

	put_device(&statistics->v->dev->dev);
	kfree(statistics);
}

static const struct sysfs_ops ops = { .show = show };

static const struct kobj_type type = {
	.release = release,
	.sysfs_ops = &ops,
	.default_groups = statistics_groups,
};

static int add(struct kplug_vector *v)
{
	struct statistics *statistics = kzalloc(sizeof(*statistics), GFP_KERNEL);
	int err;

	if (!statistics)
		return -ENOMEM;
	statistics->v = v;
	get_device(&v->dev->dev);
	err = kobject_init_and_add(&statistics->kobj, &type, v->dev->statistics, "%u",
				   v->irq.vector);
	if (err)
		kobject_put(&statistics->kobj);
	else
		v->statistics = &statistics->kobj;
	return err;
}

/* On failure, too, kplug_statistics_remove() is next. */
int kplug_statistics_add(struct kplug_device *dev)
{
	unsigned int i;
	int err = 0;

	dev->statistics = kobject_create_and_add("vectors", &dev->dev.kobj);
	if (!dev->statistics)
		return -ENOMEM;
	for (i = 0; !err && i < dev->max_vectors; i++)
		err = add(&dev->vectors[i]);
	return err;
}

/* The files are gone and nobody reads them any more when it returns. */
static void remove(struct kobject *kobj)
{
	if (!kobj)
		return;
	kobject_del(kobj);
	kobject_put(kobj);
}

void kplug_statistics_remove(struct kplug_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->max_vectors; i++)
		remove(dev->vectors[i].statistics);
	remove(dev->statistics);
}
