// SPDX-License-Identifier: MIT
/*
 * Let a recipe acknowledge the device in the kernel. A recipe is a handler made of data: the
 * kernel checks it before it runs, and it needs no kernel module.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	recipe 0000:00:04.0
 */
#include "sample.h"

#include <edu/edu_regs.h>

#define SECOND 1000000000ll
#define ALL    0xffffffff
#define ROUNDS 10

/* It does the same as edu_handler() in edu_handler.h. */
static const struct kplug_step steps[] = {
	KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
	KPLUG_NOT_MINE(ALL, 0),
	KPLUG_WRITE_BACK32(EDU_REGION, EDU_IRQ_ACK, ALL, 0),
	KPLUG_CAPTURE(ALL),
};

int main(int argc, char **argv)
{
	const struct kplug_handler handler = {
		.steps = steps,
		.num_steps = sizeof(steps) / sizeof(steps[0]),
	};
	struct kplug_event event;
	struct kplug *k;
	uint32_t i;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	must(kplug_attach(k, 0, &handler), "attach");
	for (i = 1; i <= ROUNDS; i++) {
		kplug_write32(kplug_io_user(k), EDU_REGION, EDU_IRQ_RAISE, i);
		expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
		       "an interrupt comes within 5 seconds");
		printf("event %llu: status 0x%llx, acknowledged %llu ns after "
		       "the interrupt\n",
		       (unsigned long long)event.seq, (unsigned long long)event.data[0],
		       (unsigned long long)(event.t_handler_end - event.t_hard));
		expect(event.data[0] == i, "the recipe captured the status");
	}
	must(kplug_detach(k, 0), "detach");
	kplug_close(k);
	return 0;
}
