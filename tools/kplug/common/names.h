/* SPDX-License-Identifier: MIT */
/* Names of devices, if pci.ids is installed. */
#ifndef KPLUG_NAMES_H
#define KPLUG_NAMES_H

#include <kplug.h>

/* Empty if there is no name. */
struct names {
	char vendor[128];
	char device[128];
	char class_name[128];
};

void names_find(const struct kplug_found *found, struct names *names);

#endif /* KPLUG_NAMES_H */
