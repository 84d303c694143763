/* SPDX-License-Identifier: MIT */
/* Tracepoints identify a device by the minor of its node. */
#ifndef KPLUG_MINORS_H
#define KPLUG_MINORS_H

#include <stdbool.h>
#include <stdint.h>

#define MINORS_MAX 1024u

/* The minor of the device @name; false: kplug does not have it. */
bool minor_of(const char *name, uint32_t *minor);

/* Read the names again. A removed device keeps its name until its minor is reused. */
void minors_refresh(void);

/* The name at the last refresh; "?" if there was none. */
const char *minor_name(uint32_t minor);

#endif /* KPLUG_MINORS_H */
