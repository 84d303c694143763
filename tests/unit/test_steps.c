// SPDX-License-Identifier: MIT
/* The macros of recipes: each makes the step that its name says, and leaves no member undefined. */
#include <kplug.h>
#include <string.h>

#include "test.h"

static void same(struct kplug_step made, struct kplug_step wanted)
{
	ck_assert_mem_eq(&made, &wanted, sizeof(made));
}

#define SAME(macro, ...) same((struct kplug_step)macro, (struct kplug_step){ __VA_ARGS__ })

TEST(steps, reads)
{
	SAME(KPLUG_READ8(5, 0x11), .op = KPLUG_STEP_READ, .region = 5, .width = 1, .offset = 0x11);
	SAME(KPLUG_READ16(5, 0x12), .op = KPLUG_STEP_READ, .region = 5, .width = 2, .offset = 0x12);
	SAME(KPLUG_READ32(5, 0x14), .op = KPLUG_STEP_READ, .region = 5, .width = 4, .offset = 0x14);
	SAME(KPLUG_READ64(5, 1ull << 40), .op = KPLUG_STEP_READ, .region = 5, .width = 8,
	     .offset = 1ull << 40);
}

TEST(steps, writes)
{
	SAME(KPLUG_WRITE8(1, 3, 0xfe), .op = KPLUG_STEP_WRITE, .region = 1, .width = 1, .offset = 3,
	     .value = 0xfe);
	SAME(KPLUG_WRITE16(1, 2, 0xfe), .op = KPLUG_STEP_WRITE, .region = 1, .width = 2,
	     .offset = 2, .value = 0xfe);
	SAME(KPLUG_WRITE32(1, 4, 0xfe), .op = KPLUG_STEP_WRITE, .region = 1, .width = 4,
	     .offset = 4, .value = 0xfe);
	SAME(KPLUG_WRITE64(1, 8, ~0ull), .op = KPLUG_STEP_WRITE, .region = 1, .width = 8,
	     .offset = 8, .value = ~0ull);
}

#define SAME_ACK(NAME, bits)                                                                      \
	SAME(KPLUG_##NAME##bits(2, 8 * (bits), 0xf0, 0x0f), .op = KPLUG_STEP_##NAME, .region = 2, \
	     .width = (bits) / 8, .offset = 8 * (bits), .mask = 0xf0, .value = 0x0f)

TEST(steps, acknowledgements)
{
	SAME_ACK(WRITE_BACK, 8);
	SAME_ACK(WRITE_BACK, 16);
	SAME_ACK(WRITE_BACK, 32);
	SAME_ACK(WRITE_BACK, 64);
	SAME_ACK(WRITE_INVERSE, 8);
	SAME_ACK(WRITE_INVERSE, 16);
	SAME_ACK(WRITE_INVERSE, 32);
	SAME_ACK(WRITE_INVERSE, 64);
}

TEST(steps, without_a_register)
{
	SAME(KPLUG_NOT_MINE(~0ull, 1), .op = KPLUG_STEP_NOT_MINE, .mask = ~0ull, .value = 1);
	SAME(KPLUG_CAPTURE(0xff00), .op = KPLUG_STEP_CAPTURE, .mask = 0xff00);
}
