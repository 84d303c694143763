// SPDX-License-Identifier: MIT
// Recipes: the steps of KPLUG_ARM.
#include "recipe.h"

#include <edu/edu_regs.h>

#include "random.h"

#define ALL        ~0u
#define EDU_UNUSED 0x1000 /* no register: reads as all ones */

static bool is_edu(enum device_type type)
{
	return type == EDU || type == PLATFORM;
}

static bool uses_register(const struct kplug_step *step)
{
	return step->op == KPLUG_STEP_READ || step->op == KPLUG_STEP_WRITE ||
	       step->op == KPLUG_STEP_WRITE_BACK || step->op == KPLUG_STEP_WRITE_INVERSE;
}

static bool uses_mask(const struct kplug_step *step)
{
	return step->op == KPLUG_STEP_NOT_MINE || step->op == KPLUG_STEP_CAPTURE ||
	       step->op == KPLUG_STEP_WRITE_BACK || step->op == KPLUG_STEP_WRITE_INVERSE;
}

static void set_register(enum device_type type, struct kplug_step *step)
{
	struct reg reg = register_pick(type, step->op != KPLUG_STEP_READ);

	/* A recipe does not reach configuration space. */
	if (reg.region == KPLUG_CONFIG_REGION && chance(90))
		reg = (struct reg){ 0, 4, reg.offset & 0x3c, is_edu(type) };
	if (!reg.may_write)
		step->op = KPLUG_STEP_READ;
	step->region = reg.region;
	step->width = reg.width;
	step->offset = reg.offset;
}

static struct kplug_step make(enum device_type type)
{
	struct kplug_step step = { .op = chance(95) ? 1 + below(6) : any() };

	if (uses_register(&step))
		set_register(type, &step);
	if (uses_mask(&step))
		step.mask = chance(70) ? ALL : odd_value();
	if (step.op == KPLUG_STEP_WRITE)
		step.value = odd_value() & 0xff;
	if (chance(5))
		step.value = odd_value();
	if (chance(2))
		step.flags = 1;
	if (chance(2))
		step.__reserved = 1;
	return step;
}

void recipe_make(enum device_type type, struct kplug_step *steps, uint32_t num)
{
	for (uint32_t i = 0; i < num; i++)
		steps[i] = make(type);
	if (num && chance(60))
		steps[0] = (struct kplug_step){ .op = KPLUG_STEP_READ,
						.width = type == ISA || type == SERIAL ? 1 : 4,
						.offset = is_edu(type) ? EDU_IRQ_STATUS : 0 };
	if (num > 1 && is_edu(type) && chance(50))
		steps[1] = (struct kplug_step){
			.op = KPLUG_STEP_WRITE_BACK, .width = 4, .offset = EDU_IRQ_ACK, .mask = ALL
		};
}

/* In no usual order, and with registers of both widths that the device has. */
static uint32_t make_long(struct kplug_step *steps)
{
	bool wide = chance(50);

	steps[0] = (struct kplug_step){ .op = KPLUG_STEP_READ,
					.width = wide ? 8 : 4,
					.offset = wide ? EDU_UNUSED : EDU_LIVENESS };
	steps[1] =
		(struct kplug_step){ .op = KPLUG_STEP_READ, .width = 4, .offset = EDU_IRQ_STATUS };
	steps[2] = (struct kplug_step){ .op = KPLUG_STEP_NOT_MINE, .mask = ALL };
	steps[3] = (struct kplug_step){ .op = KPLUG_STEP_WRITE,
					.width = steps[0].width,
					.offset = steps[0].offset,
					.value = 5 };
	steps[4] = (struct kplug_step){ .op = KPLUG_STEP_CAPTURE, .mask = ALL };
	steps[5] = (struct kplug_step){
		.op = KPLUG_STEP_WRITE_BACK, .width = 4, .offset = EDU_IRQ_ACK, .mask = ALL
	};
	return RECIPE_USUAL;
}

uint32_t recipe_usual(enum device_type type, struct kplug_step *steps)
{
	uint8_t width = type == ISA || type == SERIAL ? 1 : 4;
	bool edu = is_edu(type);
	unsigned int acknowledged = edu && chance(50);

	if (edu && chance(30))
		return make_long(steps);
	steps[0] = (struct kplug_step){ .op = KPLUG_STEP_READ,
					.width = width,
					.offset = edu        ? EDU_IRQ_STATUS :
						  width == 1 ? 2 :
							       0 };
	steps[1] =
		(struct kplug_step){ .op = KPLUG_STEP_NOT_MINE, .mask = ALL, .value = width == 1 };
	/* In the order of most drivers, or another one. */
	steps[2 + acknowledged] = (struct kplug_step){ .op = KPLUG_STEP_CAPTURE, .mask = ALL };
	steps[3 - acknowledged] = (struct kplug_step){
		.op = KPLUG_STEP_WRITE_BACK, .width = 4, .offset = EDU_IRQ_ACK, .mask = ALL
	};
	return edu ? 4 : 3;
}
