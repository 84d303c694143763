/* SPDX-License-Identifier: MIT */
/* The schemas of what commands print with --json, which are in the folder schema. */
#ifndef KPLUG_SCHEMA_H
#define KPLUG_SCHEMA_H

#include <stddef.h>

struct schema {
	const char *name; /* "irq-1" */
	const char *text; /* JSON Schema */
};

/* Ends with a name that is NULL. The build makes them of the files. */
extern const struct schema schemas[];

#endif /* KPLUG_SCHEMA_H */
