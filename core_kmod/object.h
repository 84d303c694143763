/* SPDX-License-Identifier: GPL-2.0 */
/* Counts of created and destroyed objects, for tests and debugging. */
#ifndef KPLUG_OBJECT_H
#define KPLUG_OBJECT_H

enum kplug_object {
	KPLUG_OBJECT_DEVICE,
	KPLUG_OBJECT_PLUGIN,
	KPLUG_OBJECT_CLIENT,
	KPLUG_OBJECT_SESSION,
	KPLUG_OBJECT_RING,
	KPLUG_OBJECT_SHM,
	KPLUG_OBJECT_EVENTFD,
	KPLUG_OBJECT_ARMED,
	KPLUG_OBJECT_POOL,
	KPLUG_OBJECT_BUFFER,
	KPLUG_OBJECT_PEER,
	KPLUG_OBJECT_MAPPING,
	KPLUG_OBJECT_TRANSACTION,
	KPLUG_OBJECT_QUARANTINE,
	KPLUG_OBJECTS,
};

void kplug_object_created(enum kplug_object object);
void kplug_object_destroyed(enum kplug_object object);

struct dentry;
void kplug_object_debugfs(struct dentry *dir);

#endif /* KPLUG_OBJECT_H */
