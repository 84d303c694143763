// SPDX-License-Identifier: GPL-2.0
/* Runs a recipe in the hard interrupt; it was checked when the vector was armed. */
#include "core.h"

/**
 * kplug_recipe_run() - the handler of a vector with a recipe
 * @irq: the vector
 *
 * Context: hard interrupt. Return: KPLUG_NONE from a step that says so, else
 * KPLUG_HANDLED and KPLUG_NOTIFY.
 */
unsigned int kplug_recipe_run(struct kplug_irq *irq)
{
	const struct kplug_vector *v = to_kplug_vector(irq);
	const struct kplug_step *s = v->steps;
	const struct kplug_step *end = s + v->num_steps;
	u64 acc = 0;

	for (; s < end; s++) {
		switch (s->op) {
		case KPLUG_STEP_READ:
			acc = kplug_region_read(irq->io, s->region, s->offset, s->width);
			break;
		case KPLUG_STEP_NOT_MINE:
			if ((acc & s->mask) == s->value)
				return KPLUG_NONE;
			break;
		case KPLUG_STEP_WRITE:
			kplug_region_write(irq->io, s->region, s->offset, s->width, s->value);
			break;
		case KPLUG_STEP_WRITE_BACK:
			kplug_region_write(irq->io, s->region, s->offset, s->width,
					   (acc & s->mask) | s->value);
			break;
		case KPLUG_STEP_CAPTURE:
			kplug_capture(irq, acc & s->mask);
			break;
		}
	}
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}
