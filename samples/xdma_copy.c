// SPDX-License-Identifier: MIT
/*
 * Copy a program's memory to a card with Xilinx' XDMA and back, and compare. One transaction goes
 * each way; the plugin makes a chain of descriptors of the pages.
 *
 *	kplug bind 0000:01:00.0		(any card with XDMA; the plugin knows it by its registers)
 *	xdma_copy 0000:01:00.0 MIB	(what is on the card from address 0 on is overwritten)
 */
#include "sample.h"

#include <stdint.h>
#include <time.h>

#include <xdma/xdma_msg.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static uint32_t transaction(struct kplug *k, uint32_t mapping, enum kplug_dma_direction direction)
{
	struct kplug_dma_transaction t = { .mapping = mapping, .direction = direction };

	must(kplug_dma_transaction_make(k, &t), "transaction");
	return t.out_id;
}

static void run(struct kplug *k, uint32_t id, size_t length, const char *what)
{
	const struct kplug_dma_execution execution = { .id = id,
						       .length = length,
						       .args = { [XDMA_ARG_CARD] = 0 } };
	struct kplug_dma_transaction_info info;
	double began = seconds();

	must(kplug_dma_transaction_execute(k, &execution, 1), "execute");
	must(kplug_dma_transaction_wait(k, id, KPLUG_TIMEOUT_NONE, &info), "wait");
	must_end_well(info.out_status, what);
	printf("%s: %llu bytes, %.0f MiB/s\n", what, (unsigned long long)info.out_bytes,
	       info.out_bytes / (seconds() - began) / (1 << 20));
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "xdma" };
	const char *device = device_argument(argc, argv);
	size_t length = (argc > 2 ? strtoul(argv[2], NULL, 0) : 1) << 20;
	unsigned char *memory = malloc(length), *copy = malloc(length);
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	struct kplug *k;
	int fd;

	expect(length && memory && copy, "there is memory");
	for (size_t i = 0; i < length; i++)
		copy[i] = memory[i] = i * 7 / 3;
	must(kplug_open(&k, device, NULL), "open");
	expect(must(kplug_attach(k, 0, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	fd = must(kplug_dma_buffer_pin(k, memory, length, 0, &offset), "pin");
	must(kplug_dma_map(k, fd, offset, length, KPLUG_DMA_BOTH, &mapping), "dma map");

	run(k, transaction(k, mapping.id, KPLUG_DMA_TO_DEVICE), length, "to the card");
	memset(memory, 0, length);
	run(k, transaction(k, mapping.id, KPLUG_DMA_FROM_DEVICE), length, "from the card");
	expect(!memcmp(memory, copy, length), "every byte came back");
	printf("all bytes are right\n");
	kplug_close(k);
	return 0;
}
