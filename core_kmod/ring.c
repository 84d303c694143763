// SPDX-License-Identifier: GPL-2.0
/* The event ring: many producers in any context, one consumer that is not trusted. */
#include <linux/align.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/mm.h>

#include "ring.h"

#define RECORDS_OFFSET PAGE_SIZE

size_t kplug_ring_bytes(u32 entries)
{
	return RECORDS_OFFSET + PAGE_ALIGN((size_t)entries * sizeof(struct kplug_event));
}

/* @memory: kplug_ring_bytes(), zeroed */
void kplug_ring_init(struct kplug_event_ring *ring, void *memory, u32 entries)
{
	raw_spin_lock_init(&ring->lock);
	ring->entries = entries;
	ring->page = memory;
	ring->records = memory + RECORDS_OFFSET;
	ring->page->entries = entries;
	ring->page->record_size = sizeof(struct kplug_event);
	ring->page->records_offset = RECORDS_OFFSET;
}
