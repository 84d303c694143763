/* SPDX-License-Identifier: GPL-2.0 */
/* The check of recipes. It depends on no other header of the core, so unit tests include it. */
#ifndef KPLUG_RECIPE_CHECK_H
#define KPLUG_RECIPE_CHECK_H

#include <kplug/handler.h>

#include "access/region.h"

int kplug_recipe_check(const struct kplug_step *steps, unsigned int num_steps,
		       const struct kplug_io *io, const struct kplug_region *regions);

bool kplug_recipe_writes(const struct kplug_step *steps, unsigned int num_steps);

#endif /* KPLUG_RECIPE_CHECK_H */
