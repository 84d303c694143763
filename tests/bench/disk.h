/* SPDX-License-Identifier: MIT */
/* tests/bench: random reads of a disk, the same for every way to them. */
#ifndef BENCH_DISK_H
#define BENCH_DISK_H

#include "bench.h"

#define DISK_DEPTH 32 /* at most */
#define DISK_BYTES 4096u /* of a read */

/* A way to read. Each slot has memory of its own. */
struct disk {
	/* Begin to read @blocks[i], in units of DISK_BYTES, into the memory of @slots[i]. */
	void (*submit)(const unsigned int *slots, const uint64_t *blocks, unsigned int n);
	/* At least one has ended; which ones. */
	unsigned int (*wait)(unsigned int *slots);
	/* Where the reads end up, DISK_BYTES a slot. */
	uint8_t *memory;
};

#define DISK_BLOCKS 8192u /* of DISK_BYTES, that are read */

void disk_row(const char *path, const struct disk *disk, unsigned int depth);
uint8_t *disk_memory(void); /* of all slots */

#endif /* BENCH_DISK_H */
