/* SPDX-License-Identifier: MIT */
/* The owners of ports, memory and interrupts. */
#ifndef KPLUG_OWNER_H
#define KPLUG_OWNER_H

#include <stdbool.h>

#include <kplug.h>

#define OWNER_MAX 128 /* bytes of a name, with its NUL */

/* The owner of a part of @range; false: it has none. */
bool owner_of_range(const struct kplug_range *range, char owner[OWNER_MAX]);

/* The users of interrupt @irq; false: it has none. */
bool owner_of_irq(unsigned int irq, char owner[OWNER_MAX]);

#endif /* KPLUG_OWNER_H */
