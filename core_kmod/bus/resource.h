/* SPDX-License-Identifier: GPL-2.0 */
/* Makes regions of a bus's resources: claims, maps and describes them. */
#ifndef KPLUG_BUS_RESOURCE_H
#define KPLUG_BUS_RESOURCE_H

struct kplug_device;
struct resource;

int kplug_resource_add(struct kplug_device *dev, unsigned int index, const struct resource *res,
		       const char *owner);
void kplug_resource_remove_all(struct kplug_device *dev);

#endif /* KPLUG_BUS_RESOURCE_H */
