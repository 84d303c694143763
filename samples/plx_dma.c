// SPDX-License-Identifier: MIT
/*
 * Copy a program's memory to the local bus of a card behind a bridge of PLX and back, by each DMA
 * channel, and compare.
 *
 *	kplug bind 0000:05:00.0
 *	plx_dma 0000:05:00.0 ADDRESS KIB MODE	(local address of memory on the card, by default 0;
 *						 MODE: of plx/plx_msg.h, by default 0x1c3: 32 bits
 *						 wide, READY#, BTERM#, bursts)
 */
#include "sample.h"

#include <stdint.h>

#include <plx/plx_msg.h>

struct board {
	uint32_t local, mode;
};

static unsigned long argument(int argc, char **argv, int n, unsigned long otherwise)
{
	return argc > n ? strtoul(argv[n], NULL, 0) : otherwise;
}

static uint32_t transaction(struct kplug *k, uint32_t mapping, enum kplug_dma_direction direction)
{
	struct kplug_dma_transaction t = { .mapping = mapping, .direction = direction };

	must(kplug_dma_transaction_make(k, &t), "transaction");
	return t.out_id;
}

static void run(struct kplug *k, uint32_t id, const struct board *board, unsigned int channel)
{
	const struct kplug_dma_execution execution = { .id = id,
						       .args = { [PLX_ARG_LOCAL] = board->local,
								 [PLX_ARG_MODE] = board->mode,
								 [PLX_ARG_CHANNEL] = channel } };
	struct kplug_dma_transaction_info info;

	must(kplug_dma_transaction_execute(k, &execution, 1), "execute");
	must(kplug_dma_transaction_wait(k, id, KPLUG_TIMEOUT_NONE, &info), "wait");
	must_end_well(info.out_status, "transfer");
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "plx" };
	const char *device = device_argument(argc, argv);
	const struct board board = {
		.local = argument(argc, argv, 2, 0),
		.mode = argument(argc, argv, 4,
				 PLX_MODE_BUS_32 | PLX_MODE_READY | PLX_MODE_BTERM |
					 PLX_MODE_BURST),
	};
	size_t length = argument(argc, argv, 3, 64) << 10;
	unsigned char *memory = malloc(length), *copy = malloc(length);
	struct kplug_dma_mapping mapping;
	uint32_t to_card, from_card;
	uint64_t offset;
	struct kplug *k;
	int fd;

	expect(length && memory && copy, "there is memory");
	must(kplug_open(&k, device, NULL), "open");
	expect(must(kplug_attach(k, 0, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	fd = must(kplug_dma_buffer_pin(k, memory, length, 0, &offset), "pin");
	must(kplug_dma_map(k, fd, offset, length, KPLUG_DMA_BOTH, &mapping), "dma map");
	to_card = transaction(k, mapping.id, KPLUG_DMA_TO_DEVICE);
	from_card = transaction(k, mapping.id, KPLUG_DMA_FROM_DEVICE);

	for (unsigned int channel = 0; channel < 2; channel++) {
		for (size_t i = 0; i < length; i++)
			copy[i] = memory[i] = i * 7 / 3 + channel;
		run(k, to_card, &board, channel);
		memset(memory, 0, length);
		run(k, from_card, &board, channel);
		expect(!memcmp(memory, copy, length), "every byte came back");
		printf("channel %u: %zu bytes there and back, all right\n", channel, length);
	}
	kplug_close(k);
	return 0;
}
