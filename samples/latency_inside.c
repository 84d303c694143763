// SPDX-License-Identifier: MIT
/*
 * Measure where the time of an interrupt goes, in the program that receives it: from the times
 * in the event ring, without tools and without root privileges.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	latency_inside 0000:00:04.0
 */
#include "sample.h"

#include <edu/edu_handler.h>

#define SECOND 1000000000ll
#define ROUNDS 1000

static void one_interrupt(struct kplug *k, struct kplug_stats *stats)
{
	struct kplug_event event;

	kplug_write32(kplug_io_user(k), EDU_REGION, EDU_IRQ_RAISE, 1);
	expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
	       "an interrupt comes within 5 seconds");
	/* First of all: everything before it counts as time to take the event. */
	kplug_stats_add(stats, &event);
}

static void say(const struct kplug_stats *stats, enum kplug_stage stage, const char *what)
{
	struct kplug_stage_times times;

	must(kplug_stats_times(stats, KPLUG_ALL_VECTORS, stage, &times), what);
	expect(times.count == ROUNDS, "every interrupt was measured");
	printf("%s %.1f us, 1 of 100 longer than %.1f us, once %.1f us\n", what, times.p50 / 1e3,
	       times.p99 / 1e3, times.max / 1e3);
}

int main(int argc, char **argv)
{
	/* The handler runs in the kernel, or in this program if the plugin is missing. */
	const struct kplug_handler handler = { .plugin = "edu", .user = edu_handler };
	struct kplug_event_counts counts;
	struct kplug_stats *stats;
	struct kplug *k;
	int i;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	must(kplug_attach(k, 0, &handler), "attach");
	must(kplug_stats_new(0, &stats), "prepare to measure");
	for (i = 0; i < ROUNDS; i++)
		one_interrupt(k, stats);

	kplug_stats_counts(stats, &counts);
	printf("%llu interrupts, and %llu more were lost\n", (unsigned long long)counts.events,
	       (unsigned long long)counts.lost);
	expect(counts.events == ROUNDS && !counts.lost, "every event arrived");
	say(stats, KPLUG_STAGE_HANDLER, "The kernel handled it in");
	say(stats, KPLUG_STAGE_TAKEN, "This program then had it within");
	say(stats, KPLUG_STAGE_WHOLE, "Together that is");

	kplug_stats_free(stats);
	kplug_close(k);
	return 0;
}
