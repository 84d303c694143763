// SPDX-License-Identifier: MIT
/* How the chunk splitter cuts a list of segments. */
#include <stdlib.h>
#include <sys/mman.h>

#include <kplug/chunk.h>

#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct kplug_dma_segment segments[] = {
	{ 0x1008, 0xff8 },
	{ 0x5000, 0x3000 },
	{ 0x10000, 0x1000 },
	{ 0x20000, 0x123 },
};
#define TOTAL (0xff8ull + 0x3000 + 0x1000 + 0x123)

static struct kplug_dma_chunks chunks(uint64_t max_chunk, uint32_t max_segments)
{
	return (struct kplug_dma_chunks){
		.segments = segments,
		.num = COUNT(segments),
		.max_chunk = max_chunk,
		.max_segments = max_segments,
	};
}

/* The bus address of byte @offset of all segments together. */
static uint64_t place(uint64_t offset)
{
	for (size_t i = 0; i < COUNT(segments); i++) {
		if (offset < segments[i].length)
			return segments[i].address + offset;
		offset -= segments[i].length;
	}
	return 0;
}

static const __u64 starts[] = { 0, 0xff8, 0x3ff8, 0x4ff8, 0x511b };

/* The binary search finds the same. */
static void check_place(const struct kplug_dma_chunks *walked, uint64_t offset, uint64_t length)
{
	struct kplug_dma_chunks c = chunks(1, 1);

	ck_assert_int_eq(kplug_dma_chunks_seek_in(&c, starts, offset, length), 0);
	ck_assert_uint_eq(c.index, walked->index);
	ck_assert_uint_eq(c.skip, walked->skip);
	ck_assert_uint_eq(c.left, walked->left);
}

/* With any limits: every byte once and in order, and no chunk beyond the limits. */
static void check_cut(uint64_t max_chunk, uint32_t max_segments, uint64_t offset, uint64_t length)
{
	struct kplug_dma_chunks c = chunks(max_chunk, max_segments);
	struct kplug_dma_segment out[COUNT(segments)];
	uint64_t at = offset, end = offset + length, here, sum;
	uint32_t num, i;

	ck_assert_int_eq(kplug_dma_chunks_seek(&c, offset, length), 0);
	check_place(&c, offset, length);
	while (c.left) {
		here = kplug_dma_chunk_next(&c, out, &num);
		ck_assert_uint_gt(here, 0);
		ck_assert_uint_le(here, max_chunk);
		ck_assert_uint_ge(num, 1);
		ck_assert_uint_le(num, max_segments);
		for (i = 0, sum = 0; i < num; i++) {
			ck_assert_uint_eq(out[i].address, place(at + sum));
			ck_assert_uint_eq(out[i].address + out[i].length - 1,
					  place(at + sum + out[i].length - 1));
			sum += out[i].length;
		}
		ck_assert_uint_eq(sum, here);
		at += here;
		/* A short chunk has a reason: the end, or the limit of segments. */
		ck_assert(here == max_chunk || at == end || num == max_segments);
	}
	ck_assert_uint_eq(at, end);
}

static void check_from_everywhere(uint64_t max_chunk, uint32_t max_segments)
{
	for (uint64_t offset = 0; offset < TOTAL; offset += 1 + offset / 2) {
		check_cut(max_chunk, max_segments, offset, TOTAL - offset);
		check_cut(max_chunk, max_segments, offset, (TOTAL - offset + 1) / 2);
	}
}

/* Across the end of each segment, and up to the end of all. */
static void check_ends(uint64_t max_chunk, uint32_t max_segments)
{
	static const uint64_t before[] = { 1, 2, 7, 20 };
	uint64_t end = 0;

	for (size_t i = 0; i < COUNT(segments); i++) {
		end += segments[i].length;
		for (size_t j = 0; j < COUNT(before); j++)
			check_cut(max_chunk, max_segments, end - before[j],
				  end == TOTAL ? before[j] : 2 * before[j]);
	}
}

