/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The handler of the first plugin, for QEMU's edu device; programs can use it too. */
#ifndef FIRST_HANDLER_H
#define FIRST_HANDLER_H

#include <kplug/handler.h>

#define FIRST_REGION     0
#define FIRST_IRQ_STATUS 0x24 /* reasons for the interrupt, 0 without one */
#define FIRST_IRQ_ACK    0x64 /* bits to clear in the status */

static inline unsigned int first_handler(struct kplug_irq *irq)
{
	__u32 status = kplug_read32(irq->io, FIRST_REGION, FIRST_IRQ_STATUS);

	/* All ones: the device is gone. */
	if (!status || status == ~0u)
		return KPLUG_NONE;
	kplug_write32(irq->io, FIRST_REGION, FIRST_IRQ_ACK, status);
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

#endif /* FIRST_HANDLER_H */
