// SPDX-License-Identifier: MIT
// Recipes: the effect of each step in the interrupt; a bad recipe is refused before the vector is
// armed.
#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define READ(at, ...)                                                          \
	{                                                                      \
		.op = KPLUG_STEP_READ, .width = 4, .offset = at, ##__VA_ARGS__ \
	}
#define WIDE(bytes, at)                                             \
	{                                                           \
		.op = KPLUG_STEP_READ, .width = bytes, .offset = at \
	}
#define NOT_MINE(m, v)                                           \
	{                                                        \
		.op = KPLUG_STEP_NOT_MINE, .mask = m, .value = v \
	}
#define WRITE(at, v)                                                         \
	{                                                                    \
		.op = KPLUG_STEP_WRITE, .width = 4, .offset = at, .value = v \
	}
#define WRITE_BACK(at, m, v)                                                                 \
	{                                                                                    \
		.op = KPLUG_STEP_WRITE_BACK, .width = 4, .offset = at, .mask = m, .value = v \
	}
#define CAPTURE(m)                                  \
	{                                           \
		.op = KPLUG_STEP_CAPTURE, .mask = m \
	}
#define ACK_ALL WRITE(EDU_IRQ_ACK, 0xffffffff)

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
			   STEPS(READ(EDU_IRQ_STATUS), CAPTURE(0xffffffff), CAPTURE(0xff00),
				 READ(EDU_ID), CAPTURE(EDU_ID_MASK), CAPTURE(0), ACK_ALL));
	ck_assert_int_eq(event.words, 4);
	ck_assert_int_eq(event.data[0], 0x12345678);
	ck_assert_int_eq(event.data[1], 0x5600);
	ck_assert_int_eq(event.data[2], EDU_ID_VALUE);
	ck_assert_int_eq(event.data[3], 0);

	/* The liveness register shows what was written, inverted. */
	run_recipe(edu, 1, STEPS(ACK_ALL, WRITE(EDU_LIVENESS, 0xcafe)));
	ck_assert_int_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0xcafeu);
	run_recipe(edu, 0xabcd,
		   STEPS(READ(EDU_IRQ_STATUS), NOT_MINE(0xffffffff, 0),
			 WRITE_BACK(EDU_LIVENESS, 0xff0f, 0x40),
			 WRITE_BACK(EDU_IRQ_ACK, 0xffffffff, 0)));
	ck_assert_int_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0xab4du);

	/* 64 bits at a time, in a register that is as wide. */
	event = run_recipe(edu, 1,
			   STEPS(ACK_ALL,
				 { .op = KPLUG_STEP_WRITE,
				   .width = 8,
				   .offset = EDU_DMA_SOURCE,
				   .value = 0x123456789abcdef0 },
				 { .op = KPLUG_STEP_READ, .width = 8, .offset = EDU_DMA_SOURCE },
				 CAPTURE(~0ull)));
	ck_assert_uint_eq(event.data[0], 0x123456789abcdef0);
}

/* A recipe that says "not mine" changes nothing: here for the bit of another user. */
TEST(recipe, not_mine, .variants = VARIANTS("intx", "msi"))
{
	static const struct kplug_step steps[] = {
		READ(EDU_IRQ_STATUS),
		NOT_MINE(0xffffffff, 0),
		NOT_MINE(0xf, 0x2),
		CAPTURE(0xff),
		WRITE_BACK(EDU_IRQ_ACK, 0xffffffff, 0),
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
		BAD(EINVAL, READ(EDU_ID), { .op = 7, .mask = 1 }),
		/* no such register */
		BAD(EINVAL, READ(EDU_ID, .region = 1)),
		BAD(EINVAL, READ(EDU_ID, .region = KPLUG_MAX_REGIONS)),
		BAD(EINVAL, READ(EDU_ID, .region = 255)),
		BAD(EINVAL, WIDE(0, EDU_ID)),
		BAD(EINVAL, WIDE(3, EDU_ID)),
		BAD(EINVAL, WIDE(16, EDU_ID)),
		BAD(EINVAL, READ(2)),
		BAD(EINVAL, WIDE(8, 0x84)),
		BAD(EINVAL, READ(0x100000)),
		BAD(EINVAL, WIDE(8, 0xffffc)),
		BAD(EINVAL, READ(0xfffffffffffffffc)),
		BAD(EINVAL, READ(1ull << 32)),
		BAD(EINVAL, WRITE(0x100000, 0)),
		BAD(EINVAL, WRITE(EDU_IRQ_ACK + 1, 0)),
		BAD(EINVAL, READ(EDU_ID), WRITE_BACK(0x100000, 0, 0)),
		BAD(EINVAL, ACK_ALL, ACK_ALL, WRITE(0xfffffffffffffffc, 0)),
		/* values that do not fit */
		BAD(EINVAL, WRITE(EDU_LIVENESS, 1ull << 32)),
		BAD(EINVAL, READ(EDU_ID), WRITE_BACK(EDU_LIVENESS, 1ull << 32, 0)),
		BAD(EINVAL, READ(EDU_ID), WRITE_BACK(EDU_LIVENESS, 0, 1ull << 63)),
		BAD(EINVAL, READ(EDU_ID), NOT_MINE(0xf0, 0x1)),
		/* fields without a meaning */
		BAD(EINVAL, READ(EDU_ID, .mask = 1)),
		BAD(EINVAL, READ(EDU_ID, .value = 1)),
		BAD(EINVAL, { .op = KPLUG_STEP_WRITE, .width = 4, .mask = 1 }),
		BAD(EINVAL, READ(EDU_ID), { .op = KPLUG_STEP_NOT_MINE, .mask = 1, .width = 4 }),
		BAD(EINVAL, READ(EDU_ID), { .op = KPLUG_STEP_NOT_MINE, .mask = 1, .offset = 4 }),
		BAD(EINVAL, READ(EDU_ID), { .op = KPLUG_STEP_CAPTURE, .mask = 1, .region = 1 }),
		BAD(EINVAL, READ(EDU_ID), { .op = KPLUG_STEP_CAPTURE, .mask = 1, .value = 1 }),
		BAD(EOPNOTSUPP, READ(EDU_ID, .flags = 1)),
		BAD(EOPNOTSUPP, READ(EDU_ID), { .op = KPLUG_STEP_CAPTURE, .__reserved = 1u << 31 }),
		/* an accumulator without a value */
		BAD(EINVAL, NOT_MINE(1, 0)),
		BAD(EINVAL, CAPTURE(1)),
		BAD(EINVAL, WRITE_BACK(EDU_LIVENESS, 1, 0)),
		BAD(EINVAL, ACK_ALL, CAPTURE(1), READ(EDU_ID)),
		/* more words than may be captured */
		BAD(EINVAL, READ(EDU_ID), CAPTURE(1), CAPTURE(1), CAPTURE(1), CAPTURE(1),
		    CAPTURE(1)),
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
