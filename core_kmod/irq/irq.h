/* SPDX-License-Identifier: GPL-2.0 */
/* The path from an interrupt to the verdict of its handler, and acting on the verdict. */
#ifndef KPLUG_IRQ_IRQ_H
#define KPLUG_IRQ_IRQ_H

#include <linux/irqreturn.h>

struct kplug_irq;

unsigned int kplug_irq_hard_quiet(struct kplug_irq *irq);
unsigned int kplug_irq_hard_user(struct kplug_irq *irq);
irqreturn_t kplug_irq_hard(int irq, void *data);

#endif /* KPLUG_IRQ_IRQ_H */
