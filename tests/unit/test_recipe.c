// SPDX-License-Identifier: MIT
/* The core's check of recipes: what may run in a hard interrupt. */
#include <errno.h>
#include <string.h>

#include "irq/recipe_check.h"
#include "test.h"

/*
 * Region 0: 4 KiB of memory, 1: 32 ports, 2: two bytes, 4: memory that permits 32 and 64 bits; the
 * rest is empty.
 */
static const struct kplug_io io = {
	.region = {
		{ .base = (void *)0x1000, .length = 4096 },
		{ .base = (void *)0x2000, .port_length = 32 },
		{ .base = (void *)0x3000, .length = 2 },
		{ .base = NULL },
		{ .base = (void *)0x4000, .length = 4096 },
	},
};

/* Of region 0, 16 bytes in the middle and the last 8 belong to the kernel. */
static const struct kplug_region regions[KPLUG_MAX_REGIONS] = {
	{ .length = 4096, .num_owned = 2, .owned = { { 0x800, 0x810 }, { 0xff8, 0x1000 } } },
	{ .length = 32 },
	{ .length = 2 },
	{ .length = 0 },
	{ .length = 4096, .flags = KPLUG_REGION_MEM, .widths = KPLUG_WIDTH_32 | KPLUG_WIDTH_64 },
};

#define READ(region_, offset_, width_)                                                             \
	{                                                                                          \
		.op = KPLUG_STEP_READ, .region = (region_), .offset = (offset_), .width = (width_) \
	}
#define WRITE(region_, offset_, width_, value_)                                   \
	{                                                                         \
		.op = KPLUG_STEP_WRITE, .region = (region_), .offset = (offset_), \
		.width = (width_), .value = (value_)                              \
	}
#define BACK(offset_, mask_, value_)                                                           \
	{                                                                                      \
		.op = KPLUG_STEP_WRITE_BACK, .offset = (offset_), .width = 4, .mask = (mask_), \
		.value = (value_)                                                              \
	}
#define NOT_MINE(mask_, value_)                                               \
	{                                                                     \
		.op = KPLUG_STEP_NOT_MINE, .mask = (mask_), .value = (value_) \
	}
#define CAPTURE                                         \
	{                                               \
		.op = KPLUG_STEP_CAPTURE, .mask = ~0ull \
	}

static int check(const struct kplug_step *steps, unsigned int count)
{
	return kplug_recipe_check(steps, count, &io, regions);
}

/* One step behind a read. */
static int check_one(struct kplug_step step)
{
	const struct kplug_step steps[] = { READ(0, 0, 4), step };

	return check(steps, 2);
}

#define STEP(...) ((struct kplug_step)__VA_ARGS__)

TEST(recipe, usual)
{
	static const struct kplug_step steps[] = {
		READ(0, 0x24, 4),
		NOT_MINE(0xffffffff, 0),
		BACK(0x64, 0xffffffff, 0),
		CAPTURE,
	};

	ck_assert_int_eq(check(steps, 4), 0);
}

TEST(recipe, length)
{
	struct kplug_step steps[KPLUG_MAX_STEPS + 1];
	unsigned int i;

	for (i = 0; i <= KPLUG_MAX_STEPS; i++)
		steps[i] = STEP(READ(0, 0, 4));
	ck_assert_int_eq(check(steps, 0), -EINVAL);
	ck_assert_int_eq(check(steps, 1), 0);
	ck_assert_int_eq(check(steps, KPLUG_MAX_STEPS), 0);
	ck_assert_int_eq(check(steps, KPLUG_MAX_STEPS + 1), -EINVAL);
}

TEST(recipe, unknown_op)
{
	unsigned int op;

	for (op = 0; op < 256; op++)
		if (op < KPLUG_STEP_READ || op > KPLUG_STEP_WRITE_INVERSE)
			ck_assert_int_eq(check_one((struct kplug_step){ .op = (__u8)op }), -EINVAL);
}

TEST(recipe, region_edges)
{
	ck_assert_int_eq(check_one(STEP(READ(0, 4092, 4))), 0);
	ck_assert_int_eq(check_one(STEP(READ(0, 4096, 4))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(0, 4088, 8))), 0);
	ck_assert_int_eq(check_one(STEP(READ(0, 4096 - 4, 8))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(0, ~0ull - 3, 4))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(0, 1ull << 63, 8))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(2, 0, 2))), 0);
	ck_assert_int_eq(check_one(STEP(READ(2, 0, 4))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(3, 0, 1))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(7, 0, 1))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(8, 0, 1))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(255, 0, 1))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 4096, 4, 0))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(BACK(4096, 0, 0))), -EINVAL);
}

TEST(recipe, width_and_alignment)
{
	unsigned int width;

	for (width = 0; width < 256; width++) {
		int ok = width == 1 || width == 2 || width == 4 || width == 8;

		ck_assert_int_eq(check_one(STEP(READ(0, 0, (__u8)width))), ok ? 0 : -EINVAL);
	}
	ck_assert_int_eq(check_one(STEP(READ(0, 3, 1))), 0);
	ck_assert_int_eq(check_one(STEP(READ(0, 3, 2))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(0, 2, 4))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(0, 4, 8))), -EINVAL);
}

