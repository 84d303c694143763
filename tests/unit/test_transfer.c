// SPDX-License-Identifier: MIT
/* The core's check of transfers, against a model without short cuts. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "access/transfer_check.h"

__extension__ typedef unsigned __int128 u128;

static u64 random_state = 1;

static u64 random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1d;
}

static u64 below(u64 end)
{
	return random64() % end;
}

/*
 * Memory of two lengths, ports, nothing, two bytes, memory that permits two widths, configuration
 * space.
 */
static const struct kplug_region regions[KPLUG_MAX_REGIONS] = {
	{ .length = 4096,
	  .flags = KPLUG_REGION_MEM,
	  .widths = 1 | 2 | 4 | 8,
	  .num_owned = 2,
	  .owned = { { 40, 56 }, { 2048, 4096 } } },
	{ .length = 32, .flags = KPLUG_REGION_PORT, .widths = 1 | 2 | 4 },
	{ .length = 0 },
	{ .length = 2, .flags = KPLUG_REGION_MEM, .widths = 1 | 2 | 4 | 8 },
	{ .length = 1ull << 36, .flags = KPLUG_REGION_MEM, .widths = 1 | 2 | 4 | 8 },
	{ .length = 4096, .flags = KPLUG_REGION_MEM, .widths = 4 | 8 },
	[KPLUG_CONFIG_REGION] = { .length = 256,
				  .flags = KPLUG_REGION_CONFIG,
				  .widths = 1 | 2 | 4 | 8 },
};

static bool head_good(const struct kplug_transfer *t)
{
	if (t->op != KPLUG_TRANSFER_READ && t->op != KPLUG_TRANSFER_WRITE)
		return false;
	if (t->width != 1 && t->width != 2 && t->width != 4 && t->width != 8)
		return false;
	return t->region < KPLUG_MAX_REGIONS && regions[t->region].widths & t->width && t->count;
}

/* Whether each access is inside, in numbers that cannot wrap around. */
static bool inside(const struct kplug_transfer *t)
{
	const u128 last = t->flags & KPLUG_TRANSFER_FIFO ? 0 : (u128)t->width * (t->count - 1);

	return t->offset % t->width == 0 &&
	       t->offset + last + t->width <= regions[t->region].length;
}

static bool values_good(const struct kplug_transfer *t)
{
	if (t->buffer)
		return !t->value && t->region != KPLUG_CONFIG_REGION;
	if (t->count != 1)
		return false;
	if (t->op == KPLUG_TRANSFER_READ)
		return !t->value;
	return t->width == 8 || t->value < 1ull << 8 * t->width;
}

static bool byte_free(u64 at)
{
	return (at < 40 || at >= 56) && at < 2048;
}

/* Byte by byte: whether it writes none of the kernel's. @t is inside. */
static bool writes_free(const struct kplug_transfer *t)
{
	const u64 bytes = t->flags & KPLUG_TRANSFER_FIFO ? t->width : (u64)t->width * t->count;
	u64 at;

	for (at = t->offset; t->region == 0 && at < t->offset + bytes; at++)
		if (!byte_free(at))
			return false;
	return true;
}

/* All but the width of the head is good, which this memory does not permit. */
static bool forbidden(const struct kplug_transfer *t)
{
	struct kplug_transfer other = *t;

	other.width = 4;
	return t->region == 5 && (t->width == 1 || t->width == 2) && head_good(&other);
}

static int model(const struct kplug_transfer *t)
{
	if (t->flags & ~KPLUG_TRANSFER_FIFO)
		return -EOPNOTSUPP;
	if (forbidden(t))
		return -EOPNOTSUPP;
	if (!head_good(t) || !inside(t) || !values_good(t))
		return -EINVAL;
	return t->op == KPLUG_TRANSFER_WRITE && !writes_free(t) ? -EPERM : 0;
}

/* Mostly correct, with an occasional error in each field. */
static u64 one_of(const u64 *good, size_t num, u64 mask)
{
	return below(40) ? good[below(num)] : random64() & mask;
}

