// SPDX-License-Identifier: MIT
/*
 * The event ring, while the program overwrites all that it maps at any time: no access leaves the
 * records, every event is a record or a counted loss, and a program that only moves its tail
 * forward, up to head, never loses an event that was reserved.
 */
#include "event/ring.h"
#include "prove.h"

#define ENTRIES 4
#define STEPS   6

static struct {
	struct kplug_ring_page page;
	uint8_t rest[PAGE_SIZE - sizeof(struct kplug_ring_page)];
	struct kplug_event records[ENTRIES];
} memory;

static struct kplug_event_ring ring;
static uint64_t data[KPLUG_EVENT_WORDS];

static struct kplug_post any_post(void)
{
	struct kplug_post post = { .vector = any_u32(), .words = any_u16(), .data = data };

	assume(post.words <= KPLUG_EVENT_WORDS);
	post.urgent = any_bool();
	return post;
}

/* A record is within the records, whatever the program wrote. */
static void consume(void)
{
	const struct kplug_event *record;
	uint64_t number;

	record = kplug_ring_front(&ring, &number);
	if (!record || IS_ERR(record))
		return;
	prove(record >= memory.records && record < memory.records + ENTRIES, "inside the ring");
	prove(number != ring.head && ring.head - number <= ENTRIES, "a record that was written");
	kplug_ring_pop(&ring, number);
}

void prove_hostile_program(void)
{
	uint64_t posted = 0, kept = 0;

	kplug_ring_prepare(&ring);
	prove(!kplug_ring_init(&ring, &memory, ENTRIES), "made");
	for (int i = 0; i < STEPS; i++) {
		struct kplug_post post = any_post();

		memory.page.tail = any_u64();
		memory.page.head = any_u64();
		memory.page.entries = any_u32();
		memory.page.records_offset = any_u64();
		switch (any_u8() % 3) {
		case 0:
			posted++;
			kept += kplug_ring_push(&ring, &post);
			break;
		case 1:
			if (kplug_ring_reserve(&ring, 1)) {
				prove(ring.reserved == 1, "one reservation");
				posted++;
				kept += kplug_ring_push_reserved(&ring, &post);
			}
			break;
		default:
			consume();
		}
		prove(ring.reserved == 0, "no reservation is left");
		prove(ring.limit == ENTRIES - 1, "the limit is back");
		prove(ring.head == kept, "each record moved head by one");
		prove(ring.dropped == posted - kept, "each event is a record or a loss");
		prove(ring.seq == posted, "each event has a number");
	}
}

void prove_reserved_event_arrives(void)
{
	uint32_t reserved = 0;

	kplug_ring_prepare(&ring);
	prove(!kplug_ring_init(&ring, &memory, ENTRIES), "made");
	for (int i = 0; i < STEPS; i++) {
		struct kplug_post post = any_post();
		uint64_t tail = any_u64();

		/* The program reads, and says so. */
		assume(tail >= memory.page.tail && tail <= ring.head);
		memory.page.tail = tail;
		switch (any_u8() % 3) {
		case 0:
			reserved += kplug_ring_reserve(&ring, any_u8());
			break;
		case 1:
			kplug_ring_push(&ring, &post);
			break;
		default:
			if (!reserved)
				break;
			reserved--;
			prove(kplug_ring_push_reserved(&ring, &post), "a reserved event arrives");
		}
		prove(ring.head - memory.page.tail + ring.reserved <= ENTRIES,
		      "records and reservations fit");
	}
}
