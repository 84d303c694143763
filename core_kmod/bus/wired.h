/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupt lines, for a bus that has set kplug_vector.linux_irq of every vector. */
#ifndef KPLUG_BUS_WIRED_H
#define KPLUG_BUS_WIRED_H

#include <linux/types.h>

#include <kplug/plugin.h>

struct kplug_device;
struct kplug_vector;

#define KPLUG_WIRED_OPS                                                         \
	.irq_alloc = kplug_wired_alloc, .irq_free = kplug_wired_free,           \
	.irq_request = kplug_wired_request, .irq_enable = kplug_wired_unmask,   \
	.irq_release = kplug_wired_release, .irq_pending = kplug_wired_pending, \
	.irq_mask = kplug_wired_mask, .irq_unmask = kplug_wired_unmask

int kplug_wired_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
void kplug_wired_free(struct kplug_device *dev);
int kplug_wired_request(struct kplug_vector *v);
void kplug_wired_release(struct kplug_vector *v);
bool kplug_wired_pending(struct kplug_vector *v);
void kplug_wired_mask(struct kplug_vector *v);
void kplug_wired_unmask(struct kplug_vector *v);

#endif /* KPLUG_BUS_WIRED_H */
