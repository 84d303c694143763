// SPDX-License-Identifier: MIT
/*
 * Copy from card to card: the engine of one device writes directly into the memory of another
 * device, bypassing main memory.
 *
 *	kplug bind 0000:00:08.0		(QEMU's edu device, made with dma_mask=0xffffffffffffffff)
 *	kplug bind 0000:00:06.0		(QEMU's ivshmem device)
 *	p2p 0000:00:08.0 0000:00:06.0
 *
 * Two devices behind one PCIe switch reach each other. Other devices do so if the root complex
 * forwards their requests. If you know that yours does:
 *
 *	echo Y >/sys/module/kplug/parameters/root_complex_routes
 */
#include "sample.h"

#include <edu/edu_regs.h>
#include <ivshmem/ivshmem_regs.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH 4096
#define TEXT   "from one card to the other"

/* Copies between the engine's buffer and a bus address. */
static void transfer(struct kplug *k, uint64_t source, uint64_t destination, uint32_t direction)
{
	const struct kplug_io *io = kplug_io_user(k);

	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, source);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, destination);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, sizeof(TEXT));
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | direction);
	while (kplug_read64(io, EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START)
		usleep(1000);
}

static uint64_t bus_address(struct kplug *engine, int fd)
{
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	int err = kplug_dma_map(engine, fd, 0, 0, KPLUG_DMA_BOTH, &mapping);

	if (err == -EOPNOTSUPP)
		fprintf(stderr, "requests may not get from one of these devices to the other\n");
	must(err, "dma map");
	must(kplug_dma_segments(engine, mapping.id, 0, &segment, 1), "segments");
	return segment.address;
}

int main(int argc, char **argv)
{
	const struct kplug_dma_limits limits = { .address_bits = 64 };
	struct kplug *engine, *owner;
	uint64_t address;
	char *memory;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: %s ENGINE MEMORY (see `kplug list`)\n", argv[0]);
		return 2;
	}
	must(kplug_open(&engine, argv[1], NULL), "open");
	must(kplug_open(&owner, argv[2], NULL), "open");
	must(kplug_map(engine, EDU_REGION), "map");
	must(kplug_dma_set_limits(engine, &limits), "limits");

	/* For this program and for the other device, this memory is a buffer like any other. */
	fd = must(kplug_dma_buffer_region(owner, IVSHMEM_MEMORY, 0, LENGTH), "buffer");
	memory = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect(memory != MAP_FAILED, "the buffer can be mapped");
	strcpy(memory, TEXT);
	address = bus_address(engine, fd);
	transfer(engine, address, EDU_DMA_BUFFER, 0);
	transfer(engine, EDU_DMA_BUFFER, address + LENGTH / 2, EDU_DMA_FROM_DEVICE);
	printf("%s\n", memory + LENGTH / 2);
	expect(!strcmp(memory + LENGTH / 2, TEXT), "the text arrived");
	close(fd);
	kplug_close(engine);
	kplug_close(owner);
	return 0;
}
