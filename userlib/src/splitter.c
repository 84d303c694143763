// SPDX-License-Identifier: MIT
/* The chunk splitter, for programs that drive the device's engine themselves. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>

#include <kplug/chunk.h>

struct kplug_dma_splitter {
	struct kplug_dma_chunks chunks;
	uint32_t alignment;
	struct kplug_dma_segment segments[];
};

static int power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

int kplug_dma_splitter_new(struct kplug *k, const struct kplug_dma_mapping *mapping,
			   uint64_t max_chunk, uint32_t alignment,
			   struct kplug_dma_splitter **splitter)
{
	struct kplug_dma_splitter *c;
	const uint64_t size = sizeof(*c) + (uint64_t)mapping->num_segments * sizeof(c->segments[0]);
	int err;

	alignment = alignment ? alignment : 1;
	if (!power_of_two(alignment) || max_chunk % alignment)
		return -EINVAL;
	c = size > SIZE_MAX ? NULL : malloc((size_t)size);
	if (!c)
		return -ENOMEM;
	err = kplug_dma_segments(k, mapping->id, 0, c->segments, mapping->num_segments);
	if (err) {
		free(c);
		return err;
	}
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
	if (kplug_dma_chunks_seek(&splitter->chunks, offset, length) ||
	    !kplug_dma_chunks_aligned(&splitter->chunks, splitter->alignment)) {
		splitter->chunks.left = 0;
		return -EINVAL;
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
