// SPDX-License-Identifier: GPL-2.0
/* The writes that an opener leaves, to be made when it ends. */
#include <linux/slab.h>
#include <linux/string.h>

#include "core.h"

static int check(const struct kplug_device *dev, const struct kplug_transfer *writes, u32 num)
{
	int err = 0;
	u32 i;

	for (i = 0; i < num && !err; i++) {
		err = kplug_transfer_check(dev, &writes[i]);
		if (!err && (writes[i].op != KPLUG_TRANSFER_WRITE || writes[i].buffer))
			err = -EINVAL;
	}
	return err;
}

/* The list changes hands under the lock; returns what is left to free. */
static struct kplug_transfer *exchange(struct kplug_opener *opener, struct kplug_transfer *writes,
				       u32 num)
{
	struct kplug_transfer *old = opener->cleanup;

	opener->cleanup = writes;
	opener->num_cleanup = num;
	return old;
}

/* KPLUG_CLEANUP; called without the lock, since the program's memory may be slow. */
int kplug_cleanup_set(struct kplug_opener *opener, const struct kplug_cleanup *arg)
{
	struct kplug_device *dev = opener->dev;
	struct kplug_transfer *writes = NULL;
	int err = 0;

	if (arg->flags || arg->__reserved)
		return -EOPNOTSUPP;
	if (arg->num_writes > KPLUG_MAX_CLEANUP)
		return -EINVAL;
	if (arg->num_writes) {
		writes = memdup_user(u64_to_user_ptr(arg->writes),
				     arg->num_writes * sizeof(*writes));
		if (IS_ERR(writes))
			return PTR_ERR(writes);
		err = check(dev, writes, arg->num_writes);
	}
	mutex_lock(&dev->lock);
	if (dev->dead)
		err = -ENODEV;
	if (!err)
		writes = exchange(opener, writes, arg->num_writes);
	mutex_unlock(&dev->lock);
	kfree(writes);
	return err;
}

/* At the last close(): nobody else uses the opener any more. */
void kplug_cleanup_run(struct kplug_opener *opener)
{
	struct kplug_device *dev = opener->dev;
	int idx = kplug_device_enter(dev);
	u32 i;

	for (i = 0; i < opener->num_cleanup && !kplug_device_dead(dev); i++)
		kplug_transfer_single(dev, &opener->cleanup[i]);
	kplug_device_leave(dev, idx);
	kfree(opener->cleanup);
}
