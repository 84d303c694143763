// SPDX-License-Identifier: MIT
/* Chunks for programs that program the device's engine themselves. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>

#include <kplug/chunk.h>

struct kplug_cutter {
	struct kplug_chunks chunks;
	uint32_t alignment;
	struct kplug_segment segments[];
};

static int power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

int kplug_cutter_new(struct kplug *k, const struct kplug_mapping *mapping,
		     uint64_t max_chunk, uint32_t alignment, struct kplug_cutter **cutter)
{
	struct kplug_cutter *c;
	int err;

	alignment = alignment ? alignment : 1;
	if (!power_of_two(alignment) || max_chunk % alignment)
		return -EINVAL;
	c = malloc(sizeof(*c) + mapping->num_segments * sizeof(c->segments[0]));
	if (!c)
		return -ENOMEM;
	err = kplug_dma_segments(k, mapping->id, 0, c->segments, mapping->num_segments);
	if (err) {
		free(c);
		return err;
	}
	c->alignment = alignment;
	c->chunks = (struct kplug_chunks){
		.segments = c->segments,
		.num = mapping->num_segments,
		.max_chunk = max_chunk ? max_chunk : UINT64_MAX,
		.max_segments = 1,
	};
	*cutter = c;
	return 0;
}

int kplug_cutter_start(struct kplug_cutter *cutter, uint64_t offset, uint64_t length)
{
	if (kplug_chunks_seek(&cutter->chunks, offset, length) ||
	    !kplug_chunks_aligned(&cutter->chunks, cutter->alignment)) {
		cutter->chunks.left = 0;
		return -EINVAL;
	}
	return 0;
}

int kplug_cutter_next(struct kplug_cutter *cutter, struct kplug_segment *chunk)
{
	uint32_t num;

	if (!cutter->chunks.left)
		return 0;
	kplug_chunk_next(&cutter->chunks, chunk, &num);
	return 1;
}

void kplug_cutter_free(struct kplug_cutter *cutter)
{
	free(cutter);
}
