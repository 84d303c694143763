// SPDX-License-Identifier: MIT
/*
 * Let the device access memory that the program already has, of any size and at any address;
 * the device sees it as segments. There is no plugin: this program drives the device's engine.
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
	/* This engine has 64-bit addresses; the default is 32 bits. */
	const struct kplug_dma_limits limits = { .address_bits = 64 };
	unsigned char *memory = malloc(LENGTH), copy[512];
	struct kplug_dma_mapping mapping;
	struct kplug_dma_splitter *splitter;
	struct kplug_dma_segment chunk;
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
	fd = must(kplug_dma_buffer_pin(k, memory, LENGTH, 0, &offset), "pin");
	must(kplug_dma_map(k, fd, offset, LENGTH, KPLUG_DMA_BOTH, &mapping), "dma map");
	printf("%d bytes are %u segments\n", LENGTH, mapping.num_segments);

	/* Copy the last bytes of the memory to the device, in chunks that the engine accepts ... */
	must(kplug_dma_splitter_new(k, &mapping, 256, 0, &splitter), "splitter");
	must(kplug_dma_splitter_start(splitter, LENGTH - sizeof(copy), sizeof(copy)), "start");
	while (kplug_dma_splitter_next(splitter, &chunk)) {
		transfer(io, chunk.address, EDU_DMA_BUFFER + at, chunk.length, 0);
		at += chunk.length;
	}
	/* ... and from there to the start of the memory. */
	memcpy(copy, memory + LENGTH - sizeof(copy), sizeof(copy));
	at = 0;
	must(kplug_dma_splitter_start(splitter, 0, sizeof(copy)), "start");
	while (kplug_dma_splitter_next(splitter, &chunk)) {
		transfer(io, EDU_DMA_BUFFER + at, chunk.address, chunk.length, EDU_DMA_FROM_DEVICE);
		at += chunk.length;
	}
	must(kplug_dma_sync(k, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, 0, sizeof(copy)), "sync");
	expect(!memcmp(memory, copy, sizeof(copy)), "the start has the bytes of the end");
	printf("all bytes are right\n");

	kplug_dma_splitter_free(splitter);
	must(kplug_dma_unmap(k, mapping.id), "unmap");
	close(fd);
	kplug_close(k);
	free(memory);
	return 0;
}
