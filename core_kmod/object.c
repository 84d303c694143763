// SPDX-License-Identifier: GPL-2.0
/* The counts of objects: /sys/kernel/debug/kplug/objects. */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "object.h"

static const char *const names[KPLUG_OBJECTS] = {
	[KPLUG_OBJECT_DEVICE] = "device",
	[KPLUG_OBJECT_PLUGIN] = "plugin",
	[KPLUG_OBJECT_CLIENT] = "client",
	[KPLUG_OBJECT_SESSION] = "session",
	[KPLUG_OBJECT_RING] = "ring",
	[KPLUG_OBJECT_SHM] = "shm",
	[KPLUG_OBJECT_EVENTFD] = "eventfd",
	[KPLUG_OBJECT_ARMED] = "armed",
	[KPLUG_OBJECT_POOL] = "pool",
	[KPLUG_OBJECT_BUFFER] = "buffer",
	[KPLUG_OBJECT_PEER] = "peer",
	[KPLUG_OBJECT_MAPPING] = "mapping",
	[KPLUG_OBJECT_TRANSACTION] = "transaction",
	[KPLUG_OBJECT_QUARANTINE] = "quarantine",
};

static atomic64_t created[KPLUG_OBJECTS], destroyed[KPLUG_OBJECTS];

void kplug_object_created(enum kplug_object object)
{
	atomic64_inc(&created[object]);
}

void kplug_object_destroyed(enum kplug_object object)
{
	atomic64_inc(&destroyed[object]);
}

static int objects_show(struct seq_file *m, void *unused)
{
	int i;

	seq_puts(m, "object created destroyed\n");
	for (i = 0; i < KPLUG_OBJECTS; i++)
		seq_printf(m, "%s %lld %lld\n", names[i], (long long)atomic64_read(&created[i]),
			   (long long)atomic64_read(&destroyed[i]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(objects);

void kplug_object_debugfs(struct dentry *dir)
{
	debugfs_create_file("objects", 0400, dir, NULL, &objects_fops);
}
