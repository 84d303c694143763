/* SPDX-License-Identifier: MIT */
/* The driver of a device, and the one that it had before kplug. */
#ifndef KPLUG_DRIVER_H
#define KPLUG_DRIVER_H

#define DRIVER_SIZE 256 /* a name in sysfs, with its NUL */

/* The driver of a PCI function or platform device; empty for none. */
void driver_of(const char *device, char driver[DRIVER_SIZE]);

/* The driver that gets the device from kplug unbind; empty for none. */
void driver_before_kplug(const char *device, char driver[DRIVER_SIZE]);

#endif /* KPLUG_DRIVER_H */
