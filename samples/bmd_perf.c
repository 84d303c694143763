// SPDX-License-Identifier: MIT
/*
 * How fast is a card with Xilinx' bus master design (XAPP1052)? The card fills memory with a word,
 * compares it with that word, and does both at once. It counts the clocks of its core meanwhile.
 *
 *	kplug bind 0000:01:00.0
 *	bmd_perf 0000:01:00.0 KIB MHZ	(of the clock of the card's core; 250 by default)
 */
#include "sample.h"

#include <bmd/bmd_msg.h>

#define PATTERN 0x600df00du
#define ROUNDS  16

static struct bmd_state state(struct kplug *k)
{
	struct bmd_state s;

	must(kplug_call(k, BMD_CALL_STATE, NULL, 0, &s, sizeof(s)), "state");
	return s;
}

static void end(struct kplug *k, uint32_t id)
{
	struct kplug_dma_transaction_info info;

	must(kplug_dma_transaction_wait(k, id, KPLUG_TIMEOUT_NONE, &info), "wait");
	must_end_well(info.out_status, "transfer");
}

static void show(const char *what, const struct bmd_count *before, const struct bmd_count *after,
		 double mhz)
{
	double clocks = after->clocks - before->clocks, bytes = after->bytes - before->bytes;

	if (clocks)
		printf("  %-14s %8.0f MB/s\n", what, bytes / clocks * mhz);
}

/* run() - these transactions together, several times, and what the card counted */
static void run(struct kplug *k, const char *what, const uint32_t *ids, unsigned int num,
		double mhz)
{
	struct bmd_state before = state(k), after;
	struct kplug_dma_execution e[2] = {};

	for (unsigned int i = 0; i < num; i++)
		e[i] = (struct kplug_dma_execution){ .id = ids[i],
						     .args = { [BMD_ARG_PATTERN] = PATTERN } };
	for (unsigned int round = 0; round < ROUNDS; round++) {
		expect(must(kplug_dma_transaction_execute(k, e, num), "execute") == (int)num,
		       "all have started");
		for (unsigned int i = 0; i < num; i++)
			end(k, ids[i]);
	}
	after = state(k);
	printf("%s:\n", what);
	show("from the card", &before.from_card, &after.from_card, mhz);
	show("to the card", &before.to_card, &after.to_card, mhz);
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "bmd" };
	const char *device = device_argument(argc, argv);
	size_t length = (argc > 2 ? strtoul(argv[2], NULL, 0) : 1024) << 10;
	double mhz = argc > 3 ? strtod(argv[3], NULL) : 250;
	struct kplug_dma_transaction t[2] = { { .direction = KPLUG_DMA_FROM_DEVICE },
					      { .direction = KPLUG_DMA_TO_DEVICE } };
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct bmd_state s;
	struct kplug *k;
	uint32_t ids[2];

	must(kplug_open(&k, device, NULL), "open");
	expect(must(kplug_attach(k, 0, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	must(kplug_dma_buffer_alloc(k, length, &buffer), "memory");
	must(kplug_dma_map(k, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping), "dma map");
	for (unsigned int i = 0; i < 2; i++) {
		t[i].mapping = mapping.id;
		must(kplug_dma_transaction_make(k, &t[i]), "transaction");
		ids[i] = t[i].out_id;
	}
	s = state(k);
	printf("%u lanes, packets of %u bytes, requests of %u; a core of %u bits at %g MHz\n",
	       s.lanes, s.max_payload, s.max_read_request, s.core_bits, mhz);
	run(k, "from the card alone", &ids[0], 1, mhz);
	run(k, "to the card alone", &ids[1], 1, mhz);
	run(k, "both at once", ids, 2, mhz);
	kplug_close(k);
	return 0;
}
