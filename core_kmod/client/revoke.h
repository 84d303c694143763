/* SPDX-License-Identifier: GPL-2.0 */
/* Revoking a device from a client, by an administrator. */
#ifndef KPLUG_CLIENT_REVOKE_H
#define KPLUG_CLIENT_REVOKE_H

#include <linux/types.h>

struct kplug_device;

int kplug_revoke_finish(struct kplug_device *dev);
int kplug_revoke_client(struct kplug_device *dev, u32 id);

#endif /* KPLUG_CLIENT_REVOKE_H */
