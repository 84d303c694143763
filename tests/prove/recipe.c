// SPDX-License-Identifier: MIT
/*
 * A recipe that passes the check runs in a hard interrupt. So each register of it is within its
 * region, aligned, and of a width that the region permits. The recipe writes to none of the
 * kernel's registers, it reads before it uses what it read, and it captures no more words than an
 * event has.
 *
 * A step is proved to be safe after any steps that passed. A recipe, of any length, is proved to
 * have passed step by step.
 */
#include "irq/recipe_check.c"

#include "prove.h"

static struct kplug_io io;
static struct kplug_region regions[KPLUG_MAX_REGIONS];
static struct kplug_step steps[KPLUG_MAX_STEPS];

static void any_owned(struct kplug_region *r)
{
	r->num_owned = any_u8();
	assume(r->num_owned <= KPLUG_MAX_OWNED);
	for (int i = 0; i < KPLUG_MAX_OWNED; i++) {
		r->owned[i].start = any_u64();
		r->owned[i].end = any_u64();
		assume(r->owned[i].start < r->owned[i].end && r->owned[i].end <= r->length);
	}
}

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
		any_owned(&regions[i]);
	}
}

static struct kplug_step any_step(void)
{
	return (struct kplug_step){
		.op = any_u8(),
		.region = any_u8(),
		.width = any_u8(),
		.flags = any_u8(),
		.__reserved = any_u32(),
		.offset = any_u64(),
		.mask = any_u64(),
		.value = any_u64(),
	};
}

static void prove_register(const struct kplug_step *s)
{
	uint64_t end = s->offset + s->width;

	prove(s->region < KPLUG_MAX_REGIONS, "a region of the device");
	prove(s->width == 1 || s->width == 2 || s->width == 4 || s->width == 8, "a width");
	prove(!(s->offset & (s->width - 1)), "aligned");
	prove(end > s->offset && end <= regions[s->region].length, "inside the region");
	prove(io.region[s->region].port_length || regions[s->region].widths & s->width,
	      "the region permits the width");
	prove(s->width < 8 || !io.region[s->region].port_length, "no 64-bit port");
}

static void prove_write(const struct kplug_step *s)
{
	const struct kplug_region *r = &regions[s->region];

	prove_register(s);
	for (int i = 0; i < KPLUG_MAX_OWNED; i++)
		prove(i >= r->num_owned || s->offset + s->width <= r->owned[i].start ||
			      s->offset >= r->owned[i].end,
		      "not the kernel's");
	prove(s->width == 8 || s->value >> 8 * s->width == 0, "the value fits");
}

/* @loaded: a step before has read */
static void prove_step(const struct kplug_step *s, bool loaded)
{
	prove(!s->flags && !s->__reserved, "nothing unknown");
	switch (s->op) {
	case KPLUG_STEP_READ:
		prove_register(s);
		break;
	case KPLUG_STEP_WRITE:
		prove_write(s);
		break;
	case KPLUG_STEP_WRITE_BACK:
	case KPLUG_STEP_WRITE_INVERSE:
		prove(loaded, "read before");
		prove_write(s);
		break;
	case KPLUG_STEP_NOT_MINE:
	case KPLUG_STEP_CAPTURE:
		prove(loaded, "read before");
		break;
	default:
		prove(false, "a known step");
	}
}

static void prove_next_step_in(unsigned int region)
{
	const struct check before = { .io = &io, .loaded = any_bool(), .captures = any_u8() };
	struct kplug_step s = any_step();
	struct check c = before;

	s.region = region;
	assume(before.captures <= KPLUG_MAX_CAPTURES);
	if (check_step(&c, regions, &s))
		return;
	prove_step(&s, before.loaded);
	prove(c.loaded == (before.loaded || s.op == KPLUG_STEP_READ), "what has been read");
	prove(c.captures == before.captures + (s.op == KPLUG_STEP_CAPTURE), "each capture counts");
	prove(c.captures <= KPLUG_MAX_CAPTURES && c.captures <= KPLUG_EVENT_WORDS,
	      "words of an event");
}

void prove_next_step(void)
{
	any_device();
	for (unsigned int region = 0; region < KPLUG_MAX_REGIONS; region++)
		prove_next_step_in(region);
}

void prove_no_such_region(void)
{
	struct check c = { .io = &io, .loaded = any_bool(), .captures = any_u8() };
	struct kplug_step s = any_step();

	assume(s.region >= KPLUG_MAX_REGIONS);
	prove(check_step(&c, regions, &s), "refused");
}

/* One region is enough: which steps are checked, and in which order, does not depend on it. */
void prove_whole_recipe(void)
{
	unsigned int num = any_u32(), captures = 0;
	bool loaded = false;

	any_device();
	for (int i = 0; i < KPLUG_MAX_STEPS; i++) {
		steps[i] = any_step();
		steps[i].region = 0;
	}
	if (kplug_recipe_check(steps, num, &io, regions))
		return;
	prove(num >= 1 && num <= KPLUG_MAX_STEPS, "a number of steps");
	for (int i = 0; i < KPLUG_MAX_STEPS && i < num; i++) {
		prove(!steps[i].flags && !steps[i].__reserved, "a checked step");
		prove(loaded || steps[i].op == KPLUG_STEP_READ || steps[i].op == KPLUG_STEP_WRITE,
		      "read before");
		loaded = loaded || steps[i].op == KPLUG_STEP_READ;
		captures += steps[i].op == KPLUG_STEP_CAPTURE;
	}
	prove(captures <= KPLUG_MAX_CAPTURES && captures <= KPLUG_EVENT_WORDS, "words of an event");
}