#define ONE_OF(mask, ...)                                                                        \
	one_of((const u64[]){ __VA_ARGS__ }, sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), \
	       mask)

static u64 random_offset(const struct kplug_transfer *t)
{
	const u64 length = regions[t->region % KPLUG_MAX_REGIONS].length;
	const u64 bytes = (u64)t->width * t->count;

	switch (below(6)) {
	case 0:
		return 0;
	case 1:
		return length - t->width;
	case 2:
		return length - bytes; /* may be negative */
	case 3:
		return length - bytes + t->width;
	case 4:
		return below(length + 16);
	default:
		return ONE_OF(~0ull, 4, 8, 16, 4096, ~0ull, ~7ull, 1ull << 63, 1ull << 36);
	}
}

static struct kplug_transfer random_transfer(void)
{
	struct kplug_transfer t = {
		.op = (u8)ONE_OF(0xff, KPLUG_TRANSFER_READ, KPLUG_TRANSFER_WRITE),
		.region = (u8)ONE_OF(0xff, 0, 0, 0, 1, 2, 3, 4, 5, 5, KPLUG_CONFIG_REGION),
		.width = (u8)ONE_OF(0xff, 1, 2, 4, 4, 4, 8),
		.flags = (u8)ONE_OF(0xff, 0, 0, 0, KPLUG_TRANSFER_FIFO),
		.count = (u32)ONE_OF(~0u, 1, 1, 1, 2, 4, 8, 512, 1024, ~0u),
		.buffer = ONE_OF(~0ull, 0, 0, 4096),
		.value = ONE_OF(~0ull, 0, 0, 1, 0xff, 0x100, 0xffff, 0xffffffff, 1ull << 32),
	};

	t.offset = random_offset(&t);
	if (below(3))
		t.offset &= ~7ull;
	/* Heads that the cache may take for one that it knows. */
	if (!below(8))
		memset(&t, 0, offsetof(struct kplug_transfer, offset));
	return t;
}

/* In lists of similar and different transfers, each is checked as if it were alone. */
TEST(transfer, as_the_model)
{
	struct kplug_transfer t = random_transfer();
	unsigned long list, good = 0, all = 0;

	for (list = 0; list < 2000; list++) {
		struct kplug_transfer_limits limits = KPLUG_TRANSFER_NO_LIMITS;
		u64 i, num = 1 + below(24);

		for (i = 0; i < num; i++, all++) {
			struct kplug_transfer next = random_transfer();
			int expected;

			/* The head of the one before, or all new. */
			if (i && below(2))
				memcpy(&next, &t, offsetof(struct kplug_transfer, offset));
			t = next;
			expected = model(&t);
			ck_assert_int_eq(kplug_transfer_check_next(&limits, regions, &t), expected);
			ck_assert_int_eq(kplug_transfer_check(regions, &t), expected);
			good += !expected;
		}
	}
	/* Both outcomes are common. */
	ck_assert_uint_gt(good, all / 32);
	ck_assert_uint_lt(good, all / 32 * 31);
}

/* Whatever came before. */
TEST(transfer, zero_head)
{
	struct kplug_transfer before[] = {
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 2, .buffer = 4096 },
		{ .op = KPLUG_TRANSFER_READ, .width = 1, .count = 2, .buffer = 4096 },
		{ .op = KPLUG_TRANSFER_WRITE, .width = 8, .count = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = ~0u, .buffer = 4096 },
		{ .flags = 0x80 },
	};
	u64 offset;
	size_t i;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		for (offset = 0; offset < 512; offset++) {
			struct kplug_transfer_limits limits = KPLUG_TRANSFER_NO_LIMITS;
			struct kplug_transfer zero = { .offset = offset };

			ck_assert_int_eq(kplug_transfer_check_next(&limits, regions, &zero),
					 -EINVAL);
			kplug_transfer_check_next(&limits, regions, &before[i]);
			ck_assert_int_eq(kplug_transfer_check_next(&limits, regions, &zero),
					 -EINVAL);
			ck_assert_int_eq(kplug_transfer_check(regions, &zero), -EINVAL);
		}
}
