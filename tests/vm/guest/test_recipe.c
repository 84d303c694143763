// SPDX-License-Identifier: MIT
// Recipes: the effect of each step in the interrupt; a bad recipe is refused before the vector is
// armed.
#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ACK_ALL KPLUG_WRITE32(EDU_REGION, EDU_IRQ_ACK, 0xffffffff)

#define STEPS(...)                                    \
	((const struct kplug_step[]){ __VA_ARGS__ }), \
		sizeof((const struct kplug_step[]){ __VA_ARGS__ }) / sizeof(struct kplug_step)

static int arm(struct kplug *edu, const struct kplug_step *steps, unsigned int num_steps)
{
	return kplug_attach(edu, 0,
			    &(struct kplug_handler){ .steps = steps, .num_steps = num_steps });
}

/* Raises one interrupt with these bits, which the recipe handles, and takes its event. */
static struct kplug_event run_recipe(struct kplug *edu, uint32_t bits,
				     const struct kplug_step *steps, unsigned int num_steps)
{
	struct kplug_event event;

	ck_assert_int_eq(arm(edu, steps, num_steps), KPLUG_HANDLER_RECIPE);
	edu_raise(edu, bits);
	event = next_event(edu);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_IRQ_STATUS), 0);
	/* A recipe that claims every interrupt also claims one that was served already. */
	while (kplug_peek(edu))
		kplug_consume(edu);
	return event;
}

TEST(recipe, steps, .smoke = true, .variants = VARIANTS("intx", "msi"))
{
	const struct kplug_io *io;
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, variant);
	io = kplug_io_user(edu);

	/* The shortest one: acknowledge and notify. */
	event = run_recipe(edu, 1, STEPS(ACK_ALL));
	ck_assert_int_eq(event.words, 0);

	/* Captures are masked, in order, and of the last read. */
	event = run_recipe(edu, 0x12345678,
			   STEPS(KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
				 KPLUG_CAPTURE(0xffffffff), KPLUG_CAPTURE(0xff00),
				 KPLUG_READ32(EDU_REGION, EDU_ID), KPLUG_CAPTURE(EDU_ID_MASK),
				 KPLUG_CAPTURE(0), ACK_ALL));
	ck_assert_int_eq(event.words, 4);
	ck_assert_int_eq(event.data[0], 0x12345678);
	ck_assert_int_eq(event.data[1], 0x5600);
	ck_assert_int_eq(event.data[2], EDU_ID_VALUE);
	ck_assert_int_eq(event.data[3], 0);

	/* The liveness register shows what was written, inverted. */
	run_recipe(edu, 1, STEPS(ACK_ALL, KPLUG_WRITE32(EDU_REGION, EDU_LIVENESS, 0xcafe)));
	ck_assert_int_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0xcafeu);
	run_recipe(edu, 0xabcd,
		   STEPS(KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS), KPLUG_NOT_MINE(0xffffffff, 0),
			 KPLUG_WRITE_BACK32(EDU_REGION, EDU_LIVENESS, 0xff0f, 0x40),
			 KPLUG_WRITE_BACK32(EDU_REGION, EDU_IRQ_ACK, 0xffffffff, 0)));
	ck_assert_int_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0xab4du);
	/* Where a written 0 clears; also among steps of other widths. */
	run_recipe(edu, 0xabcd,
		   STEPS(KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS), KPLUG_NOT_MINE(0xffffffff, 0),
			 KPLUG_WRITE_INVERSE32(EDU_REGION, EDU_LIVENESS, 0xff0f, 0xffff0000),
			 ACK_ALL));
	ck_assert_int_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0xffff5402u);
	run_recipe(edu, 0xabcd,
		   STEPS(KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS), KPLUG_NOT_MINE(0xffffffff, 0),
			 KPLUG_WRITE_INVERSE32(EDU_REGION, EDU_LIVENESS, 0xff, 0), ACK_ALL,
			 KPLUG_READ64(EDU_REGION, EDU_DMA_SOURCE)));
	ck_assert_int_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0x32u);

	/* 64 bits at a time, in a register that is as wide. */
	event = run_recipe(edu, 1,
			   STEPS(ACK_ALL,
				 { .op = KPLUG_STEP_WRITE,
				   .width = 8,
				   .offset = EDU_DMA_SOURCE,
				   .value = 0x123456789abcdef0 },
				 { .op = KPLUG_STEP_READ, .width = 8, .offset = EDU_DMA_SOURCE },
				 KPLUG_CAPTURE(~0ull)));
	ck_assert_uint_eq(event.data[0], 0x123456789abcdef0);
}

