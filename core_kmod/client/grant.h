/* SPDX-License-Identifier: GPL-2.0 */
/* Grants: users and groups that an administrator trusts with a device. */
#ifndef KPLUG_CLIENT_GRANT_H
#define KPLUG_CLIENT_GRANT_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "device.h"

u32 kplug_grant_find(const struct kplug_device *dev);
int kplug_grant_store(struct kplug_device *dev, char *line, bool *removed);
ssize_t kplug_grant_show(struct kplug_device *dev, char *buf);

/**
 * kplug_grant_any() - check whether the device has any grant
 * @dev: the device
 *
 * Context: any; without the device's lock the result may be out of date.
 */
static inline bool kplug_grant_any(const struct kplug_device *dev)
{
	int i;

	for (i = 0; i < KPLUG_MAX_GRANTS; i++)
		if (READ_ONCE(dev->grants[i].kind) != KPLUG_GRANT_NONE)
			return true;
	return false;
}

#endif /* KPLUG_CLIENT_GRANT_H */
