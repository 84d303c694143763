/* SPDX-License-Identifier: MIT */
/* The numbers that tracepoints have for devices: the minors of their nodes. */
#ifndef KPLUG_MINORS_H
#define KPLUG_MINORS_H

#include <stdbool.h>
#include <stdint.h>

#define MINORS_MAX 1024u

/* Of the device @name; false: kplug does not have it. */
bool minor_of(const char *name, uint32_t *minor);

/* Look who has which now. A device that has gone keeps its name until another has its number. */
void minors_refresh(void);

/* As it was when we looked last; "?" if nobody had it. */
const char *minor_name(uint32_t minor);

#endif /* KPLUG_MINORS_H */
