/* SPDX-License-Identifier: GPL-2.0 */
/* One opener's event ring. */
#ifndef KPLUG_RING_H
#define KPLUG_RING_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <uapi/kplug_abi.h>

/*
 * The program maps @page and @records and may scribble on all of it, so
 * everything the kernel needs to know is kept here; only page->tail is read.
 */
struct kplug_event_ring {
	raw_spinlock_t lock;	/* among producers; taken in hard interrupts */
	u64 head;
	u64 seq;
	u64 dropped;
	u64 lost;	/* dropped since the last record */
	u32 entries;
	struct kplug_ring_page *page;
	struct kplug_event *records;
};

/* An event as it is posted; what each ring has of its own is missing. */
struct kplug_post {
	u64 t_hard;
	u64 t_handler_end;
	u64 t_post;
	u32 vector;
	u16 type;
	u16 words;	/* at most KPLUG_EVENT_WORDS */
	u32 urgent;	/* 1: may take the last free record; else 0 */
	const u64 *data;
};

size_t kplug_ring_bytes(u32 entries);
void kplug_ring_init(struct kplug_event_ring *ring, void *memory, u32 entries);

static inline struct kplug_event *kplug_ring_record(const struct kplug_event_ring *ring,
						    u64 number)
{
	return &ring->records[number & (ring->entries - 1)];
}

/* Only the words that are meant: the rest of the record is older, own data. */
static __always_inline void kplug_ring_write(struct kplug_event_ring *ring, u64 head,
					     const struct kplug_post *post)
{
	struct kplug_event *to = kplug_ring_record(ring, head);
	unsigned int i, words = post->words;
	const u64 *data = post->data;

	to->seq = ring->seq;
	to->lost = ring->lost;
	to->t_hard = post->t_hard;
	to->t_handler_end = post->t_handler_end;
	to->t_post = post->t_post;
	/* One store: type and words follow in both. */
	static_assert(offsetof(struct kplug_post, words) - offsetof(struct kplug_post, vector) ==
		      offsetof(struct kplug_event, words) - offsetof(struct kplug_event, vector));
	__builtin_memcpy(&to->vector, &post->vector, sizeof(u64));
	for (i = 0; i < words; i++)
		to->data[i] = data[i];
}

/*
 * Producer side, with interrupts off; inline since it is on the path of every
 * event. Returns false when the event was dropped, and counted.
 */
static __always_inline bool kplug_ring_push(struct kplug_event_ring *ring,
					    const struct kplug_post *post)
{
	u64 head;
	bool room;

	raw_spin_lock(&ring->lock);
	head = ring->head;
	/* Pairs with the consumer's release of tail: it is done with the slot. */
	room = head - smp_load_acquire(&ring->page->tail) <
	       (u64)ring->entries - 1 + post->urgent;
	if (likely(room)) {
		kplug_ring_write(ring, head, post);
		ring->lost = 0;
		/* Pair with the consumers' acquires of head: the record is whole. */
		smp_store_release(&ring->head, head + 1);
		smp_store_release(&ring->page->head, head + 1);
	} else {
		ring->lost++;
		ring->dropped++;
		WRITE_ONCE(ring->page->dropped, ring->dropped);
	}
	ring->seq++;
	raw_spin_unlock(&ring->lock);
	return room;
}

static inline bool kplug_ring_empty(const struct kplug_event_ring *ring)
{
	return READ_ONCE(ring->head) == READ_ONCE(ring->page->tail);
}

/*
 * Consumer side, for read(): the oldest record, NULL if there is none, ERR_PTR
 * -EINVAL if the program has put nonsense into tail. The record is the program's
 * to scribble on: copy it out, believe nothing.
 */
static inline const struct kplug_event *kplug_ring_front(const struct kplug_event_ring *ring)
{
	u64 tail = READ_ONCE(ring->page->tail);
	/* Pairs with the producer's release of the same head. */
	u64 fill = smp_load_acquire(&ring->head) - tail;

	if (!fill)
		return NULL;
	if (fill > ring->entries)
		return ERR_PTR(-EINVAL);
	return kplug_ring_record(ring, tail);
}

/* Consumer side, for read(): done with the oldest record. */
static inline void kplug_ring_pop(struct kplug_event_ring *ring)
{
	/* Pairs with the producer's acquire of tail. */
	smp_store_release(&ring->page->tail, READ_ONCE(ring->page->tail) + 1);
}

#endif /* KPLUG_RING_H */
