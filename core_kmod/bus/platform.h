/* SPDX-License-Identifier: GPL-2.0 */
/* Platform devices, from the device tree or ACPI: thin glue, bound by driver_override. */
#ifndef KPLUG_BUS_PLATFORM_H
#define KPLUG_BUS_PLATFORM_H

int kplug_platform_init(void);
void kplug_platform_exit(void);

#endif /* KPLUG_BUS_PLATFORM_H */
