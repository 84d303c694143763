// SPDX-License-Identifier: GPL-2.0
/* Runs recipes in the hard interrupt. They were checked when the vector was armed. */
#include <linux/export.h>
#include <linux/io.h>

#include <kplug/plugin.h>

#include "access/io.h"
#include "device.h"
#include "irq/recipe.h"
#include "irq/recipe_check.h"
#include "irq/vector.h"

/*
 * Besides enum kplug_step_op: 32-bit registers in memory, the usual case, without further
 * checks.
 */
enum {
	STEP_MEM32 = 0x80,
	STEP_READ32 = STEP_MEM32 | KPLUG_STEP_READ,
	STEP_WRITE32 = STEP_MEM32 | KPLUG_STEP_WRITE,
	STEP_WRITE_BACK32 = STEP_MEM32 | KPLUG_STEP_WRITE_BACK,
	STEP_WRITE_INVERSE32 = STEP_MEM32 | KPLUG_STEP_WRITE_INVERSE,
};

static u8 choose_op(const struct kplug_device *dev, const struct kplug_step *step)
{
	/* Only steps that access a register have a width. */
	bool mem32 = step->width == 4 && dev->region[step->region].flags & KPLUG_REGION_MEM;

	return mem32 ? STEP_MEM32 | step->op : step->op;
}

/* Runs any step. Returns false when the interrupt is not the device's. */
static bool run_step(struct kplug_irq *irq, const struct kplug_recipe_step *s, u64 *acc)
{
	switch (s->op & ~STEP_MEM32) {
	case KPLUG_STEP_READ:
		*acc = kplug_io_read_at(s->at, s->width);
		break;
	case KPLUG_STEP_NOT_MINE:
		return (*acc & s->mask) != s->value;
	case KPLUG_STEP_WRITE:
		kplug_io_write_at(s->at, s->width, s->value);
		break;
	case KPLUG_STEP_WRITE_BACK:
		kplug_io_write_at(s->at, s->width, (*acc & s->mask) | s->value);
		break;
	case KPLUG_STEP_WRITE_INVERSE:
		kplug_io_write_at(s->at, s->width, (~*acc & s->mask) | s->value);
		break;
	case KPLUG_STEP_CAPTURE:
		kplug_capture(irq, *acc & s->mask);
		break;
	}
	return true;
}

/* The handler of a vector with a recipe; same context and result as a plugin's handler. */
static unsigned int run_any(struct kplug_irq *irq)
{
	const struct kplug_recipe *recipe = &to_kplug_vector(irq)->recipe;
	unsigned int i;
	u64 acc = 0;

	for (i = 0; i < recipe->num_steps; i++)
		if (!run_step(irq, &recipe->steps[i], &acc))
			return KPLUG_NONE;
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

/*
 * The same for recipes with 32-bit registers in memory only, as most are. There is no call and no
 * jump table, and the tests are in the usual order of a handler's steps.
 */
static unsigned int run_mem32(struct kplug_irq *irq)
{
	const struct kplug_recipe *recipe = &to_kplug_vector(irq)->recipe;
	const struct kplug_recipe_step *s = recipe->steps;
	const struct kplug_recipe_step *end = s + recipe->num_steps;
	u64 acc = 0;

	for (; s < end; s++) {
		if (s->op == STEP_READ32) {
			acc = readl(s->at);
		} else if (s->op == KPLUG_STEP_NOT_MINE) {
			if ((acc & s->mask) == s->value)
				return KPLUG_NONE;
		} else if (s->op == STEP_WRITE_BACK32) {
			writel((acc & s->mask) | s->value, s->at);
		} else if (s->op == STEP_WRITE32) {
			writel(s->value, s->at);
		} else if (s->op == STEP_WRITE_INVERSE32) {
			writel((~acc & s->mask) | s->value, s->at);
		} else {
			kplug_capture(irq, acc & s->mask);
		}
	}
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

/*
 * The steps that most devices need: read the status, test it, write it back, and perhaps capture
 * it. Without a loop this costs no more than a plugin.
 */
static unsigned int run_usual(struct kplug_irq *irq)
{
	const struct kplug_recipe *recipe = &to_kplug_vector(irq)->recipe;
	const struct kplug_recipe_step *s = recipe->steps;
	u32 acc = readl(s[0].at);

	if ((acc & s[1].mask) == s[1].value)
		return KPLUG_NONE;
	writel((acc & s[2].mask) | s[2].value, s[2].at);
	if (recipe->num_steps == 4)
		kplug_capture(irq, acc & s[3].mask);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static bool is_usual(const struct kplug_recipe *recipe)
{
	const struct kplug_recipe_step *s = recipe->steps;

	return (recipe->num_steps == 3 || recipe->num_steps == 4) && s[0].op == STEP_READ32 &&
	       s[1].op == KPLUG_STEP_NOT_MINE && s[2].op == STEP_WRITE_BACK32 &&
	       (recipe->num_steps == 3 || s[3].op == KPLUG_STEP_CAPTURE);
}

static bool all_mem32(const struct kplug_recipe *recipe)
{
	unsigned int i;

	for (i = 0; i < recipe->num_steps; i++)
		if (recipe->steps[i].width && !(recipe->steps[i].op & STEP_MEM32))
			return false;
	return true;
}

static struct kplug_recipe_step prepare_step(const struct kplug_device *dev,
					     const struct kplug_step *step)
{
	return (struct kplug_recipe_step){
		.op = choose_op(dev, step),
		.width = step->width,
		.at = dev->io.region[step->region].base + step->offset,
		.mask = step->mask,
		.value = step->value,
	};
}

/**
 * kplug_recipe_prepare() - give a vector its recipe
 * @v: a vector that is not armed
 * @steps: the checked recipe
 * @num_steps: number of @steps
 *
 * Everything computed here costs nothing in the interrupt.
 */
void kplug_recipe_prepare(struct kplug_vector *v, const struct kplug_step *steps,
			  unsigned int num_steps)
{
	unsigned int i;

	v->recipe.num_steps = num_steps;
	for (i = 0; i < num_steps; i++)
		v->recipe.steps[i] = prepare_step(v->dev, &steps[i]);
	if (is_usual(&v->recipe))
		v->wanted_hard = run_usual;
	else
		v->wanted_hard = all_mem32(&v->recipe) ? run_mem32 : run_any;
}

int kplug_steps_check(const struct kplug_device *dev, const struct kplug_step *steps,
		      unsigned int num_steps)
{
	return kplug_recipe_check(steps, num_steps, &dev->io, dev->region);
}
EXPORT_SYMBOL_GPL(kplug_steps_check);

bool kplug_steps_run(struct kplug_irq *irq, const struct kplug_step *steps, unsigned int num_steps)
{
	const struct kplug_device *dev = to_kplug_vector(irq)->dev;
	unsigned int i;
	u64 acc = 0;

	for (i = 0; i < num_steps; i++) {
		const struct kplug_recipe_step step = prepare_step(dev, &steps[i]);

		if (!run_step(irq, &step, &acc))
			return false;
	}
	return true;
}
EXPORT_SYMBOL_GPL(kplug_steps_run);
