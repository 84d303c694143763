// SPDX-License-Identifier: MIT
/* The ring: the core's producer against the library's consumer. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <linux/err.h>

#include "fake.h"

static struct kplug_event event;

TEST(ring, empty)
{
	struct kplug *k = fake_open(4);

	ck_assert_ptr_null(kplug_peek(k));
	ck_assert_int_eq(kplug_next(k, &event), 0);
	fake_close(k);
}

TEST(ring, without_one)
{
	struct kplug *k = fake_open(0);

	ck_assert_ptr_null(kplug_peek(k));
	ck_assert_int_eq(kplug_next(k, &event), 0);
	ck_assert_int_eq(kplug_wait(k, &event, 1, 0), -ENOTCONN);
	fake_close(k);
}

TEST(ring, order_and_wrap)
{
	struct kplug *k = fake_open(4);
	unsigned int i, n;

	for (i = 0; i < 100; i += 3) {
		for (n = 0; n < 3; n++)
			fake_post(1, KPLUG_EVENT_IRQ, i + n);
		for (n = 0; n < 3; n++) {
			ck_assert_int_eq(kplug_next(k, &event), 1);
			ck_assert_uint_eq(event.seq, i + n);
			ck_assert_uint_eq(event.data[0], i + n);
			ck_assert_uint_eq(event.vector, 1);
			ck_assert_uint_eq(event.lost, 0);
		}
		ck_assert_int_eq(kplug_next(k, &event), 0);
	}
	fake_close(k);
}

TEST(ring, peek_stays)
{
	struct kplug *k = fake_open(4);

	fake_post(0, KPLUG_EVENT_IRQ, 7);
	fake_post(0, KPLUG_EVENT_IRQ, 8);
	ck_assert_uint_eq(kplug_peek(k)->data[0], 7);
	ck_assert_uint_eq(kplug_peek(k)->data[0], 7);
	kplug_consume(k);
	ck_assert_uint_eq(kplug_peek(k)->data[0], 8);
	kplug_consume(k);
	ck_assert_ptr_null(kplug_peek(k));
	fake_close(k);
}

TEST(ring, loss_is_exact)
{
	struct kplug *k = fake_open(4);
	unsigned int i;

	for (i = 0; i < 10; i++)
		fake_post(0, KPLUG_EVENT_IRQ, i);
	/* A full ring keeps unread records; one record is not for ordinary events. */
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(kplug_next(k, &event), 1);
		ck_assert_uint_eq(event.data[0], i);
		ck_assert_uint_eq(event.lost, 0);
	}
	ck_assert_int_eq(kplug_next(k, &event), 0);
	fake_post(0, KPLUG_EVENT_IRQ, 10);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.lost, 7);
	ck_assert_uint_eq(event.seq, 10);
	ck_assert_uint_eq(k->ring->dropped, 7);
	fake_close(k);
}

/* The last record is kept for events that must arrive. */
TEST(ring, urgent_event_has_room)
{
	struct kplug *k = fake_open(4);
	unsigned int i;

	for (i = 0; i < 10; i++)
		fake_post(0, KPLUG_EVENT_IRQ, i);
	fake_post(0, KPLUG_EVENT_STORM, 0);
	fake_post(0, KPLUG_EVENT_STORM, 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.type, KPLUG_EVENT_STORM);
	ck_assert_uint_eq(event.lost, 7);
	ck_assert_int_eq(kplug_next(k, &event), 0);
	ck_assert_uint_eq(k->ring->dropped, 8);
	fake_close(k);
}

/* A tail out of range harms the program alone: the core takes no more events. */
TEST(ring, hostile_tail)
{
	/* From head: beyond it, and further back than there are records. */
	static const uint64_t wrong[] = { 1, 1000, 1ull << 63, -5, -1000 };
	struct kplug *k = fake_open(4);
	const uint64_t head = 10;
	u64 number;
	size_t i;

	for (i = 0; i < head; i++) {
		fake_post(0, KPLUG_EVENT_IRQ, 0);
		kplug_consume(k);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		k->ring->tail = head + wrong[i];
		fake_post(0, KPLUG_EVENT_IRQ, 0);
		ck_assert_uint_eq(fake.ring.head, head);
		ck_assert(IS_ERR(kplug_ring_front(&fake.ring, &number)));
	}
	k->ring->tail = fake.ring.head;
	fake_post(0, KPLUG_EVENT_IRQ, 9);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 9);
	ck_assert_uint_eq(event.lost, 5);
	fake_close(k);
}

