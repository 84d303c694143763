/* SPDX-License-Identifier: MIT */
/* Kernel types for kernel files that are tested on the host. */
#ifndef SHIM_TYPES_H
#define SHIM_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef u64 phys_addr_t;

typedef struct {
	int counter;
} atomic_t;

#endif /* SHIM_TYPES_H */