TEST(recipe, widths_that_the_region_permits)
{
	ck_assert_int_eq(check_one(STEP(READ(4, 0, 4))), 0);
	ck_assert_int_eq(check_one(STEP(WRITE(4, 8, 8, 1))), 0);
	ck_assert_int_eq(check_one(STEP(READ(4, 0, 1))), -EOPNOTSUPP);
	ck_assert_int_eq(check_one(STEP(READ(4, 0, 2))), -EOPNOTSUPP);
	ck_assert_int_eq(check_one(STEP(WRITE(4, 4, 2, 1))), -EOPNOTSUPP);
	ck_assert_int_eq(check_one(STEP(READ(4, 0, 3))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(READ(4, 4096, 1))), -EINVAL);
}

TEST(recipe, no_64_bit_ports)
{
	ck_assert_int_eq(check_one(STEP(READ(1, 0, 4))), 0);
	ck_assert_int_eq(check_one(STEP(READ(1, 0, 8))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(WRITE(1, 8, 8, 0))), -EINVAL);
}

TEST(recipe, value_fits_width)
{
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0, 1, 0xff))), 0);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0, 1, 0x100))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0, 4, 1ull << 32))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0, 8, ~0ull))), 0);
	ck_assert_int_eq(check_one(STEP(BACK(0, 1ull << 32, 0))), -EINVAL);
	ck_assert_int_eq(check_one(STEP(BACK(0, 0, 1ull << 32))), -EINVAL);
	/* A comparison that can never be true is refused. */
	ck_assert_int_eq(check_one(STEP(NOT_MINE(1, 2))), -EINVAL);
}

TEST(recipe, needs_a_read_first)
{
	static const struct kplug_step early[][2] = {
		{ NOT_MINE(1, 0), READ(0, 0, 4) },
		{ BACK(0, 1, 0), READ(0, 0, 4) },
		{ CAPTURE, READ(0, 0, 4) },
		{ WRITE(0, 0, 4, 1), CAPTURE },
	};
	static const struct kplug_step write[] = { WRITE(0, 0, 4, 1) };
	size_t i;

	for (i = 0; i < sizeof(early) / sizeof(early[0]); i++)
		ck_assert_int_eq(check(early[i], 2), -EINVAL);
	ck_assert_int_eq(check(write, 1), 0);
}

TEST(recipe, captures)
{
	static const struct kplug_step steps[] = {
		READ(0, 0, 4), CAPTURE, CAPTURE, CAPTURE, CAPTURE, CAPTURE,
	};

	ck_assert_int_eq(check(steps, 1 + KPLUG_MAX_CAPTURES), 0);
	ck_assert_int_eq(check(steps, 2 + KPLUG_MAX_CAPTURES), -EINVAL);
}

/* Fields that an op does not use must be 0, so that they can get a meaning. */
TEST(recipe, unused_fields)
{
	static const struct kplug_step bad[] = {
		{ .op = KPLUG_STEP_READ, .width = 4, .mask = 1 },
		{ .op = KPLUG_STEP_READ, .width = 4, .value = 1 },
		{ .op = KPLUG_STEP_WRITE, .width = 4, .mask = 1 },
		{ .op = KPLUG_STEP_NOT_MINE, .mask = 1, .region = 1 },
		{ .op = KPLUG_STEP_NOT_MINE, .mask = 1, .width = 4 },
		{ .op = KPLUG_STEP_NOT_MINE, .mask = 1, .offset = 4 },
		{ .op = KPLUG_STEP_CAPTURE, .mask = 1, .value = 1 },
		{ .op = KPLUG_STEP_CAPTURE, .mask = 1, .offset = 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(check_one(bad[i]), -EINVAL);
}

TEST(recipe, reserved_bytes)
{
	struct kplug_step step;
	unsigned int i;

	for (i = 0; i < 8 * sizeof(step.__reserved); i++) {
		step = STEP(READ(0, 0, 4));
		step.__reserved = 1u << i;
		ck_assert_int_eq(check_one(step), -EOPNOTSUPP);
	}
	step = STEP(READ(0, 0, 4));
	step.flags = 1;
	ck_assert_int_eq(check_one(step), -EOPNOTSUPP);
}

TEST(recipe, registers_of_the_kernel)
{
	static const struct kplug_step reads[] = { READ(0, 0x800, 4), READ(0, 0xff8, 8) };
	__u64 offset;

	ck_assert_int_eq(check(reads, 2), 0);
	for (offset = 0x7f0; offset < 0x820; offset += 4) {
		int expected = offset < 0x800 || offset >= 0x810 ? 0 : -EPERM;

		ck_assert_int_eq(check_one(STEP(WRITE(0, offset, 4, 0))), expected);
		ck_assert_int_eq(check_one(STEP(BACK(offset, 0, 0))), expected);
	}
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0x7f8, 8, 0))), 0);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0x80f, 1, 0))), -EPERM);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0x810, 1, 0))), 0);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0xff0, 8, 0))), 0);
	ck_assert_int_eq(check_one(STEP(WRITE(0, 0xff8, 8, 0))), -EPERM);
}
