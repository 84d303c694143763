// SPDX-License-Identifier: MIT
/*
 * The chunk splitter, for any segments: a search finds the byte it looks for, or says that the
 * segments end before; a chunk is within its limits, begins where the one before it ended, and
 * leaves the splitter at the byte after it. So all chunks together are the part, each byte once
 * and in order.
 */
#include <kplug/chunk.h>

#include "prove.h"

#define SEGMENTS 3

/* A mapping is a list of segments without an empty one; longer ones prove no more. */
#define MAX_LENGTH 64

static struct kplug_dma_segment segments[SEGMENTS];
static __u64 starts[SEGMENTS + 1]; /* where each segment begins in all of them */

static void any_segments(void)
{
	for (int i = 0; i < SEGMENTS; i++) {
		segments[i].address = any_u64();
		segments[i].length = any_u16();
		assume(segments[i].length && segments[i].length <= MAX_LENGTH);
		assume(segments[i].address <= UINT64_MAX - MAX_LENGTH);
		starts[i + 1] = starts[i] + segments[i].length;
	}
}

/* At a byte of the segments from which all that is left lies in them, or at the end of the part. */
static bool is_valid(const struct kplug_dma_chunks *c)
{
	if (!c->left)
		return true;
	return c->index < SEGMENTS && c->skip < segments[c->index].length &&
	       c->left <= starts[SEGMENTS] - starts[c->index] - c->skip;
}

static void prove_place(const struct kplug_dma_chunks *c, int err, uint64_t offset, uint64_t length)
{
	const bool inside = offset < starts[SEGMENTS] && length <= starts[SEGMENTS] - offset;

	if (err) {
		prove(!inside, "only what ends behind the segments is refused");
		return;
	}
	prove(inside, "what ends behind the segments is refused");
	prove(c->left == length, "all of the part is left");
	prove(is_valid(c), "a byte of the segments");
	prove(starts[c->index] + c->skip == offset, "the byte at the offset");
}

void prove_seek(void)
{
	struct kplug_dma_chunks c = { .segments = segments, .num = SEGMENTS };
	uint64_t offset = any_u64(), length = any_u64();
	int err;

	any_segments();
	assume(offset <= UINT64_MAX - length);
	err = kplug_dma_chunks_seek(&c, offset, length);
	prove_place(&c, err, offset, length);
}

/* By the binary search, of which three segments take every way. */
void prove_seek_in(void)
{
	struct kplug_dma_chunks c = { .segments = segments, .num = SEGMENTS };
	uint64_t offset = any_u64(), length = any_u64();
	int err;

	any_segments();
	err = kplug_dma_chunks_seek_in(&c, starts, offset, length);
	prove_place(&c, err, offset, length);
}

/* The piece lies in segment @index, and begins at @at in all of them. */
static void prove_piece(const struct kplug_dma_segment *piece, unsigned int index, uint64_t at)
{
	prove(index < SEGMENTS, "a segment");
	prove(piece->length, "no empty piece");
	prove(piece->address == segments[index].address + (at - starts[index]), "the next byte");
	prove(at + piece->length <= starts[index + 1], "inside the segment");
}

void prove_chunk(void)
{
	struct kplug_dma_chunks c = { .segments = segments, .num = SEGMENTS };
	struct kplug_dma_segment out[SEGMENTS];
	uint64_t left, length, at, sum = 0;
	uint32_t num, first;

	any_segments();
	c.index = any_u8();
	c.skip = any_u16();
	c.left = any_u16();
	c.max_chunk = any_u16();
	c.max_segments = any_u8();
	assume(c.left && is_valid(&c));
	assume(c.max_chunk && c.max_segments && c.max_segments <= SEGMENTS);
	first = c.index;
	left = c.left;
	at = starts[c.index] + c.skip;

	length = kplug_dma_chunk_next(&c, out, &num);
	prove(length && length <= c.max_chunk && length <= left, "a length");
	prove(num && num <= c.max_segments, "a number of segments");
	for (unsigned int i = 0; i < SEGMENTS && i < num; i++) {
		prove_piece(&out[i], first + i, at + sum);
		sum += out[i].length;
	}
	prove(sum == length, "the pieces are the chunk");
	prove(c.left == left - length, "the rest");
	prove(is_valid(&c), "ready for the next chunk");
	prove(!c.left || starts[c.index] + c.skip == at + length, "at the byte after the chunk");
	prove(!c.left || length == c.max_chunk || num == c.max_segments, "as long as it may be");
}
