/* SPDX-License-Identifier: GPL-2.0 */
/* The storm guard: masks a vector whose interrupts would stall the machine. */
#ifndef KPLUG_IRQ_STORM_H
#define KPLUG_IRQ_STORM_H

#include <linux/types.h>

struct kplug_vector;

void kplug_storm_sample(struct kplug_vector *v, u64 handler_ns, bool look_at_line);
void kplug_storm_reset(struct kplug_vector *v);
void kplug_storm_init(struct kplug_vector *v);
void kplug_storm_stop(struct kplug_vector *v);
bool kplug_storm_unmask(struct kplug_vector *v);

#endif /* KPLUG_IRQ_STORM_H */
