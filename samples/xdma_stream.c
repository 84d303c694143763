// SPDX-License-Identifier: MIT
/*
 * Continuous acquisition from a stream of a card with Xilinx' XDMA. The card fills a ring in the
 * program's memory without a pause; the program sees each period whole, or knows that it is lost.
 *
 *	kplug bind 0000:01:00.0
 *	xdma_stream 0000:01:00.0 CHANNEL PERIODS	(ends after that number of periods)
 */
#include "sample.h"

#include <stdint.h>
#include <time.h>

#include <xdma/xdma_msg.h>

#define PERIODS 64u
#define BYTES   16384u

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* start() - the ring, and behind it a record for each period */
static void *start(struct kplug *k, uint32_t channel)
{
	struct xdma_ring_start ring = { .channel = channel, .periods = PERIODS, .bytes = BYTES };
	struct kplug_dma_mapping mapping;
	struct kplug_dma_buffer buffer;
	size_t length = PERIODS * (BYTES + sizeof(struct xdma_packet));

	must(kplug_dma_buffer_alloc_coherent(k, length, &buffer), "memory");
	must(kplug_dma_map(k, buffer.fd, 0, 0, KPLUG_DMA_FROM_DEVICE, &mapping), "map");
	ring.mapping = mapping.id;
	must(kplug_call(k, XDMA_CALL_RING, &ring, sizeof(ring), NULL, 0), "ring");
	return buffer.addr;
}

/* use() - what a program does with a period; here it adds the bytes */
static uint64_t use(const uint8_t *period, uint32_t bytes)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < bytes; i++)
		sum += period[i];
	return sum;
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = { .plugin = "xdma" };
	const char *device = device_argument(argc, argv);
	uint64_t wanted = argc > 3 ? strtoull(argv[3], NULL, 0) : 1000, got = 0, bytes = 0, sum = 0;
	struct xdma_ring_take take = { .channel = argc > 2 ? strtoul(argv[2], NULL, 0) : 0 };
	struct xdma_ring_state state = { 0 };
	const struct xdma_packet *packets;
	const uint8_t *ring;
	double began;
	struct kplug *k;

	must(kplug_open(&k, device, NULL), "open");
	expect(must(kplug_attach(k, 0, &handler), "attach") == KPLUG_HANDLER_PLUGIN,
	       "the plugin is there");
	ring = start(k, take.channel);
	packets = (const void *)(ring + PERIODS * BYTES);
	began = seconds();
	while (got < wanted && !state.status) {
		struct kplug_event events[16];

		must(kplug_wait(k, events, 16, 1000), "wait");
		must(kplug_call(k, XDMA_CALL_RING_TAKE, &take, sizeof(take), &state, sizeof(state)),
		     "take");
		for (uint32_t i = 0; i < state.ready; i++) {
			uint32_t at = (state.first + i) % PERIODS;

			sum += use(ring + at * BYTES, packets[at].bytes);
			bytes += packets[at].bytes;
		}
		got += state.ready;
		take.release = state.ready;
	}
	printf("%llu periods, %llu bytes, %.1f MiB/s, sum %llu; lost %llu periods, status 0x%x\n",
	       (unsigned long long)got, (unsigned long long)bytes,
	       bytes / (seconds() - began) / (1 << 20), (unsigned long long)sum,
	       (unsigned long long)state.lost, state.status);
	expect(!state.status, "the engine works");
	kplug_close(k);
	return 0;
}
