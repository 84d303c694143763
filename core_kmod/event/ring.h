/* SPDX-License-Identifier: GPL-2.0 */
/* The event ring of a client. */
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
 * The program maps @page and @records and may overwrite all of it. The kernel therefore keeps its
 * own state here, and reads only page->tail from there.
 */
struct kplug_event_ring {
	raw_spinlock_t lock; /* serializes producers; taken in hard interrupts */
	u64 head;
	u64 seq;
	u64 dropped;
	u64 lost; /* dropped since the last record */
	u32 entries;
	u32 limit; /* with this many unread records the ring is full: entries - 1 - reserved */
	u32 reserved; /* records kept free for events that must arrive */
	struct kplug_ring_page *page; /* NULL before the ring is made */
	struct kplug_event *records;
};

/* An event as it is posted, without the fields that differ between rings. */
struct kplug_post {
	u64 t_hard;
	u64 t_handler_end;
	u64 t_post;
	u32 vector;
	u16 type;
	u16 words; /* at most KPLUG_EVENT_WORDS */
	u32 urgent; /* 1 if it may take the last free record, else 0 */
	const u64 *data;
};

size_t kplug_ring_bytes(u32 entries);
void kplug_ring_prepare(struct kplug_event_ring *ring);
int kplug_ring_init(struct kplug_event_ring *ring, void *memory, u32 entries);
u32 kplug_ring_reserve(struct kplug_event_ring *ring, u32 num);
bool kplug_ring_push_reserved(struct kplug_event_ring *ring, const struct kplug_post *post);

static inline struct kplug_event *kplug_ring_record(const struct kplug_event_ring *ring, u64 number)
{
	return &ring->records[number & (ring->entries - 1)];
}

/* Writes the valid words only: the rest of the record is older data of the same client. */
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
	/* A single store: vector, type and words have the same layout in both structures. */
	static_assert(offsetof(struct kplug_post, words) - offsetof(struct kplug_post, vector) ==
		      offsetof(struct kplug_event, words) - offsetof(struct kplug_event, vector));
	__builtin_memcpy(&to->vector, &post->vector, sizeof(u64));
	for (i = 0; i < words; i++)
		to->data[i] = data[i];
}

/*
 * Under the lock: writes a record, or counts a loss. Fewer than @limit unread records leave room.
 * The subtraction comes first, so that a tail beyond head wraps around and counts as a full ring.
 */
static __always_inline bool kplug_ring_put(struct kplug_event_ring *ring,
					   const struct kplug_post *post, u64 limit)
{
	u64 head = ring->head;
	/*
	 * Pairs with the consumer's release of tail, which means that it is done with the record.
	 */
	bool room = head - smp_load_acquire(&ring->page->tail) < limit;

	if (likely(room)) {
		kplug_ring_write(ring, head, post);
		ring->lost = 0;
		/* Pair with the consumers' acquires of head, which then see the whole record. */
		smp_store_release(&ring->head, head + 1);
		/* The same for the library. */
		smp_store_release(&ring->page->head, head + 1);
	} else {
		ring->lost++;
		ring->dropped++;
		WRITE_ONCE(ring->page->dropped, ring->dropped);
	}
	ring->seq++;
	return room;
}

/*
 * For producers, with interrupts off; inline because it is on the path of every event. Returns
 * false when the event was dropped and counted.
 */
static __always_inline bool kplug_ring_push(struct kplug_event_ring *ring,
					    const struct kplug_post *post)
{
	bool room;

	raw_spin_lock(&ring->lock);
	room = kplug_ring_put(ring, post, (u64)ring->limit + post->urgent);
	raw_spin_unlock(&ring->lock);
	return room;
}

static inline bool kplug_ring_empty(const struct kplug_event_ring *ring)
{
	return READ_ONCE(ring->head) == READ_ONCE(ring->page->tail);
}

/*
 * For the consumer in read(): the oldest record and its number; NULL if there is none, ERR_PTR
 * -EINVAL if the program has written an invalid tail. The program may overwrite the record at any
 * time: copy it out and do not trust it.
 */
static inline const struct kplug_event *kplug_ring_front(const struct kplug_event_ring *ring,
							 u64 *number)
{
	u64 tail = READ_ONCE(ring->page->tail);
	/* Pairs with the producer's release of the same head. */
	u64 fill = smp_load_acquire(&ring->head) - tail;

	if (!fill)
		return NULL;
	if (fill > ring->entries)
		return ERR_PTR(-EINVAL);
	*number = tail;
	return kplug_ring_record(ring, tail);
}

/* For the consumer in read(): releases the record with that number. */
static inline void kplug_ring_pop(struct kplug_event_ring *ring, u64 number)
{
	/* Pairs with the producer's acquire of tail. */
	smp_store_release(&ring->page->tail, number + 1);
}

#endif /* KPLUG_RING_H */
