// SPDX-License-Identifier: GPL-2.0
/* Is this recipe safe to run in a hard interrupt? */
#include <linux/errno.h>
#include <linux/types.h>

#include <kplug/handler.h>

#include "recipe_check.h"

struct check {
	const struct kplug_io *io;
	bool loaded;	/* the accumulator has a value */
	unsigned int captures;
};

static bool register_valid(const struct check *c, const struct kplug_step *s)
{
	const struct kplug_io_region *r;

	if (s->region >= KPLUG_MAX_REGIONS)
		return false;
	if (s->width != 1 && s->width != 2 && s->width != 4 && s->width != 8)
		return false;
	if (s->offset % s->width)
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
		return c->loaded && register_valid(c, s) && value_fits(s);
	case KPLUG_STEP_CAPTURE:
		return c->loaded && register_unused(s) && !s->value &&
		       ++c->captures <= KPLUG_MAX_CAPTURES;
	default:
		return false;
	}
}

static bool reserved_set(const struct kplug_step *s)
{
	unsigned int i;

	for (i = 0; i < sizeof(s->__reserved); i++)
		if (s->__reserved[i])
			return true;
	return false;
}

/**
 * kplug_recipe_check() - check a recipe whole
 * @steps: the recipe, a copy that the program can't change
 * @num_steps: its length
 * @io: the device's regions
 *
 * Return: 0, -EINVAL, or -EOPNOTSUPP for a reserved field that is set.
 */
int kplug_recipe_check(const struct kplug_step *steps, unsigned int num_steps,
		       const struct kplug_io *io)
{
	struct check c = { .io = io };
	unsigned int i;

	if (!num_steps || num_steps > KPLUG_MAX_STEPS)
		return -EINVAL;
	for (i = 0; i < num_steps; i++) {
		if (reserved_set(&steps[i]))
			return -EOPNOTSUPP;
		if (!step_valid(&c, &steps[i]))
			return -EINVAL;
	}
	return 0;
}
