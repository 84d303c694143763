/* SPDX-License-Identifier: GPL-2.0 */
/* Runs recipes in the hard interrupt. They were checked when the vector was armed. */
#ifndef KPLUG_IRQ_RECIPE_H
#define KPLUG_IRQ_RECIPE_H

struct kplug_step;
struct kplug_vector;

void kplug_recipe_prepare(struct kplug_vector *v, const struct kplug_step *steps,
			  unsigned int num_steps);

#endif /* KPLUG_IRQ_RECIPE_H */
