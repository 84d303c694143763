/* SPDX-License-Identifier: GPL-2.0 */
/* Pauses: armed vectors are quiet while their device is reset, recovers or sleeps. */
#ifndef KPLUG_IRQ_PAUSE_H
#define KPLUG_IRQ_PAUSE_H

#include <kplug/plugin.h>

struct kplug_device;

void kplug_pause_begin(struct kplug_device *dev, enum kplug_device_event event);
void kplug_pause_end(struct kplug_device *dev);

#endif /* KPLUG_IRQ_PAUSE_H */
