// SPDX-License-Identifier: MIT
/*
 * Let the device copy memory: the plugin's engine transfers chunk after chunk, and this
 * program gets one event at the end.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	dma_copy 0000:00:04.0
 */
#include "sample.h"

#include <edu/edu_regs.h>

#define LENGTH (16 * 1024)

static uint32_t transaction(struct kplug *k, const struct kplug_dma_mapping *mapping,
			    enum kplug_dma_direction direction)
{
	struct kplug_dma_transaction t = { .mapping = mapping->id, .direction = direction };

	must(kplug_dma_transaction_make(k, &t), "transaction");
	return t.out_id;
}

/* Starts a transaction and waits for its event. */
static void run(struct kplug *k, struct kplug_dma_execution execution)
{
	struct kplug_event event;

	must(kplug_dma_transaction_execute(k, &execution, 1), "execute");
	do
		expect(must(kplug_wait(k, &event, 1, -1), "wait") == 1, "an event comes");
	while (event.type != KPLUG_EVENT_DMA);
	must_end_well((int)(int64_t)event.data[3], "transfer");
	printf("%llu bytes\n", (unsigned long long)event.data[2]);
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "edu" };
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	unsigned char *memory;
	struct kplug *k;
	int i;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	expect(must(kplug_attach(k, 0, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	must(kplug_dma_buffer_alloc(k, LENGTH, &buffer), "buffer");
	must(kplug_dma_map(k, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping), "dma map");

	/* The device has a buffer of 4 KiB. Copy into it once, and out of it four times: */
	memory = buffer.addr;
	for (i = 0; i < EDU_DMA_MAX; i++)
		memory[i] = (unsigned char)(i * 7 / 3);
	run(k, (struct kplug_dma_execution){ .id = transaction(k, &mapping, KPLUG_DMA_TO_DEVICE),
					     .length = EDU_DMA_MAX });
	run(k, (struct kplug_dma_execution){ .id = transaction(k, &mapping, KPLUG_DMA_FROM_DEVICE),
					     .offset = 4096,
					     .length = 3 * EDU_DMA_MAX });

	for (i = 0; i < 3 * EDU_DMA_MAX; i++)
		expect(memory[4096 + i] == memory[i % EDU_DMA_MAX], "every byte arrived");
	printf("all bytes are right\n");
	kplug_dma_buffer_free(&buffer);
	kplug_close(k);
	return 0;
}
