// SPDX-License-Identifier: MIT
/* The chunk splitter, for programs that drive the device's engine themselves. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>

#include <kplug/chunk.h>

struct kplug_dma_splitter {
	struct kplug_dma_chunks chunks;
	uint32_t alignment;
	__u64 *starts; /* behind the segments */
	struct kplug_dma_segment segments[];
};

static int power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

static void list_starts(struct kplug_dma_splitter *c, uint32_t num)
{
	uint64_t at = 0;
	uint32_t i;

	c->starts = (__u64 *)&c->segments[num];
	for (i = 0; i < num; i++) {
		c->starts[i] = at;
		at += c->segments[i].length;
	}
	c->starts[num] = at;
}

int kplug_dma_splitter_new(struct kplug *k, const struct kplug_dma_mapping *mapping,
			   uint64_t max_chunk, uint32_t alignment,
			   struct kplug_dma_splitter **splitter)
{
	struct kplug_dma_splitter *c;
	const uint64_t num = mapping->num_segments;
	const uint64_t size =
		sizeof(*c) + num * sizeof(c->segments[0]) + (num + 1) * sizeof(c->starts[0]);
	int err;

	alignment = alignment ? alignment : 1;
	if (!power_of_two(alignment) || max_chunk % alignment)
		return kplug_refuse(k, -EINVAL,
				    "the alignment is not a power of two that divides the chunk");
	c = size > SIZE_MAX ? NULL : malloc((size_t)size);
	if (!c)
		return kplug_failed(k, 0, -ENOMEM);
	err = kplug_dma_segments(k, mapping->id, 0, c->segments, mapping->num_segments);
	if (err) {
		free(c);
		return err;
	}
	list_starts(c, mapping->num_segments);
	c->alignment = alignment;
	c->chunks = (struct kplug_dma_chunks){
		.segments = c->segments,
		.num = mapping->num_segments,
		.max_chunk = max_chunk ? max_chunk : UINT64_MAX,
		.max_segments = 1,
	};
	*splitter = c;
	return 0;
}

int kplug_dma_splitter_start(struct kplug_dma_splitter *splitter, uint64_t offset, uint64_t length)
{
	if (kplug_dma_chunks_seek_in(&splitter->chunks, splitter->starts, offset, length) ||
	    !kplug_dma_chunks_aligned(&splitter->chunks, splitter->alignment)) {
		splitter->chunks.left = 0;
		return kplug_refuse(NULL, -EINVAL,
				    "the part is outside of the mapping or not aligned");
	}
	return 0;
}

int kplug_dma_splitter_next(struct kplug_dma_splitter *splitter, struct kplug_dma_segment *chunk)
{
	uint32_t num;

	if (!splitter->chunks.left)
		return 0;
	kplug_dma_chunk_next(&splitter->chunks, chunk, &num);
	return 1;
}

void kplug_dma_splitter_free(struct kplug_dma_splitter *splitter)
{
	free(splitter);
}
