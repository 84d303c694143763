/* SPDX-License-Identifier: MIT */
/* Names of a PCI function that stay when its address changes: links below /dev/kplug. */
#ifndef KPLUG_LINK_H
#define KPLUG_LINK_H

#include <stddef.h>

#define LINK_MAX  3
#define LINK_SIZE 96

struct links {
	unsigned int count;
	char name[LINK_MAX][LINK_SIZE]; /* "by-slot/3" */
};

/* @root is put before each path: "", or the place of a copy for a test. */
void links_find(struct links *links, const char *root, const char *address);

#endif /* KPLUG_LINK_H */
