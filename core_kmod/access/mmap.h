/* SPDX-License-Identifier: GPL-2.0 */
/* Offsets of mmap(). */
#ifndef KPLUG_ACCESS_MMAP_H
#define KPLUG_ACCESS_MMAP_H

/*
 * Offsets for mmap() fit into the 44 bits that a 32-bit program can pass: four bits select the
 * object, forty the offset in it.
 */
#define KPLUG_MMAP_SHIFT     40
#define KPLUG_MMAP_RING      8 /* lower values are regions */
#define KPLUG_MMAP_SHM       9
#define KPLUG_MMAP_SHM_SHIFT 24 /* room for KPLUG_MAX_SHM each */

#endif /* KPLUG_ACCESS_MMAP_H */
