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

static struct kplug_event *record(const struct kplug_event_ring *ring, u64 number)
{
	return &ring->records[number & (ring->entries - 1)];
}

/* Only the words that are meant: the rest of the record is older, own data. */
static void write_record(struct kplug_event_ring *ring, const struct kplug_post *post)
{
	struct kplug_event *to = record(ring, ring->head);
	unsigned int i;

	to->seq = ring->seq;
	to->lost = ring->lost;
	to->t_hard = post->t_hard;
	to->t_handler_end = post->t_handler_end;
	to->t_post = post->t_post;
	to->vector = post->vector;
	to->type = post->type;
	to->words = post->words;
	for (i = 0; i < post->words; i++)
		to->data[i] = post->data[i];
}

/* Producer side. Returns false when the event was dropped, and counted. */
bool kplug_ring_push(struct kplug_event_ring *ring, const struct kplug_post *post)
{
	unsigned long flags;
	bool room;

	raw_spin_lock_irqsave(&ring->lock, flags);
	/* Pairs with the consumer's release of tail: it is done with the slot. */
	room = ring->head - smp_load_acquire(&ring->page->tail) < ring->entries;
	if (likely(room)) {
		write_record(ring, post);
		ring->lost = 0;
		/* Pair with the consumers' acquires of head: the record is whole. */
		smp_store_release(&ring->head, ring->head + 1);
		smp_store_release(&ring->page->head, ring->head);
	} else {
		ring->lost++;
		ring->dropped++;
		WRITE_ONCE(ring->page->dropped, ring->dropped);
	}
	ring->seq++;
	raw_spin_unlock_irqrestore(&ring->lock, flags);
	return room;
}

bool kplug_ring_empty(const struct kplug_event_ring *ring)
{
	return READ_ONCE(ring->head) == READ_ONCE(ring->page->tail);
}

/*
 * Consumer side, for read(): the oldest record, NULL if there is none, ERR_PTR
 * -EINVAL if the program has put nonsense into tail. The record is the program's
 * to scribble on: copy it out, believe nothing.
 */
const struct kplug_event *kplug_ring_front(const struct kplug_event_ring *ring)
{
	u64 tail = READ_ONCE(ring->page->tail);
	/* Pairs with the producer's release of the same head. */
	u64 fill = smp_load_acquire(&ring->head) - tail;

	if (!fill)
		return NULL;
	if (fill > ring->entries)
		return ERR_PTR(-EINVAL);
	return record(ring, tail);
}

/* Consumer side, for read(): done with the oldest record. */
void kplug_ring_pop(struct kplug_event_ring *ring)
{
	/* Pairs with the producer's acquire of tail. */
	smp_store_release(&ring->page->tail, READ_ONCE(ring->page->tail) + 1);
}