/* A recipe that says "not mine" changes nothing: here for the bit of another user. */
TEST(recipe, not_mine, .variants = VARIANTS("intx", "msi"))
{
	static const struct kplug_step steps[] = {
		KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
		KPLUG_NOT_MINE(0xffffffff, 0),
		KPLUG_NOT_MINE(0xf, 0x2),
		KPLUG_CAPTURE(0xff),
		KPLUG_WRITE_BACK32(EDU_REGION, EDU_IRQ_ACK, 0xffffffff, 0),
	};
	struct kplug_vector_info info;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, variant);
	ck_assert_int_eq(arm(edu, steps, ARRAY_SIZE(steps)), KPLUG_HANDLER_RECIPE);
	edu_raise(edu, 1);
	ck_assert_int_eq(next_event(edu).data[0], 1);
	if (!strcmp(variant, "msi")) {
		edu_raise(edu, 2);
		ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_none == 1, 5000));
		no_event(edu);
		ck_assert_int_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_IRQ_STATUS), 2);
		/* Now it is. */
		edu_raise(edu, 1);
		ck_assert_int_eq(next_event(edu).data[0], 3);
		ck_assert_int_eq(vector_info(edu, 0).out_none, 1);
	}
	info = vector_info(edu, 0);
	ck_assert_int_eq(info.out_raised, info.out_handled + info.out_none);
	ck_assert_int_eq(info.out_handler, KPLUG_HANDLER_RECIPE);
}

/* Later changes of the program's copy have no effect. */
TEST(recipe, is_copied)
{
	struct kplug_step *steps = malloc(sizeof(edu_recipe));
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	memcpy(steps, edu_recipe, sizeof(edu_recipe));
	ck_assert_int_eq(arm(edu, steps, ARRAY_SIZE(edu_recipe)), KPLUG_HANDLER_RECIPE);
	memset(steps, 0xff, sizeof(edu_recipe));
	free(steps);
	for (int i = 1; i <= 10; i++) {
		edu_raise(edu, i);
		ck_assert_int_eq(next_event(edu).data[0], i);
	}
}

TEST(recipe, length)
{
	struct kplug_step steps[KPLUG_MAX_STEPS + 1];
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		steps[i] = (struct kplug_step)ACK_ALL;
	ck_assert_int_eq(arm(edu, steps, 0), -EINVAL);
	ck_assert_int_eq(arm(edu, steps, KPLUG_MAX_STEPS + 1), -EINVAL);
	ck_assert_int_eq(arm(edu, steps, ~0u), -EINVAL);
	run_recipe(edu, 1, steps, KPLUG_MAX_STEPS);
}

#define BAD(error, ...)                                 \
	{                                               \
		error, #__VA_ARGS__, STEPS(__VA_ARGS__) \
	}

