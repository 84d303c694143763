// SPDX-License-Identifier: GPL-2.0
/* /sys/class/kplug/<address>/vectors/<n>/: one file for each counter of KPLUG_VECTOR_INFO. */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "device.h"
#include "irq/statistics.h"
#include "irq/vector.h"

/*
 * A directory. It is allocated separately from its vector, because the last reference to a kobject
 * may be dropped at any time. It holds the device, and with it the vector.
 */
struct statistics {
	struct kobject kobj;
	const struct kplug_vector *v;
};

struct counter {
	struct attribute attr;
	size_t offset; /* in struct kplug_vector_info */
};

#define COUNTER(_name)                                                     \
	static struct counter _name = {                                    \
		.attr = { .name = #_name, .mode = 0444 },                  \
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
	&raised.attr, &handled.attr, &none.attr,   &deferred.attr, &coalesced.attr,
	&posted.attr, &dropped.attr, &storms.attr, NULL,
};
ATTRIBUTE_GROUPS(statistics);

/* Without the device's lock, because removal waits for readers. */
static ssize_t show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct statistics *statistics = container_of(kobj, struct statistics, kobj);
	const struct counter *counter = container_of(attr, struct counter, attr);
	struct kplug_vector_info info;

	kplug_vector_count(statistics->v, &info);
	return sysfs_emit(buf, "%llu\n", *(u64 *)((u8 *)&info + counter->offset));
}

static void release_statistics(struct kobject *kobj)
{
	struct statistics *statistics = container_of(kobj, struct statistics, kobj);

	put_device(&statistics->v->dev->dev);
	kfree(statistics);
}

static const struct sysfs_ops ops = { .show = show };

static const struct kobj_type type = {
	.release = release_statistics,
	.sysfs_ops = &ops,
	.default_groups = statistics_groups,
};

static int add_statistics(struct kplug_vector *v)
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

/* The caller calls kplug_statistics_remove() also after a failure. */
int kplug_statistics_add(struct kplug_device *dev)
{
	unsigned int i;
	int err = 0;

	dev->statistics = kobject_create_and_add("vectors", &dev->dev.kobj);
	if (!dev->statistics)
		return -ENOMEM;
	for (i = 0; !err && i < dev->max_vectors; i++)
		err = add_statistics(&dev->vectors[i]);
	return err;
}

/* On return the files are gone, and no task is reading them any more. */
static void remove_statistics(struct kobject *kobj)
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
		remove_statistics(dev->vectors[i].statistics);
	remove_statistics(dev->statistics);
}
