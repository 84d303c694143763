/* SPDX-License-Identifier: MIT */
/* The name of a device as sysfs has it. */
#ifndef KPLUG_ADDRESS_H
#define KPLUG_ADDRESS_H

#define ADDRESS_SIZE 64 /* KPLUG_NAME_MAX */

/*
 * Completes a PCI address, which may lack its domain and have capitals; other names stay as they
 * are.
 */
void address_complete(char full[ADDRESS_SIZE], const char *name);

#endif /* KPLUG_ADDRESS_H */
