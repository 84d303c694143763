/* SPDX-License-Identifier: GPL-2.0 */
/* The attributes in /sys/class/kplug/<address>/, for administrators. */
#ifndef KPLUG_SYSFS_H
#define KPLUG_SYSFS_H

struct attribute_group;

extern const struct attribute_group *kplug_sysfs_groups[];

#endif /* KPLUG_SYSFS_H */
