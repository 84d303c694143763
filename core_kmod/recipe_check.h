/* SPDX-License-Identifier: GPL-2.0 */
/* The check of a recipe; needs nothing of the core, so it is tested on the host. */
#ifndef KPLUG_RECIPE_CHECK_H
#define KPLUG_RECIPE_CHECK_H

#include <kplug/handler.h>

int kplug_recipe_check(const struct kplug_step *steps, unsigned int num_steps,
		       const struct kplug_io *io);

#endif /* KPLUG_RECIPE_CHECK_H */
