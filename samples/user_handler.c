// SPDX-License-Identifier: MIT
/*
 * One handler, in the program or in the kernel: name a plugin as the second argument, and
 * nothing else changes. If there is no such plugin, the function in this program handles the
 * interrupt.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	user_handler 0000:00:04.0
 *	user_handler 0000:00:04.0 edu
 */
#include "sample.h"

#include <edu/edu_handler.h>

#define SECOND 1000000000ll
#define ROUNDS 10

static void one_interrupt(struct kplug *k, uint32_t value)
{
	struct kplug_event event;

	kplug_write32(kplug_io_user(k), EDU_REGION, EDU_IRQ_RAISE, value);
	expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
	       "an interrupt comes within 5 seconds");
	printf("event %llu: status 0x%llx\n", (unsigned long long)event.seq,
	       (unsigned long long)event.data[0]);
	expect(event.words == 1 && event.data[0] == value, "the handler captured the status");
	expect(event.lost == 0, "nothing was lost");
}

int main(int argc, char **argv)
{
	struct kplug_handler handler = { .user = edu_handler };
	struct kplug *k;
	uint32_t i;
	int where;

	handler.plugin = argc > 2 ? argv[2] : NULL;
	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	where = must(kplug_attach(k, 0, &handler), "attach");
	printf("the handler runs in %s\n",
	       where == KPLUG_HANDLER_PLUGIN ? "the kernel" : "this program");
	for (i = 1; i <= ROUNDS; i++)
		one_interrupt(k, i);
	must(kplug_detach(k, 0), "detach");
	kplug_close(k);
	return 0;
}
