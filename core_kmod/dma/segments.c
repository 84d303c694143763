// SPDX-License-Identifier: GPL-2.0
/* Segments: the list of bus addresses that a device sees of a buffer. */
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "dma/bounce.h"
#include "dma/mapping.h"
#include "dma/peer.h"
#include "dma/segments.h"

/* Adjacent segments are merged. Segments beyond the room for them are only counted. */
struct walk {
	struct kplug_dma_segment *segments;
	u32 room;
	u32 num;
	u64 end; /* of the last segment */
	u64 length; /* of the last segment */
	u64 max_segment;
	u64 boundary_mask;
};

static bool goes_on(const struct walk *w, u64 address, u64 length)
{
	return w->num && w->end == address && w->length + length <= w->max_segment &&
	       (address & ~w->boundary_mask) == ((w->end - w->length) & ~w->boundary_mask);
}

/* Pieces of a buffer in a row before other tasks get the CPU. */
#define RESCHED_EVERY 256

/* The piece is within the limits already. */
static __always_inline void add_piece(struct walk *w, u64 address, u64 length)
{
	if (goes_on(w, address, length)) {
		w->length += length;
	} else {
		w->num++;
		w->length = length;
		if (w->num <= w->room)
			w->segments[w->num - 1].address = address;
	}
	w->end = address + length;
	if (w->num <= w->room)
		w->segments[w->num - 1].length = w->length;
}

/* Without an IOMMU the DMA API ignores the boundary, and exporters ignore the length. */
static void add_span(struct walk *w, u64 address, u64 length)
{
	while (length) {
		/* Up to the boundary, if there is one. */
		u64 last = min(length - 1, ~address & w->boundary_mask);
		u64 here = min(last + 1, w->max_segment);

		add_piece(w, address, here);
		address += here;
		length -= here;
	}
}

/* Lists @length bytes from @offset on. Returns the number of segments, also beyond @room. */
static u32 segments_of(struct device *dev, struct sg_table *table, u64 offset, u64 length,
		       struct kplug_dma_segment *segments, u32 room)
{
	struct walk w = {
		.segments = segments,
		.room = room,
		.max_segment = dma_get_max_seg_size(dev),
		.boundary_mask = dma_get_seg_boundary(dev),
	};
	struct scatterlist *sg;
	int i;

	for_each_sgtable_dma_sg(table, sg, i) {
		u64 here = sg_dma_len(sg), skip = min(offset, here);

		offset -= skip;
		here = min(here - skip, length);
		if (here)
			add_span(&w, sg_dma_address(sg) + skip, here);
		length -= here;
		if (!length)
			break;
		if (!(i % RESCHED_EVERY))
			cond_resched();
	}
	return w.num;
}

static bool needs_sync(struct device *dev, struct sg_table *table)
{
	struct scatterlist *sg;
	int i;

	/* The usual device, for which the result is always the same. */
	if (dev_is_dma_coherent(dev) && !kplug_dma_bounce_possible(dev))
		return false;
	for_each_sgtable_dma_sg(table, sg, i) {
		if (dma_need_sync(dev, sg_dma_address(sg)))
			return true;
		cond_resched();
	}
	return false;
}

static void *alloc_array(u32 num, size_t size)
{
	return kvmalloc_array(num, size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

/* The second pass is for pieces smaller than a page or beyond the device's limits. */
static int list_segments(struct kplug_dma_mapping *m, struct device *dev, u64 offset, u64 length)
{
	u32 room = min_t(u64, m->table->nents, (length >> PAGE_SHIFT) + 2);

	m->segments = alloc_array(room, sizeof(*m->segments));
	if (!m->segments)
		return -ENOMEM;
	m->num = segments_of(dev, m->table, offset, length, m->segments, room);
	if (m->num > room) {
		kvfree(m->segments);
		m->segments = alloc_array(m->num, sizeof(*m->segments));
		if (!m->segments)
			return -ENOMEM;
		segments_of(dev, m->table, offset, length, m->segments, m->num);
	}
	return 0;
}

/* So that the segment of an offset is found without a walk. */
static int list_starts(struct kplug_dma_mapping *m)
{
	u64 at = 0;
	u32 i;

	m->starts = m->num == 1 ? m->starts_of_one : alloc_array(m->num + 1, sizeof(*m->starts));
	if (!m->starts)
		return -ENOMEM;
	for (i = 0; i < m->num; i++) {
		m->starts[i] = at;
		at += m->segments[i].length;
	}
	m->starts[i] = at;
	return 0;
}

int kplug_dma_segments_list(struct kplug_dma_mapping *m, struct device *dev, u64 offset, u64 length)
{
	int err = list_segments(m, dev, offset, length) ?: list_starts(m);

	if (err)
		return err;
	/* CPUs do not cache the memory of a device. */
	m->synced = !kplug_dma_peer_is(m->dmabuf) && needs_sync(dev, m->table);
	return 0;
}

void kplug_dma_segments_free(struct kplug_dma_mapping *m)
{
	kvfree(m->segments);
	if (m->starts != m->starts_of_one)
		kvfree(m->starts);
}
