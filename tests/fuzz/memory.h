/* SPDX-License-Identifier: MIT */
/* Memory for arguments: some of it is changed or taken away while the kernel reads it. */
#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"

void memory_set_up(void);
/* memory_place() - where an argument goes, with `data` in it unless that is NULL; may be nowhere */
uint64_t memory_place(enum device_type type, const void *data, size_t length);
/* arena_page() - memory of this type of device, below 4 GiB, that other threads disturb */
char *arena_page(enum device_type type);
/* memory_disturb() - takes some of it away, changes its protection, or brings it back */
long memory_disturb(void);

/* Accesses to memory that may be gone; false when it was. */
bool memory_copy(void *to, const void *from, size_t length);
bool memory_read32(const volatile void *from, uint32_t *value);
bool memory_write32(volatile void *to, uint32_t value);

#endif
