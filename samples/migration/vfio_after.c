// SPDX-License-Identifier: MIT
/*
 * The program of docs/from-vfio.md after it has moved: it sends a block to QEMU's edu device by DMA
 * and takes it back. kplug has the device.
 *
 *	vfio_after 0000:00:04.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <edu/edu_regs.h>
#include <kplug.h>

#define LENGTH 2048

struct edu {
	struct kplug *kplug;
	int event;
	uint8_t *memory;
	uint64_t address;
};

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s\n", what, kplug_reason(NULL));
		exit(EXIT_FAILURE);
	}
	return result;
}

static void edu_open(struct edu *edu, const char *name)
{
	must(kplug_open(&edu->kplug, name, NULL), name);
}

static void edu_map_registers(struct edu *edu)
{
	must(kplug_map(edu->kplug, EDU_REGION), "map the registers");
}

static void edu_enable_interrupt(struct edu *edu)
{
	const struct kplug_handler none = { 0 };

	edu->event = eventfd(0, 0);
	must(kplug_eventfd(edu->kplug, 0, edu->event), "eventfd");
	must(kplug_irq_mode(edu->kplug, KPLUG_IRQ_MSI, 1), "choose messages");
	must(kplug_attach(edu->kplug, 0, &none), "enable the interrupt");
}

static void edu_allocate(struct edu *edu)
{
	const struct kplug_dma_limits limits = { .address_bits = EDU_DMA_BITS };
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	struct kplug_dma_buffer buffer;

	must(kplug_dma_set_limits(edu->kplug, &limits), "limits");
	must(kplug_dma_buffer_alloc_coherent(edu->kplug, 4096, &buffer), "allocate");
	must(kplug_dma_map(edu->kplug, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping),
	     "map the memory");
	must(kplug_dma_segments(edu->kplug, mapping.id, 0, &segment, 1), "address");
	edu->memory = buffer.addr;
	edu->address = segment.address;
}

static uint32_t edu_read32(struct edu *edu, unsigned int offset)
{
	return kplug_read32(kplug_io_user(edu->kplug), EDU_REGION, offset);
}

static void edu_write32(struct edu *edu, unsigned int offset, uint32_t value)
{
	kplug_write32(kplug_io_user(edu->kplug), EDU_REGION, offset, value);
}

static void edu_write64(struct edu *edu, unsigned int offset, uint64_t value)
{
	kplug_write64(kplug_io_user(edu->kplug), EDU_REGION, offset, value);
}

static void edu_wait(struct edu *edu)
{
	uint64_t count;

	if (read(edu->event, &count, sizeof(count)) < 0)
		exit(EXIT_FAILURE);
	edu_write32(edu, EDU_IRQ_ACK, edu_read32(edu, EDU_IRQ_STATUS));
}

static void edu_transfer(struct edu *edu, uint64_t from, uint64_t to, uint64_t how)
{
	edu_write64(edu, EDU_DMA_SOURCE, from);
	edu_write64(edu, EDU_DMA_DESTINATION, to);
	edu_write64(edu, EDU_DMA_COUNT, LENGTH);
	edu_write64(edu, EDU_DMA_COMMAND, EDU_DMA_START | EDU_DMA_IRQ | how);
	edu_wait(edu);
}

int main(int argc, char **argv)
{
	struct edu edu;
	int i, wrong = 0;

	if (argc != 2)
		return 2;
	edu_open(&edu, argv[1]);
	edu_map_registers(&edu);
	edu_enable_interrupt(&edu);
	edu_allocate(&edu);
	for (i = 0; i < LENGTH; i++)
		edu.memory[i] = (uint8_t)(i * 7);
	edu_transfer(&edu, edu.address, EDU_DMA_BUFFER, 0);
	memset(edu.memory, 0, LENGTH);
	edu_transfer(&edu, EDU_DMA_BUFFER, edu.address, EDU_DMA_FROM_DEVICE);
	for (i = 0; i < LENGTH; i++)
		wrong += edu.memory[i] != (uint8_t)(i * 7);
	printf("%d bytes there and back, %d wrong\n", LENGTH, wrong);
	kplug_close(edu.kplug);
	return wrong != 0;
}
