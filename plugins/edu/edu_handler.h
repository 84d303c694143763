/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The edu device's interrupt handler, shared by programs and the plugin. */
#ifndef EDU_HANDLER_H
#define EDU_HANDLER_H

#include <kplug/handler.h>

#include "edu_regs.h"

static inline unsigned int edu_handler(struct kplug_irq *irq)
{
	__u32 status = kplug_read32(irq->io, EDU_REGION, EDU_IRQ_STATUS);

	/* All ones: the device is gone, so another device on the line interrupts. */
	if (!status || status == ~0u)
		return KPLUG_NONE;
	kplug_write32(irq->io, EDU_REGION, EDU_IRQ_ACK, status);
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

#endif /* EDU_HANDLER_H */
