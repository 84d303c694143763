// SPDX-License-Identifier: MIT
/*
 * The program of docs/from-windriver.md after its move: the plugin of ../plugin_migrated counts the
 * interrupts of QEMU's edu device.
 *
 *	kplug bind 0000:00:04.0
 *	windriver_after
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kplug.h>

#include "../plugin_migrated/migrated.h"

#define ROUNDS 10

struct edu {
	struct kplug *device;
	volatile uint32_t last; /* status of the last interrupt */
};

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s\n", what, strerror(-result));
		exit(EXIT_FAILURE);
	}
	return result;
}

/* Takes the first device with these ids. */
static void edu_open(struct edu *edu)
{
	struct kplug_found *found;

	if (!must(kplug_select("1234:11e8", &found), "scan"))
		must(-ENODEV, "scan");
	must(kplug_open(&edu->device, found[0].name, NULL), found[0].name);
	must(kplug_map(edu->device, MIGRATED_REGION), "map the registers");
	free(found);
}

static struct migrated_counts edu_counts(struct edu *edu)
{
	struct migrated_counts counts;

	must(kplug_call(edu->device, MIGRATED_CALL_COUNTS, NULL, 0, &counts, sizeof(counts)),
	     "counts");
	return counts;
}

/* Runs in a thread of the library. What happened is in the event. */
static void on_event(struct kplug *device, const struct kplug_event *event, void *ctx)
{
	struct edu *edu = ctx;

	(void)device;
	if (event->type == KPLUG_EVENT_IRQ)
		edu->last = (uint32_t)event->data[1];
}

static void edu_enable(struct edu *edu)
{
	const struct kplug_handler plugin = { .plugin = "migrated" };

	must(kplug_attach(edu->device, 0, &plugin), "enable the interrupt");
	must(kplug_listen(edu->device, on_event, edu), "listen");
}

static void edu_raise(struct edu *edu, uint32_t bits)
{
	kplug_write32(kplug_io_user(edu->device), MIGRATED_REGION, MIGRATED_IRQ_RAISE, bits);
}

static void edu_close(struct edu *edu)
{
	kplug_close(edu->device);
}

int main(void)
{
	struct migrated_counts counts;
	struct edu edu = { 0 };
	uint32_t i;

	edu_open(&edu);
	edu_enable(&edu);
	for (i = 1; i <= ROUNDS; i++) {
		edu_raise(&edu, i); /* the device interrupts */
		while (edu.last != i)
			usleep(1000);
	}
	counts = edu_counts(&edu);
	printf("%u interrupts, the last status is 0x%x\n", counts.interrupts, counts.last);
	edu_close(&edu);
	return counts.interrupts != ROUNDS;
}
