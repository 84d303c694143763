// SPDX-License-Identifier: MIT
/*
 * Two clients of one device: each receives every event, at its own pace.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	two_clients 0000:00:04.0
 *
 * Here both clients are in one program; two programs work in the same way.
 */
#include "sample.h"

#include <edu/edu_regs.h>

#define SECOND 1000000000ll
#define ROUNDS 8

/* Events that the small ring of 4 records holds: one record is reserved for urgent events. */
#define KEPT 3
#define ALL  0xffffffff

static const struct kplug_step steps[] = {
	KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
	KPLUG_NOT_MINE(ALL, 0),
	KPLUG_WRITE_BACK32(EDU_REGION, EDU_IRQ_ACK, ALL, 0),
	KPLUG_CAPTURE(ALL),
};

static void raise_and_wait(struct kplug *k, uint32_t value)
{
	struct kplug_event event;

	kplug_write32(kplug_io_user(k), EDU_REGION, EDU_IRQ_RAISE, value);
	expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
	       "an interrupt comes within 5 seconds");
	expect(event.data[0] == value, "the driver sees the status that was raised");
}

int main(int argc, char **argv)
{
	const struct kplug_handler handler = {
		.steps = steps,
		.num_steps = sizeof(steps) / sizeof(steps[0]),
	};
	const struct kplug_opts small = { .ring_entries = KEPT + 1 };
	const char *name = device_argument(argc, argv);
	struct kplug *driver, *watcher;
	struct kplug_event event;
	uint32_t i;

	must(kplug_open(&driver, name, NULL), "open");
	must(kplug_open(&watcher, name, &small), "open again");
	must(kplug_map(driver, EDU_REGION), "map");
	must(kplug_attach(driver, 0, &handler), "attach");
	for (i = 1; i <= ROUNDS; i++)
		raise_and_wait(driver, i);

	/* The watcher took no events so far: its ring holds the oldest ones. */
	for (i = 1; i <= KEPT; i++) {
		expect(kplug_next(watcher, &event), "an event is queued");
		expect(event.data[0] == i, "in order");
	}
	expect(!kplug_next(watcher, &event), "and no more");

	/* Its next event reports exactly how many it lost; the driver lost none. */
	raise_and_wait(driver, ROUNDS + 1);
	expect(must(kplug_wait(watcher, &event, 1, 5 * SECOND), "wait") == 1,
	       "the watcher receives the next event");
	printf("the watcher lost %llu of %d events\n", (unsigned long long)event.lost, ROUNDS);
	expect(event.lost == ROUNDS - KEPT, "it lost the others");
	kplug_close(watcher);
	kplug_close(driver);
	return 0;
}