TEST(chunk, every_limit)
{
	static const uint64_t sizes[] = { 1, 7, 8, 512, 4088, 4096, 4097, 100000 };

	for (size_t i = 0; i < COUNT(sizes); i++)
		for (uint32_t max_segments = 1; max_segments <= COUNT(segments); max_segments++) {
			check_ends(sizes[i], max_segments);
			/* With small chunks that takes long. */
			if (sizes[i] >= 512)
				check_from_everywhere(sizes[i], max_segments);
		}
}

TEST(chunk, beyond_the_end)
{
	static const struct {
		uint64_t offset, length;
		int err;
	} parts[] = {
		{ 0, TOTAL, 0 },           { 0, TOTAL + 1, -EINVAL }, { TOTAL - 1, 1, 0 },
		{ TOTAL - 1, 2, -EINVAL }, { TOTAL, 1, -EINVAL },     { TOTAL, 0, -EINVAL },
		{ ~0ull, 1, -EINVAL },     { 1, ~0ull, -EINVAL },     { ~0ull, ~0ull, -EINVAL },
	};
	struct kplug_dma_chunks c = chunks(4096, 1);

	for (size_t i = 0; i < COUNT(parts); i++) {
		ck_assert_int_eq(kplug_dma_chunks_seek(&c, parts[i].offset, parts[i].length),
				 parts[i].err);
		ck_assert_int_eq(kplug_dma_chunks_seek_in(&c, starts, parts[i].offset,
							  parts[i].length),
				 parts[i].err);
	}
}

TEST(chunk, alignment)
{
	static const struct kplug_dma_segment odd[] = { { 0x1000, 12 }, { 0x2000, 0x1000 } };
	struct kplug_dma_chunks c = chunks(4096, 1);

	ck_assert_int_eq(kplug_dma_chunks_seek(&c, 0, TOTAL), 0);
	ck_assert(kplug_dma_chunks_aligned(&c, 1));
	ck_assert(kplug_dma_chunks_aligned(&c, 8));
	ck_assert(!kplug_dma_chunks_aligned(&c, 16));
	/* Only the last one may end anywhere. */
	ck_assert_int_eq(kplug_dma_chunks_seek(&c, 0xff8, 0x3001), 0);
	ck_assert(kplug_dma_chunks_aligned(&c, 4096));
	ck_assert_int_eq(kplug_dma_chunks_seek(&c, 4, 16), 0);
	ck_assert(kplug_dma_chunks_aligned(&c, 4));
	ck_assert(!kplug_dma_chunks_aligned(&c, 8));
	ck_assert_int_eq(kplug_dma_chunks_seek(&c, TOTAL - 1, 1), 0);
	ck_assert(!kplug_dma_chunks_aligned(&c, 4));

	/* A chunk of two segments would begin the next chunk inside of the second one. */
	c.segments = odd;
	c.num = COUNT(odd);
	c.max_segments = 2;
	ck_assert_int_eq(kplug_dma_chunks_seek(&c, 0, 4096), 0);
	ck_assert(kplug_dma_chunks_aligned(&c, 4));
	ck_assert(!kplug_dma_chunks_aligned(&c, 8));
}

/* However many segments there are, the search looks at none of them. */
TEST(chunk, search_reads_no_segment)
{
	enum { NUM = 1 << 16 };
	static __u64 many[NUM + 1];
	const size_t size = NUM * sizeof(struct kplug_dma_segment);
	void *none = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug_dma_chunks c = { .segments = none, .num = NUM };

	ck_assert_ptr_ne(none, MAP_FAILED);
	for (uint64_t i = 0; i <= NUM; i++)
		many[i] = i * 4096;
	for (uint64_t i = 0; i < NUM; i++) {
		ck_assert_int_eq(kplug_dma_chunks_seek_in(&c, many, i * 4096 + 7, 1), 0);
		ck_assert_uint_eq(c.index, i);
		ck_assert_uint_eq(c.skip, 7);
	}
	munmap(none, size);
}
