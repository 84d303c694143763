/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Cutting a list of segments into what a device transfers at once; in user mode and in the kernel. */
#ifndef KPLUG_CHUNK_H
#define KPLUG_CHUNK_H

#include <uapi/kplug_abi.h>

#ifdef __KERNEL__
#include <linux/errno.h>
#else
#include <errno.h>
#endif

/**
 * struct kplug_chunks - how far the cutting has come
 * @segments: all of them; must stay valid
 * @num: how many
 * @index: the next one
 * @skip: bytes of it that are gone
 * @left: bytes to come
 * @max_chunk: longest chunk in bytes, not 0
 * @max_segments: of a chunk, not 0
 */
struct kplug_chunks {
	const struct kplug_segment *segments;
	__u32 num;
	__u32 index;
	__u64 skip;
	__u64 left;
	__u64 max_chunk;
	__u32 max_segments;
};

/**
 * kplug_chunks_seek() - start anew
 * @c: with segments, num, max_chunk and max_segments
 * @offset: of the first byte, in all segments together
 * @length: in bytes
 *
 * Return: 0, or -EINVAL when the segments do not reach so far.
 */
static inline int kplug_chunks_seek(struct kplug_chunks *c, __u64 offset, __u64 length)
{
	__u64 reach = 0;
	__u32 i;

	c->index = 0;
	while (c->index < c->num && offset >= c->segments[c->index].length)
		offset -= c->segments[c->index++].length;
	c->skip = offset;
	c->left = length;
	/* What is left of that segment, and those after it. */
	for (i = c->index; i < c->num; i++) {
		reach += c->segments[i].length;
		if (reach - offset >= length)
			return 0;
	}
	return -EINVAL;
}

/**
 * kplug_chunks_aligned() - whether no chunk starts between two multiples
 * @c: at the start
 * @alignment: in bytes, a power of two; max_chunk is a multiple of it
 */
static inline int kplug_chunks_aligned(const struct kplug_chunks *c, __u32 alignment)
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
 * kplug_chunk_next() - cut off the next chunk
 * @c: with something left
 * @out: room for @c->max_segments
 * @num: filled: how many of them
 *
 * Return: its length in bytes.
 */
static inline __u64 kplug_chunk_next(struct kplug_chunks *c, struct kplug_segment *out, __u32 *num)
{
	__u64 length = 0, here;

	*num = 0;
	while (c->left && length < c->max_chunk && *num < c->max_segments) {
		const struct kplug_segment *s = &c->segments[c->index];

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
