/* SPDX-License-Identifier: MIT */
/* Devices as a tree. */
#ifndef KPLUG_TREE_H
#define KPLUG_TREE_H

#include <stdbool.h>

#include <kplug.h>

/* Prints those of the @count devices that are @shown, and the bridges above them. */
void tree_print(const struct kplug_found *found, bool *shown, int count);

#endif /* KPLUG_TREE_H */