/* The core does not use what the program writes over its page. */
TEST(ring, hostile_page)
{
	struct kplug *k = fake_open(4);

	k->ring->head = 77;
	k->ring->entries = 0x80000000;
	k->ring->records_offset = ~0ull;
	fake_post(0, KPLUG_EVENT_IRQ, 5);
	ck_assert_uint_eq(k->ring->head, 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 5);
	fake_close(k);
}

/* With any head, the library stays inside the records. */
TEST(ring, wild_head)
{
	struct kplug *k = fake_open(4);
	unsigned int i;

	k->ring->head = ~0ull;
	for (i = 0; i < 100; i++)
		ck_assert_int_eq(kplug_next(k, &event), 1);
	fake_close(k);
}

static void push_reserved(uint64_t word)
{
	const u64 data = word;
	const struct kplug_post post = {
		.type = KPLUG_EVENT_DMA,
		.words = 1,
		.data = &data,
	};

	kplug_ring_push_reserved(&fake.ring, &post);
}

/* Other events leave a reserved record alone, however full the ring is. */
TEST(ring, reserved_event_has_room)
{
	struct kplug *k = fake_open(8);
	unsigned int i;

	for (i = 0; i < 3; i++)
		ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 1), 1);
	for (i = 0; i < 20; i++)
		fake_post(0, KPLUG_EVENT_IRQ, i);
	ck_assert_uint_eq(k->ring->dropped, 16);
	ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 1), 0);
	fake_post(0, KPLUG_EVENT_STORM, 0);
	fake_post(0, KPLUG_EVENT_STORM, 0);
	ck_assert_uint_eq(k->ring->dropped, 17);
	for (i = 0; i < 3; i++)
		push_reserved(100 + i);
	ck_assert_uint_eq(k->ring->dropped, 17);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.type, KPLUG_EVENT_STORM);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(kplug_next(k, &event), 1);
		ck_assert_uint_eq(event.type, KPLUG_EVENT_DMA);
		ck_assert_uint_eq(event.data[0], 100 + i);
	}
	ck_assert_int_eq(kplug_next(k, &event), 0);
	/* Unreserve all. */
	for (i = 0; i < 20; i++)
		fake_post(0, KPLUG_EVENT_IRQ, i);
	for (i = 0; i < 7; i++)
		ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_int_eq(kplug_next(k, &event), 0);
	fake_close(k);
}

/* All records but the last can be reserved, and those that were used are free again. */
TEST(ring, reserves_all_but_one)
{
	struct kplug *k = fake_open(4);
	unsigned int i;

	ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 2), 2);
	ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 5), 1);
	ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 1), 0);
	fake_post(0, KPLUG_EVENT_IRQ, 1);
	ck_assert_uint_eq(k->ring->dropped, 1);
	push_reserved(2);
	ck_assert_uint_eq(k->ring->dropped, 1);
	ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 1), 0);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(event.data[0], 2);
	ck_assert_uint_eq(kplug_ring_reserve(&fake.ring, 1), 1);
	for (i = 0; i < 3; i++)
		push_reserved(3);
	fake_close(k);
}

/* Reservations made before the ring exist in it, if it is long enough. */
TEST(ring, reserved_before_it_is_made)
{
	static struct kplug_event_ring ring;
	const u64 data = 5;
	const struct kplug_post post = {
		.type = KPLUG_EVENT_DMA,
		.words = 1,
		.data = &data,
	};
	void *memory = calloc(1, kplug_ring_bytes(8));
	unsigned int i;

	kplug_ring_prepare(&ring);
	for (i = 0; i < 5; i++)
		ck_assert_uint_eq(kplug_ring_reserve(&ring, 1), 1);
	/* Without a ring there are no events. */
	ck_assert(!kplug_ring_push_reserved(&ring, &post));
	ck_assert_int_eq(kplug_ring_init(&ring, memory, 4), -ENOSPC);
	ck_assert_int_eq(kplug_ring_init(&ring, memory, 8), 0);
	ck_assert_uint_eq(ring.limit, 3);
	for (i = 0; i < 4; i++)
		ck_assert(kplug_ring_push_reserved(&ring, &post));
	ck_assert_uint_eq(ring.page->head, 4);
	ck_assert_uint_eq(ring.limit, 7);
	free(memory);
}

