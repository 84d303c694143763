/* SPDX-License-Identifier: MIT */
/* What an administrator does to a device. */
#ifndef FUZZ_ADMIN_H
#define FUZZ_ADMIN_H

#include "device.h"

#define BOARD_FUNCTION "0000:00:08.0" /* of which kplug_board makes a platform device */

/* admin_device() - writes one of the attributes of the device; 0 or -errno */
int admin_device(const char *device, enum device_type type);
/* admin_grant() - trusts the user of the fuzzer with the device */
int admin_grant(const char *device);
/* admin_bind() - gives kplug a PCI function that has no driver */
void admin_bind(const char *function);
int admin_unbind(const char *function);
/* admin_take_away() - takes a device from kplug, on any bus where that is possible; 0 or -errno */
int admin_take_away(const char *device, enum device_type type);
void admin_bring_back(const char *device, enum device_type type);
/* admin_isa() - declares an ISA card, or takes it back */
void admin_isa(void);

#endif
