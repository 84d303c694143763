// SPDX-License-Identifier: GPL-2.0
/* The event ring: many producers in any context, and one untrusted consumer. */
#include <linux/align.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "event/ring.h"

#define RECORDS_OFFSET PAGE_SIZE

size_t kplug_ring_bytes(u32 entries)
{
	return RECORDS_OFFSET + PAGE_ALIGN((size_t)entries * sizeof(struct kplug_event));
}

/* Before the ring has memory; records can be reserved already. */
void kplug_ring_prepare(struct kplug_event_ring *ring)
{
	raw_spin_lock_init(&ring->lock);
}

static void set_limit(struct kplug_event_ring *ring)
{
	ring->limit = ring->entries - 1 - ring->reserved;
}

/*
 * @memory: zeroed, of kplug_ring_bytes() bytes. Returns -ENOSPC when the reservations do not fit
 * into this number of entries.
 *
 * Context: interrupts off.
 */
int kplug_ring_init(struct kplug_event_ring *ring, void *memory, u32 entries)
{
	int err = 0;

	raw_spin_lock(&ring->lock);
	if (ring->reserved < entries) {
		ring->entries = entries;
		ring->page = memory;
		ring->records = memory + RECORDS_OFFSET;
		ring->page->entries = entries;
		ring->page->record_size = sizeof(struct kplug_event);
		ring->page->records_offset = RECORDS_OFFSET;
		set_limit(ring);
	} else {
		err = -ENOSPC;
	}
	raw_spin_unlock(&ring->lock);
	return err;
}

/* The number of records that can still be reserved. */
static u32 room(const struct kplug_event_ring *ring)
{
	u64 fill;

	if (!ring->page)
		return ~ring->reserved;
	/* Pairs with the consumer's release of tail, as in kplug_ring_put(). */
	fill = ring->head - smp_load_acquire(&ring->page->tail);
	return fill < ring->limit ? (u32)(ring->limit - fill) : 0;
}

/**
 * kplug_ring_reserve() - keep records free for kplug_ring_push_reserved()
 * @ring: the ring, which may have no memory yet
 * @num: number of records
 *
 * Unread records and reservations together fit into the ring, and the last record stays free for
 * urgent events. So each reservation finds its record, as long as the program only moves its
 * tail forward, up to head. A program that does anything else loses its own events: the kernel
 * uses tail only to decide whether there is room.
 *
 * Context: interrupts off.
 * Return: the number of reservations, fewer when there is no room.
 */
u32 kplug_ring_reserve(struct kplug_event_ring *ring, u32 num)
{
	raw_spin_lock(&ring->lock);
	num = min(num, room(ring));
	ring->reserved += num;
	set_limit(ring);
	raw_spin_unlock(&ring->lock);
	return num;
}

static void give_back(struct kplug_event_ring *ring)
{
	ring->reserved--;
	set_limit(ring);
}

/*
 * Uses up one reservation. Returns false when the event was dropped. Without memory the loss is
 * not counted; if the program moved its tail back, it is counted like any other loss.
 *
 * Context: interrupts off.
 */
bool kplug_ring_push_reserved(struct kplug_event_ring *ring, const struct kplug_post *post)
{
	bool there = false;

	raw_spin_lock(&ring->lock);
	give_back(ring);
	if (ring->page)
		there = kplug_ring_put(ring, post, ring->entries);
	raw_spin_unlock(&ring->lock);
	return there;
}