/* With any tail of the program, the counts stay right and all writes stay inside. */
TEST(ring, hostile_tail_and_reservations)
{
	static const uint64_t tails[] = {
		0, 1, 4, 5, 1ull << 32, 1ull << 63, ~0ull, ~0ull - 1, ~0ull - 3, ~0ull - 4,
	};
	struct kplug *k = fake_open(4);
	uint64_t seq = 0, head;
	unsigned int i, n, reserved = 0;

	for (i = 0; i < 1000; i++) {
		k->ring->tail = fake.ring.head - tails[i * 7 % 10];
		head = fake.ring.head;
		for (n = 0; n < 5; n += i % 2 + 1)
			reserved += kplug_ring_reserve(&fake.ring, i % 2 + 1);
		ck_assert_uint_le(reserved, 3);
		ck_assert_uint_eq(fake.ring.limit, 3 - reserved);
		k->ring->tail = fake.ring.head - tails[i % 10];
		fake_post(0, i % 3 ? KPLUG_EVENT_IRQ : KPLUG_EVENT_STORM, 0);
		seq++;
		for (; reserved > i % 2; reserved--, seq++)
			push_reserved(0);
		ck_assert_uint_le(fake.ring.head - head, 5);
		ck_assert_uint_eq(fake.ring.seq, seq);
		ck_assert_uint_eq(fake.ring.head + fake.ring.dropped, seq);
	}
	while (reserved--)
		push_reserved(0);
	ck_assert_uint_eq(fake.ring.limit, 3);
	k->ring->tail = fake.ring.head;
	fake_close(k);
}

static void bad_entries(struct kplug_ring_page *page)
{
	page->entries = 8;
}
static void bad_size(struct kplug_ring_page *page)
{
	page->record_size = 88;
}
static void bad_low(struct kplug_ring_page *page)
{
	page->records_offset = 8;
}
static void bad_odd(struct kplug_ring_page *page)
{
	page->records_offset++;
}
static void bad_far(struct kplug_ring_page *page)
{
	page->records_offset = ~7ull;
}
static void bad_end(struct kplug_ring_page *page)
{
	page->records_offset = 8192 - 8;
}

/* A ring of another layout is refused. */
TEST(ring, refuses_other_layout)
{
	static void (*const bad[])(struct kplug_ring_page * page) = {
		bad_entries, bad_size, bad_low, bad_odd, bad_far, bad_end,
	};
	static const struct fake_ioctl script[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						    { KPLUG_RING, 0, fake_ring },
						    { 0 } };
	const struct kplug_opts opts = { .ring_entries = 4 };
	struct kplug *k;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake_reset();
		fake.on_ring = bad[i];
		fake_script(script);
		ck_assert_int_eq(kplug_open(&k, "null0", &opts), -EPROTO);
		fake_script_done();
		ck_assert_int_eq(fake.maps, 0);
	}
}

#define FLOOD 200000

static unsigned int posted;

static void *flood(void *unused)
{
	unsigned int i;

	for (i = 0; i < FLOOD; i++) {
		fake_post(0, KPLUG_EVENT_IRQ, i);
		__atomic_fetch_add(&posted, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

/* Two producers and a consumer at once: received + lost = posted, in order. */
TEST(ring, flood)
{
	struct kplug *k = fake_open(64);
	pthread_t producers[2];
	uint64_t received = 0, lost = 0, next = 0;
	int i, over;

	for (i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&producers[i], NULL, flood, NULL), 0);
	do {
		/* The check below takes what is in the ring after the last post. */
		over = __atomic_load_n(&posted, __ATOMIC_ACQUIRE) == 2 * FLOOD;
		while (kplug_next(k, &event)) {
			received++;
			lost += event.lost;
			ck_assert_uint_eq(event.seq, next + event.lost);
			next = event.seq + 1;
		}
	} while (!over);
	for (i = 0; i < 2; i++)
		pthread_join(producers[i], NULL);
	ck_assert_uint_eq(received + lost + fake.ring.lost, 2 * FLOOD);
	ck_assert_uint_eq(lost + fake.ring.lost, k->ring->dropped);
	fake_close(k);
}
