/* SPDX-License-Identifier: MIT */
/* Recipes: the steps of KPLUG_ARM. */
#ifndef FUZZ_RECIPE_H
#define FUZZ_RECIPE_H

#include <uapi/kplug_abi.h>

#include "device.h"

#define RECIPE_USUAL 6

/* recipe_make() - random steps, of which the first ones may acknowledge the device */
void recipe_make(enum device_type type, struct kplug_step *steps, uint32_t num);
/* recipe_usual() - one that handles the device: its number of steps, at most RECIPE_USUAL */
uint32_t recipe_usual(enum device_type type, struct kplug_step *steps);

#endif
