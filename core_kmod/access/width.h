/* SPDX-License-Identifier: GPL-2.0 */
/* The widths of accesses that a region permits. */
#ifndef KPLUG_ACCESS_WIDTH_H
#define KPLUG_ACCESS_WIDTH_H

#include <linux/types.h>

struct kplug_device;

int kplug_width_store(struct kplug_device *dev, char *line);
ssize_t kplug_width_show(struct kplug_device *dev, char *buf);

#endif /* KPLUG_ACCESS_WIDTH_H */
