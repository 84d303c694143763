// SPDX-License-Identifier: MIT
/*
 * Wait for an interrupt and serve it in the program, without a handler.
 *
 *	kplug bind 0000:00:04.0		(QEMU's edu device)
 *	irq_wait 0000:00:04.0
 */
#include "sample.h"

#include <edu/edu_regs.h>

#define SECOND 1000000000ll

int main(int argc, char **argv)
{
	/* Without a handler the kernel masks an INTx line and notifies. */
	const struct kplug_handler none = { 0 };
	const struct kplug_io *io;
	struct kplug_event event;
	struct kplug *k;
	uint32_t status;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_map(k, EDU_REGION), "map");
	must(kplug_attach(k, 0, &none), "attach");
	io = kplug_io_user(k);

	/* This device raises an interrupt on request. */
	kplug_write32(io, EDU_REGION, EDU_IRQ_RAISE, 0x5);

	expect(must(kplug_wait(k, &event, 1, 5 * SECOND), "wait") == 1,
	       "an interrupt comes within 5 seconds");
	printf("interrupt %llu of vector %u\n", (unsigned long long)event.seq, event.vector);

	status = kplug_read32(io, EDU_REGION, EDU_IRQ_STATUS);
	kplug_write32(io, EDU_REGION, EDU_IRQ_ACK, status);
	must(kplug_unmask(k, 0), "unmask");
	printf("status was 0x%x\n", status);
	expect(status == 0x5, "the status has the bits that were raised");

	must(kplug_detach(k, 0), "detach");
	kplug_close(k);
	return 0;
}
