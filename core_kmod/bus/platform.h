/* SPDX-License-Identifier: GPL-2.0 */
/* Platform devices, from the device tree or ACPI: bound by driver_override or a plugin. */
#ifndef KPLUG_BUS_PLATFORM_H
#define KPLUG_BUS_PLATFORM_H

struct kplug_registration;

int kplug_platform_init(void);
void kplug_platform_exit(void);
int kplug_platform_register(struct kplug_registration *reg);
void kplug_platform_unregister(struct kplug_registration *reg);

#endif /* KPLUG_BUS_PLATFORM_H */
