/* SPDX-License-Identifier: MIT */
/* Whose ports, memory and interrupts are. */
#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>

#include <kplug.h>

#define OWNER_MAX 128	/* bytes of a name, with its NUL */

/* Who has claimed a part of @range; false if nobody has. */
bool owner_of_range(const struct kplug_range *range, char owner[OWNER_MAX]);

/* Who uses interrupt @irq; false if nobody does. */
bool owner_of_irq(unsigned int irq, char owner[OWNER_MAX]);

#endif /* OWNER_H */
