// SPDX-License-Identifier: MIT
// Coherent memory in one piece, for a test that is the driver of a card itself.
#include "area.h"

#include "device.h"

struct area area(struct kplug *k, size_t length)
{
	struct kplug_dma_segment segment;
	struct area a;

	OK(kplug_dma_buffer_alloc_coherent(k, length, &a.buffer));
	OK(kplug_dma_map(k, a.buffer.fd, 0, 0, KPLUG_DMA_BOTH, &a.mapping));
	ck_assert_uint_eq(a.mapping.num_segments, 1);
	OK(kplug_dma_segments(k, a.mapping.id, 0, &segment, 1));
	a.bus = segment.address;
	a.bytes = a.buffer.addr;
	return a;
}

void area_free(struct kplug *k, struct area *a)
{
	OK(kplug_dma_unmap(k, a->mapping.id));
	kplug_dma_buffer_free(&a->buffer);
}
