/* SPDX-License-Identifier: GPL-2.0 */
/* One opener's event ring. */
#ifndef KPLUG_RING_H
#define KPLUG_RING_H

#include <linux/spinlock.h>
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
	const u64 *data;
};

size_t kplug_ring_bytes(u32 entries);
void kplug_ring_init(struct kplug_event_ring *ring, void *memory, u32 entries);
bool kplug_ring_push(struct kplug_event_ring *ring, const struct kplug_post *post);
bool kplug_ring_empty(const struct kplug_event_ring *ring);
const struct kplug_event *kplug_ring_front(const struct kplug_event_ring *ring);
void kplug_ring_pop(struct kplug_event_ring *ring);

#endif /* KPLUG_RING_H */
