/* SPDX-License-Identifier: MIT */
/* Arrays that an argument points to; their elements may be longer or shorter than the kernel's. */
#ifndef FUZZ_LIST_H
#define FUZZ_LIST_H

#include <stdint.h>

#include "device.h"

#define MAX_LIST (32 * 1024) /* bytes */

/* list_stride() - mostly the size of an element */
uint32_t list_stride(uint32_t size);
/* list_place() - the elements somewhere in memory, with the stride that it returns */
uint64_t list_place(enum device_type type, const void *elements, uint32_t num, uint32_t size,
		    uint32_t *stride);
/* list_length() - the number of elements, or at times another */
uint32_t list_length(uint32_t num);

#endif