TEST(recipe, bad_ones_are_refused)
{
	const struct {
		int error;
		const char *text;
		const struct kplug_step *steps;
		unsigned int num_steps;
	} bad[] = {
		/* no such step */
		BAD(EINVAL, { .op = 0 }),
		BAD(EINVAL, { .op = 6 }),
		BAD(EINVAL, { .op = 255 }),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID), { .op = 7, .mask = 1 }),
		/* no such register */
		BAD(EINVAL, KPLUG_READ32(1, EDU_ID)),
		BAD(EINVAL, KPLUG_READ32(KPLUG_MAX_REGIONS, EDU_ID)),
		BAD(EINVAL, KPLUG_READ32(255, EDU_ID)),
		BAD(EINVAL, { .op = KPLUG_STEP_READ, .width = 0 }),
		BAD(EINVAL, { .op = KPLUG_STEP_READ, .width = 3 }),
		BAD(EINVAL, { .op = KPLUG_STEP_READ, .width = 16 }),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, 2)),
		BAD(EINVAL, KPLUG_READ64(EDU_REGION, 0x84)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, 0x100000)),
		BAD(EINVAL, KPLUG_READ64(EDU_REGION, 0xffffc)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, 0xfffffffffffffffc)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, 1ull << 32)),
		BAD(EINVAL, KPLUG_WRITE32(EDU_REGION, 0x100000, 0)),
		BAD(EINVAL, KPLUG_WRITE32(EDU_REGION, EDU_IRQ_ACK + 1, 0)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    KPLUG_WRITE_BACK32(EDU_REGION, 0x100000, 0, 0)),
		BAD(EINVAL, ACK_ALL, ACK_ALL, KPLUG_WRITE32(EDU_REGION, 0xfffffffffffffffc, 0)),
		/* values that do not fit */
		BAD(EINVAL, KPLUG_WRITE32(EDU_REGION, EDU_LIVENESS, 1ull << 32)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    KPLUG_WRITE_BACK32(EDU_REGION, EDU_LIVENESS, 1ull << 32, 0)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    KPLUG_WRITE_BACK32(EDU_REGION, EDU_LIVENESS, 0, 1ull << 63)),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID), KPLUG_NOT_MINE(0xf0, 0x1)),
		/* fields without a meaning */
		BAD(EINVAL, { .op = KPLUG_STEP_READ, .width = 4, .mask = 1 }),
		BAD(EINVAL, { .op = KPLUG_STEP_READ, .width = 4, .value = 1 }),
		BAD(EINVAL, { .op = KPLUG_STEP_WRITE, .width = 4, .mask = 1 }),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    { .op = KPLUG_STEP_NOT_MINE, .mask = 1, .width = 4 }),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    { .op = KPLUG_STEP_NOT_MINE, .mask = 1, .offset = 4 }),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    { .op = KPLUG_STEP_CAPTURE, .mask = 1, .region = 1 }),
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID),
		    { .op = KPLUG_STEP_CAPTURE, .mask = 1, .value = 1 }),
		BAD(EOPNOTSUPP, { .op = KPLUG_STEP_READ, .width = 4, .flags = 1 }),
		BAD(EOPNOTSUPP, KPLUG_READ32(EDU_REGION, EDU_ID),
		    { .op = KPLUG_STEP_CAPTURE, .__reserved = 1u << 31 }),
		/* an accumulator without a value */
		BAD(EINVAL, KPLUG_NOT_MINE(1, 0)),
		BAD(EINVAL, KPLUG_CAPTURE(1)),
		BAD(EINVAL, KPLUG_WRITE_BACK32(EDU_REGION, EDU_LIVENESS, 1, 0)),
		BAD(EINVAL, ACK_ALL, KPLUG_CAPTURE(1), KPLUG_READ32(EDU_REGION, EDU_ID)),
		/* more words than may be captured */
		BAD(EINVAL, KPLUG_READ32(EDU_REGION, EDU_ID), KPLUG_CAPTURE(1), KPLUG_CAPTURE(1),
		    KPLUG_CAPTURE(1), KPLUG_CAPTURE(1), KPLUG_CAPTURE(1)),
	};
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int result = arm(edu, bad[i].steps, bad[i].num_steps);

		ck_assert_msg(result == -bad[i].error, "%s: %d", bad[i].text, result);
		ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	}
	ck_assert_int_eq(objects_live("armed"), 0);
}

/* Ports take no 64-bit access; a device without an interrupt refuses a correct recipe. */
TEST(recipe, ports)
{
	struct kplug *testdev;

	core_start();
	device_bind(TESTDEV);
	testdev = device_open(TESTDEV);
	ck_assert_int_eq(arm(testdev, STEPS({ .op = KPLUG_STEP_READ, .region = 1, .width = 8 })),
			 -EINVAL);
	ck_assert_int_eq(arm(testdev, STEPS({ .op = KPLUG_STEP_READ, .region = 1, .width = 4 })),
			 -EOPNOTSUPP);
}
