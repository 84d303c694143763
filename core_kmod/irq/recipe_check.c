// SPDX-License-Identifier: GPL-2.0
/* Checks whether a recipe is safe to run in a hard interrupt. */
#include <linux/errno.h>
#include <linux/types.h>

#include <kplug/handler.h>

#include "irq/recipe_check.h"

struct check {
	const struct kplug_io *io;
	bool loaded; /* the accumulator has a value */
	unsigned int captures;
};

static bool register_valid(const struct check *c, const struct kplug_step *s)
{
	const struct kplug_io_region *r;

	if (s->region >= KPLUG_MAX_REGIONS)
		return false;
	if (s->width != 1 && s->width != 2 && s->width != 4 && s->width != 8)
		return false;
	if (s->offset & (s->width - 1))
		return false;
	r = &c->io->region[s->region];
	if (kplug_io_inside(r->length, s->offset, s->width))
		return true;
	return s->width != 8 && kplug_io_inside(r->port_length, s->offset, s->width);
}

static bool register_unused(const struct kplug_step *s)
{
	return !s->region && !s->width && !s->offset;
}

static bool value_fits(const struct kplug_step *s)
{
	return s->width == 8 || !((s->value | s->mask) >> (8 * s->width));
}

static bool step_valid(struct check *c, const struct kplug_step *s)
{
	switch (s->op) {
	case KPLUG_STEP_READ:
		c->loaded = true;
		return register_valid(c, s) && !s->mask && !s->value;
	case KPLUG_STEP_NOT_MINE:
		return c->loaded && register_unused(s) && !(s->value & ~s->mask);
	case KPLUG_STEP_WRITE:
		return register_valid(c, s) && !s->mask && value_fits(s);
	case KPLUG_STEP_WRITE_BACK:
	case KPLUG_STEP_WRITE_INVERSE:
		return c->loaded && register_valid(c, s) && value_fits(s);
	case KPLUG_STEP_CAPTURE:
		return c->loaded && register_unused(s) && !s->value &&
		       ++c->captures <= KPLUG_MAX_CAPTURES;
	default:
		return false;
	}
}

static bool writes(const struct kplug_step *s)
{
	return s->op == KPLUG_STEP_WRITE || s->op == KPLUG_STEP_WRITE_BACK ||
	       s->op == KPLUG_STEP_WRITE_INVERSE;
}

/* @s: valid. Only steps that access a register have a width. */
static bool may_access_step(const struct kplug_region *regions, const struct kplug_step *s)
{
	return !s->width || !kplug_region_forbids(&regions[s->region], s->width);
}

/* @s: valid */
static bool may_write_step(const struct kplug_region *regions, const struct kplug_step *s)
{
	return !writes(s) || !kplug_region_owns(&regions[s->region], s->offset, s->width);
}

/* @c: after the steps before */
static int check_step(struct check *c, const struct kplug_region *regions,
		      const struct kplug_step *s)
{
	if (s->flags || s->__reserved)
		return -EOPNOTSUPP;
	if (!step_valid(c, s))
		return -EINVAL;
	if (!may_access_step(regions, s))
		return -EOPNOTSUPP;
	return may_write_step(regions, s) ? 0 : -EPERM;
}

/**
 * kplug_recipe_writes() - check whether a recipe writes to any register
 * @steps: the checked recipe
 * @num_steps: number of @steps
 *
 * Return: true when one of the steps writes.
 */
bool kplug_recipe_writes(const struct kplug_step *steps, unsigned int num_steps)
{
	unsigned int i;

	for (i = 0; i < num_steps; i++)
		if (writes(&steps[i]))
			return true;
	return false;
}

/**
 * kplug_recipe_check() - check a whole recipe
 * @steps: the recipe, a copy that the program cannot change
 * @num_steps: number of @steps
 * @io: the maps of the device's regions
 * @regions: the device's regions
 *
 * Return: 0; -EINVAL; -EOPNOTSUPP when a flag or reserved field is set, or for a width that the
 * region does not permit; -EPERM for a write to registers owned by the kernel.
 */
int kplug_recipe_check(const struct kplug_step *steps, unsigned int num_steps,
		       const struct kplug_io *io, const struct kplug_region *regions)
{
	struct check c = { .io = io };
	unsigned int i;

	if (!num_steps || num_steps > KPLUG_MAX_STEPS)
		return -EINVAL;
	for (i = 0; i < num_steps; i++) {
		int err = check_step(&c, regions, &steps[i]);

		if (err)
			return err;
	}
	return 0;
}
