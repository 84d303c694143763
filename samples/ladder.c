// SPDX-License-Identifier: MIT
/* An interrupt of QEMU's edu device, handled by its plugin if there is one, else in here. */
#include <stdio.h>
#include <kplug.h>

static unsigned int handler(struct kplug_irq *irq)
{
	__u32 status = kplug_read32(irq->io, 0, 0x24); /* region 0: why does it interrupt? */

	if (!status)
		return KPLUG_NONE;
	kplug_write32(irq->io, 0, 0x64, status); /* acknowledged */
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

int main(int argc, char **argv)
{
	const struct kplug_handler edu = { .plugin = "edu", .user = handler };
	struct kplug_event event;
	struct kplug *k;

	if (argc != 2 || kplug_open(&k, argv[1], NULL) || kplug_attach(k, 0, &edu) < 0)
		return 1;
	kplug_access_write(k, 0, 0x60, 4, 42); /* the device interrupts */
	if (kplug_wait(k, &event, 1, -1) == 1)
		printf("status %llu\n", (unsigned long long)event.data[0]);
	kplug_close(k);
	return 0;
}
