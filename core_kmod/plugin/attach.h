/* SPDX-License-Identifier: GPL-2.0 */
/* Attaching a plugin to a device: by its ids, permanently, or while it has sessions. */
#ifndef KPLUG_PLUGIN_ATTACH_H
#define KPLUG_PLUGIN_ATTACH_H

#include <kplug/plugin.h>

struct kplug_device;
struct kplug_registration;

int kplug_attach_use(struct kplug_device *dev, struct kplug_registration *reg);
void kplug_attach_unuse(struct kplug_device *dev);
int kplug_attach_auto(struct kplug_device *dev, struct kplug_registration *reg);
int kplug_attach_permanent(struct kplug_device *dev, const char *name);
int kplug_attach_detach(struct kplug_device *dev);
void kplug_attach_notify(struct kplug_device *dev, enum kplug_device_event event);
void kplug_attach_drop(struct kplug_device *dev);

#endif /* KPLUG_PLUGIN_ATTACH_H */
