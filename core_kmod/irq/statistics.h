/* SPDX-License-Identifier: GPL-2.0 */
/* /sys/class/kplug/<address>/vectors/<n>/: one file for each counter of KPLUG_VECTOR_INFO. */
#ifndef KPLUG_IRQ_STATISTICS_H
#define KPLUG_IRQ_STATISTICS_H

struct kplug_device;

int kplug_statistics_add(struct kplug_device *dev);
void kplug_statistics_remove(struct kplug_device *dev);

#endif /* KPLUG_IRQ_STATISTICS_H */
