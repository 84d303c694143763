// SPDX-License-Identifier: MIT
/* tests/bench: instructions of a random read of 4 KiB. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "disk.h"

#define GROUPS 9
#define GROUP  256

uint8_t *disk_memory(void)
{
	void *memory = mmap(NULL, DISK_DEPTH * DISK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	bench_check("mmap", memory == MAP_FAILED ? -errno : 0);
	return memory;
}

static void submit(const struct disk *disk, const unsigned int *slots, unsigned int n)
{
	uint64_t blocks[DISK_DEPTH];
	unsigned int i;

	for (i = 0; i < n; i++)
		blocks[i] = (uint64_t)rand() % DISK_BLOCKS;
	disk->submit(slots, blocks, n);
}

/* There are zeroes on the disk, and were none in memory. */
static void check(const struct disk *disk, unsigned int slot)
{
	static const uint8_t zeroes[DISK_BYTES];
	uint8_t *read = disk->memory + slot * DISK_BYTES;

	bench_check("the data", memcmp(read, zeroes, DISK_BYTES) ? -EILSEQ : 0);
	memset(read, 0xff, DISK_BYTES);
}

/* As many as @depth at a time; each place is used again at once. */
static uint64_t group(const struct disk *disk, unsigned int depth, bool checked)
{
	unsigned int slots[DISK_DEPTH], n, i, started = depth, ended = 0;
	uint64_t before = bench_busy();

	for (i = 0; i < depth; i++)
		slots[i] = i;
	submit(disk, slots, depth);
	while (ended < GROUP) {
		n = disk->wait(slots);
		ended += n;
		for (i = 0; checked && i < n; i++)
			check(disk, slots[i]);
		if (n > GROUP - started)
			n = GROUP - started;
		started += n;
		if (n)
			submit(disk, slots, n);
	}
	return (bench_busy() - before) / GROUP;
}

void disk_row(const char *path, const struct disk *disk, unsigned int depth)
{
	uint64_t means[GROUPS];
	int i;

	srand(1);
	memset(disk->memory, 0xff, depth * DISK_BYTES);
	group(disk, depth, true);
	for (i = 0; i < GROUPS; i++)
		means[i] = group(disk, depth, false);
	bench_row(path, "depth", (uint64_t)depth, "per_read", bench_median(means, GROUPS), NULL);
}
