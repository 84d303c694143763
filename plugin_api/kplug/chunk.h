/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The chunk splitter: splits segments into chunks for an engine, in programs and the kernel. */
#ifndef KPLUG_CHUNK_H
#define KPLUG_CHUNK_H

#include <uapi/kplug_abi.h>

#ifdef __KERNEL__
#include <linux/errno.h>
#else
#include <errno.h>
#endif

/**
 * struct kplug_dma_chunks - the state of a chunk splitter
 * @segments: all segments; must stay valid
 * @num: number of @segments
 * @index: index of the current segment
 * @skip: bytes of the current segment that earlier chunks have covered
 * @left: bytes that remain
 * @max_chunk: longest chunk in bytes, not 0
 * @max_segments: most segments in a chunk, not 0
 */
struct kplug_dma_chunks {
	const struct kplug_dma_segment *segments;
	__u32 num;
	__u32 index;
	__u64 skip;
	__u64 left;
	__u64 max_chunk;
	__u32 max_segments;
};

/**
 * kplug_dma_chunks_seek() - start to split a part of the segments
 * @c: with segments, num, max_chunk and max_segments set
 * @offset: of the first byte, in all segments together
 * @length: in bytes
 *
 * Return: 0, or -EINVAL when the segments end before @offset + @length.
 */
static inline int kplug_dma_chunks_seek(struct kplug_dma_chunks *c, __u64 offset, __u64 length)
{
	__u64 reach = 0;
	__u32 i;

	c->index = 0;
	while (c->index < c->num && offset >= c->segments[c->index].length)
		offset -= c->segments[c->index++].length;
	c->skip = offset;
	c->left = length;
	/* The rest of that segment, and the segments after it. */
	for (i = c->index; i < c->num; i++) {
		reach += c->segments[i].length;
		if (reach - offset >= length)
			return 0;
	}
	return -EINVAL;
}

/**
 * kplug_dma_chunks_seek_in() - start to split a part of many segments
 * @c: with segments, num, max_chunk and max_segments set
 * @starts: offset of each segment in all of them, and at the end the length of all
 * @offset: of the first byte, in all segments together
 * @length: in bytes
 *
 * As kplug_dma_chunks_seek(), by a binary search.
 *
 * Return: 0, or -EINVAL when the segments end before @offset + @length.
 */
static inline int kplug_dma_chunks_seek_in(struct kplug_dma_chunks *c, const __u64 *starts,
					   __u64 offset, __u64 length)
{
	__u32 first = 0, end = c->num, middle;

	if (offset >= starts[c->num] || length > starts[c->num] - offset)
		return -EINVAL;
	while (end - first > 1) {
		middle = first + (end - first) / 2;
		if (offset < starts[middle])
			end = middle;
		else
			first = middle;
	}
	c->index = first;
	c->skip = offset - starts[first];
	c->left = length;
	return 0;
}

/**
 * kplug_dma_chunks_aligned() - check that every chunk starts at an aligned address
 * @c: after kplug_dma_chunks_seek(), before the first chunk
 * @alignment: in bytes, a power of two that divides max_chunk
 *
 * Return: 1 or 0.
 */
static inline int kplug_dma_chunks_aligned(const struct kplug_dma_chunks *c, __u32 alignment)
{
	__u64 left = c->left, skip = c->skip, here;
	__u32 i;

	for (i = c->index; left; i++, skip = 0, left -= here) {
		here = c->segments[i].length - skip;
		if ((c->segments[i].address + skip) % alignment)
			return 0;
		if (here >= left)
			return 1;
		if (here % alignment)
			return 0;
	}
	return 1;
}

/**
 * kplug_dma_chunk_next() - get the next chunk
 * @c: the state; bytes must remain
 * @out: filled with the segments of the chunk; room for @c->max_segments
 * @num: filled with the number of segments
 *
 * Return: length of the chunk in bytes.
 */
static inline __u64 kplug_dma_chunk_next(struct kplug_dma_chunks *c, struct kplug_dma_segment *out,
					 __u32 *num)
{
	__u64 length = 0, here;

	*num = 0;
	while (c->left && length < c->max_chunk && *num < c->max_segments) {
		const struct kplug_dma_segment *s = &c->segments[c->index];

		here = s->length - c->skip;
		if (here > c->left)
			here = c->left;
		if (here > c->max_chunk - length)
			here = c->max_chunk - length;
		out[*num].address = s->address + c->skip;
		out[*num].length = here;
		++*num;
		length += here;
		c->left -= here;
		c->skip += here;
		if (c->skip == s->length) {
			c->index++;
			c->skip = 0;
		}
	}
	return length;
}

#endif /* KPLUG_CHUNK_H */
