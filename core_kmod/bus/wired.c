// SPDX-License-Identifier: GPL-2.0
/* Interrupt lines of platform and ISA devices, which only the interrupt controller can mask. */
#include <linux/interrupt.h>

#include "bus/wired.h"
#include "device.h"
#include "irq/irq.h"
#include "irq/vector.h"

/* The bus has found the lines already; there is nothing to allocate. */
int kplug_wired_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	if ((mode != KPLUG_IRQ_AUTO && mode != KPLUG_IRQ_WIRED) || !dev->max_vectors)
		return -EOPNOTSUPP;
	WRITE_ONCE(dev->irq_mode, KPLUG_IRQ_WIRED);
	dev->num_vectors = count ?: dev->max_vectors;
	return 0;
}

void kplug_wired_free(struct kplug_device *dev)
{
}

/* Masking at the controller would mask the line for all devices, so it cannot be shared. */
int kplug_wired_request(struct kplug_vector *v)
{
	/* A busy line is reported to the program, so it need not appear in the log. */
	unsigned long flags = IRQF_NO_AUTOEN | IRQF_PROBE_SHARED;

	if (v->no_thread)
		flags |= IRQF_NO_THREAD;
	return request_irq(v->linux_irq, kplug_irq_hard, flags, v->name, v);
}

void kplug_wired_release(struct kplug_vector *v)
{
	free_irq(v->linux_irq, v);
}

/* A controller cannot tell whether a line is asserted while its interrupt is being handled. */
bool kplug_wired_pending(struct kplug_vector *v)
{
	return false;
}

void kplug_wired_mask(struct kplug_vector *v)
{
	disable_irq_nosync(v->linux_irq);
}

void kplug_wired_unmask(struct kplug_vector *v)
{
	enable_irq(v->linux_irq);
}
