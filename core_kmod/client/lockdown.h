/* SPDX-License-Identifier: GPL-2.0 */
/* What programs may not do while the kernel is locked down. */
#ifndef KPLUG_CLIENT_LOCKDOWN_H
#define KPLUG_CLIENT_LOCKDOWN_H

struct kplug_bus_ops;
struct kplug_device;

int kplug_lockdown(const struct kplug_bus_ops *bus);
int kplug_lockdown_master(const struct kplug_device *dev);

#endif /* KPLUG_CLIENT_LOCKDOWN_H */
