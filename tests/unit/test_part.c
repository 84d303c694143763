// SPDX-License-Identifier: MIT
/* Which parts of a region can be mapped, against a map of its pages. */
#include <linux/mm.h>
#include <stdlib.h>
#include <string.h>

#include "access/region.h"
#include "test.h"
#include <uapi/kplug_abi.h>

#define PAGES  8
#define LENGTH (PAGES * PAGE_SIZE)

static bool owned[LENGTH];

static void own(struct kplug_region *region, u64 offset, u64 length)
{
	u64 i;

	kplug_region_own(region, offset, length);
	for (i = offset; i < LENGTH && i - offset < length; i++)
		owned[i] = true;
}

static bool page_free(u64 page)
{
	return !memchr(&owned[page * PAGE_SIZE], true, PAGE_SIZE);
}

static void check_parts(const struct kplug_region *region)
{
	struct kplug_extent part = { .end = 0 };
	bool mapped[PAGES] = { false }, any = false;
	u64 page, i;

	while (kplug_region_part(region, region->length, &part)) {
		ck_assert_uint_lt(part.start, part.end);
		ck_assert_uint_le(part.end, LENGTH);
		ck_assert_uint_eq((part.start | part.end) % PAGE_SIZE, 0);
		ck_assert(kplug_region_maps(region, part.start, part.end - part.start));
		for (page = part.start / PAGE_SIZE; page < part.end / PAGE_SIZE; page++)
			mapped[page] = any = true;
	}
	ck_assert_int_eq(!!(region->flags & KPLUG_REGION_MMAP), any);
	for (page = 0; page < PAGES; page++) {
		ck_assert_int_eq(mapped[page], page_free(page));
		for (i = 1; i <= PAGES - page; i++) {
			bool all = page_free(page + i - 1) &&
				   (i == 1 || kplug_region_maps(region, page * PAGE_SIZE,
								(i - 1) * PAGE_SIZE));

			/* An assertion takes longer than what it checks. */
			if (kplug_region_maps(region, page * PAGE_SIZE, i * PAGE_SIZE) != all)
				ck_abort_msg("%llu pages from %llu", i, page);
		}
	}
	for (i = 0; i < LENGTH; i += 4)
		if (kplug_region_owns(region, i, 4) !=
		    (owned[i] || owned[i + 1] || owned[i + 2] || owned[i + 3]))
			ck_abort_msg("4 bytes at %llu", i);
}

static struct kplug_region fresh(void)
{
	memset(owned, 0, sizeof(owned));
	return (struct kplug_region){ .length = LENGTH,
				      .flags = KPLUG_REGION_MEM | KPLUG_REGION_MMAP };
}

/* Two tables, anywhere, also over each other and beyond the end. */
TEST(part, random_tables)
{
	unsigned int round;

	srandom(1);
	for (round = 0; round < 60; round++) {
		struct kplug_region region = fresh();

		check_parts(&region);
		own(&region, (u64)random() % (LENGTH + 16),
		    (u64)random() % (round % 2 ? 64 : LENGTH) + 1);
		check_parts(&region);
		own(&region, (u64)random() % (LENGTH + 16),
		    (u64)random() % (round % 3 ? 64 : LENGTH) + 1);
		check_parts(&region);
	}
}

/* Nonsense from a device gives the kernel no other bytes. */
TEST(part, odd_tables)
{
	struct kplug_region region = fresh();

	own(&region, LENGTH, 16);
	own(&region, ~0ull, 16);
	own(&region, 0, 0);
	ck_assert_uint_eq(region.num_owned, 0);
	own(&region, LENGTH - 8, ~0ull);
	check_parts(&region);
	ck_assert_uint_eq(region.owned[0].end, LENGTH);
	own(&region, 0, LENGTH);
	check_parts(&region);
	kplug_region_own(&region, 0, 8);
	ck_assert_uint_eq(region.num_owned, 2);
}
