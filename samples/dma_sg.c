// SPDX-License-Identifier: MIT
/*
 * Memory that the program has already, as the device sees it: any size, anywhere,
 * in pieces. No plugin: this program programs the device's engine itself.
 *
 *	kplug bind 0000:00:08.0		(QEMU's edu device with dma_mask=0xffffffffffffffff)
 *	dma_sg 0000:00:08.0
 */
#include "sample.h"

#include <edu/edu_regs.h>
#include <unistd.h>

#define LENGTH 100000

static void transfer(const struct kplug_io *io, uint64_t from, uint64_t to, uint64_t count,
		     uint64_t direction)
{
	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, from);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, to);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, count);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | direction);
	while (kplug_read64(io, EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START)
		usleep(1000);
}

int main(int argc, char **argv)
{
	/* All that this engine can do; by default a device has 32 bits of address. */
	const struct kplug_dma_limits limits = { .address_bits = 64 };
	unsigned char *memory = malloc(LENGTH), copy[512];
	struct kplug_mapping mapping;
	struct kplug_cutter *cutter;
	struct kplug_segment chunk;
	const struct kplug_io *io;
	uint64_t offset, at = 0;
	struct kplug *k;
	int fd, i;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	must(kplug_dma_set_limits(k, &limits), "limits");
	io = kplug_io_user(k);

	for (i = 0; i < LENGTH; i++)
		memory[i] = (unsigned char)(i * 31 / 7);
	fd = must(kplug_buffer_pin(k, memory, LENGTH, 0, &offset), "pin");
	must(kplug_dma_map(k, fd, offset, LENGTH, KPLUG_DMA_BOTH, &mapping), "dma map");
	printf("%d bytes are %u segments\n", LENGTH, mapping.num_segments);

	/* The last bytes of them all, cut as the engine can, to the device ... */
	must(kplug_cutter_new(k, &mapping, 256, 0, &cutter), "cutter");
	must(kplug_cutter_start(cutter, LENGTH - sizeof(copy), sizeof(copy)), "start");
	while (kplug_cutter_next(cutter, &chunk)) {
		transfer(io, chunk.address, EDU_DMA_BUFFER + at, chunk.length, 0);
		at += chunk.length;
	}
	/* ... and to the beginning. */
	memcpy(copy, memory + LENGTH - sizeof(copy), sizeof(copy));
	at = 0;
	must(kplug_cutter_start(cutter, 0, sizeof(copy)), "start");
	while (kplug_cutter_next(cutter, &chunk)) {
		transfer(io, EDU_DMA_BUFFER + at, chunk.address, chunk.length, EDU_DMA_FROM_DEVICE);
		at += chunk.length;
	}
	must(kplug_dma_sync(k, mapping.id, KPLUG_SYNC_FOR_CPU, 0, sizeof(copy)), "sync");
	expect(!memcmp(memory, copy, sizeof(copy)), "the end is at the beginning too");
	printf("all of them right\n");

	kplug_cutter_free(cutter);
	must(kplug_dma_unmap(k, mapping.id), "unmap");
	close(fd);
	kplug_close(k);
	free(memory);
	return 0;
}
