// SPDX-License-Identifier: MIT
/*
 * A recipe that passes the check runs in a hard interrupt. So each register of it is within its
 * region, aligned, and of a width that the region permits. The recipe writes to none of the
 * kernel's registers, it reads before it uses what it read, and it captures no more words than an
 * event has.
 */
#include "irq/recipe_check.h"
#include "prove.h"

#define STEPS 5

static struct kplug_io io;
static struct kplug_region regions[KPLUG_MAX_REGIONS];
static struct kplug_step steps[STEPS];

static void any_device(void)
{
	for (int i = 0; i < KPLUG_MAX_REGIONS; i++) {
		bool port = any_bool();
		uint64_t length = any_u64();

		assume(length <= 1ull << 48);
		io.region[i].length = port ? 0 : length;
		io.region[i].port_length = port ? length : 0;
		regions[i].length = length;
		regions[i].flags = port ? KPLUG_REGION_PORT : KPLUG_REGION_MEM;
		regions[i].widths = any_u8();
		regions[i].num_owned = any_bool();
		regions[i].owned[0].start = any_u64();
		regions[i].owned[0].end = any_u64();
		assume(regions[i].owned[0].start < regions[i].owned[0].end);
		assume(regions[i].owned[0].end <= length);
	}
}

static void any_steps(void)
{
	for (int i = 0; i < STEPS; i++) {
		steps[i].op = any_u8();
		steps[i].region = any_u8();
		steps[i].width = any_u8();
		steps[i].flags = any_u8();
		steps[i].__reserved = any_u32();
		steps[i].offset = any_u64();
		steps[i].mask = any_u64();
		steps[i].value = any_u64();
	}
}

static void prove_register(const struct kplug_step *s)
{
	uint64_t end = s->offset + s->width;

	prove(s->region < KPLUG_MAX_REGIONS, "a region of the device");
	prove(s->width == 1 || s->width == 2 || s->width == 4 || s->width == 8, "a width");
	prove(s->offset % s->width == 0, "aligned");
	prove(end > s->offset && end <= regions[s->region].length, "inside the region");
	prove(io.region[s->region].port_length || regions[s->region].widths & s->width,
	      "the region permits the width");
	prove(s->width < 8 || !io.region[s->region].port_length, "no 64-bit port");
}

static void prove_write(const struct kplug_step *s)
{
	const struct kplug_region *r = &regions[s->region];

	prove_register(s);
	prove(!r->num_owned || s->offset + s->width <= r->owned[0].start ||
		      s->offset >= r->owned[0].end,
	      "not the kernel's");
	prove(s->width == 8 || s->value >> 8 * s->width == 0, "the value fits");
}

static void prove_recipe(unsigned int num)
{
	unsigned int captures = 0;
	bool loaded = false;

	for (unsigned int i = 0; i < num; i++) {
		const struct kplug_step *s = &steps[i];

		prove(!s->flags && !s->__reserved, "nothing unknown");
		switch (s->op) {
		case KPLUG_STEP_READ:
			prove_register(s);
			loaded = true;
			break;
		case KPLUG_STEP_WRITE:
			prove_write(s);
			break;
		case KPLUG_STEP_WRITE_BACK:
			prove(loaded, "read before");
			prove_write(s);
			break;
		case KPLUG_STEP_NOT_MINE:
			prove(loaded, "read before");
			break;
		case KPLUG_STEP_CAPTURE:
			prove(loaded, "read before");
			captures++;
			break;
		default:
			prove(false, "a known step");
		}
	}
	prove(captures <= KPLUG_MAX_CAPTURES && captures <= KPLUG_EVENT_WORDS, "words of an event");
}

void prove_checked_recipe_is_safe(void)
{
	unsigned int num = any_u32();

	any_device();
	any_steps();
	/* More steps than this array has are refused, or not looked at. */
	assume(num <= STEPS || num > KPLUG_MAX_STEPS);
	if (kplug_recipe_check(steps, num, &io, regions))
		return;
	prove(num >= 1 && num <= STEPS, "a number of steps");
	prove_recipe(num);
}
