/* SPDX-License-Identifier: MIT */
/* The steps of a recipe, written as a list. */
#ifndef LIBKPLUG_RECIPE_H
#define LIBKPLUG_RECIPE_H

#include <uapi/kplug_abi.h>

/**
 * DOC: Recipes
 *
 * A recipe is an array of struct kplug_step, which the kernel checks in kplug_attach() and
 * runs in the interrupt. These macros are its elements, in C and C++. Each number is the
 * width of a register in bits, and may be 8, 16, 32 or 64:
 *
 * KPLUG_READ32(region, offset) reads a register. The other steps use what was read last.
 *
 * KPLUG_NOT_MINE(mask, value) ends the recipe if the interrupt is not the device's own:
 * the bits of the mask have this value.
 *
 * KPLUG_WRITE32(region, offset, value) writes a value.
 *
 * KPLUG_WRITE_BACK32(region, offset, mask, value) writes the bits of the mask as they were
 * read, and the bits of the value as 1. It acknowledges where a written 1 clears.
 *
 * KPLUG_WRITE_INVERSE32(region, offset, mask, value) writes the inverse of the bits of the
 * mask, and the bits of the value as 1. It acknowledges where a written 0 clears.
 *
 * KPLUG_CAPTURE(mask) passes the bits of the mask to the program, in kplug_event.data.
 *
 * A device whose status register clears by a write of 1 has this recipe:
 * { KPLUG_READ32(0, STATUS), KPLUG_NOT_MINE(~0u, 0), KPLUG_WRITE_BACK32(0, STATUS, ~0u, 0),
 * KPLUG_CAPTURE(~0u) }.
 */

/* Without names of members: before C++20 there are none. */
#define __KPLUG_STEP(op, region, width, offset, mask, value)             \
	{                                                                \
		(op), (region), (width), 0, 0, (offset), (mask), (value) \
	}

#define __KPLUG_READ_STEP(width, region, offset) \
	__KPLUG_STEP(KPLUG_STEP_READ, region, width, offset, 0, 0)
#define KPLUG_READ8(region, offset)  __KPLUG_READ_STEP(1, region, offset)
#define KPLUG_READ16(region, offset) __KPLUG_READ_STEP(2, region, offset)
#define KPLUG_READ32(region, offset) __KPLUG_READ_STEP(4, region, offset)
#define KPLUG_READ64(region, offset) __KPLUG_READ_STEP(8, region, offset)

#define KPLUG_NOT_MINE(mask, value) __KPLUG_STEP(KPLUG_STEP_NOT_MINE, 0, 0, 0, mask, value)

#define __KPLUG_WRITE_STEP(width, region, offset, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE, region, width, offset, 0, value)
#define KPLUG_WRITE8(region, offset, value)  __KPLUG_WRITE_STEP(1, region, offset, value)
#define KPLUG_WRITE16(region, offset, value) __KPLUG_WRITE_STEP(2, region, offset, value)
#define KPLUG_WRITE32(region, offset, value) __KPLUG_WRITE_STEP(4, region, offset, value)
#define KPLUG_WRITE64(region, offset, value) __KPLUG_WRITE_STEP(8, region, offset, value)

#define KPLUG_WRITE_BACK8(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_BACK, region, 1, offset, mask, value)
#define KPLUG_WRITE_BACK16(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_BACK, region, 2, offset, mask, value)
#define KPLUG_WRITE_BACK32(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_BACK, region, 4, offset, mask, value)
#define KPLUG_WRITE_BACK64(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_BACK, region, 8, offset, mask, value)

#define KPLUG_WRITE_INVERSE8(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_INVERSE, region, 1, offset, mask, value)
#define KPLUG_WRITE_INVERSE16(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_INVERSE, region, 2, offset, mask, value)
#define KPLUG_WRITE_INVERSE32(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_INVERSE, region, 4, offset, mask, value)
#define KPLUG_WRITE_INVERSE64(region, offset, mask, value) \
	__KPLUG_STEP(KPLUG_STEP_WRITE_INVERSE, region, 8, offset, mask, value)

#define KPLUG_CAPTURE(mask) __KPLUG_STEP(KPLUG_STEP_CAPTURE, 0, 0, 0, mask, 0)

#endif /* LIBKPLUG_RECIPE_H */
