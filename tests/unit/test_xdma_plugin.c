// SPDX-License-Identifier: MIT
// The channel of the plugin xdma against the model of the card: descriptors, ends and aborts.
#include <kplug/plugin_dma.h>
#include <stdlib.h>
#include <string.h>
#include <xdma/xdma.h>

#include "fake_guest.h"
#include "test.h"
#include "xdma_user.h"

/* In the guest's memory. */
#define DATA   0x10000u
#define STRIDE 1024u /* of the segments */
#define SLOTS  0x90000u
#define WORDS  0xd0000u

#define USER   0
#define CONFIG 1
#define MEMORY 2

#define CHANNELS 4 /* of each direction */

static struct kplug_io io;
static struct xdma xdma;
static unsigned int ends, stuck, reads, writes;
static u64 bytes;
static int result;

/* What the core gives to a plugin. */
void *kplug_priv(const struct kplug_device *dev)
{
	(void)dev;
	return &xdma;
}

void kplug_dma_done(struct kplug_dma *dma, u64 transferred, int status)
{
	(void)dma;
	ends++;
	bytes = transferred;
	result = status;
}

void kplug_dma_stuck(struct kplug_device *dev)
{
	(void)dev;
	stuck++;
}

__u64 kplug_io_read_rare(const struct kplug_io *of, unsigned int region, __u64 offset,
			 unsigned int width)
{
	u64 value = 0;

	(void)of;
	reads++;
	OK(card_read(&card, region, offset, &value, width));
	return value;
}

void kplug_io_write_rare(const struct kplug_io *of, unsigned int region, __u64 offset,
			 unsigned int width, __u64 value)
{
	(void)of;
	writes++;
	OK(card_write(&card, region, offset, &value, width));
}

static bool stall_ends; /* while the plugin waits for the engine */

void usleep_range(unsigned long least, unsigned long most)
{
	(void)least;
	(void)most;
	if (stall_ends)
		guest_put(USER, XDMA_USER_STALL, 0);
	guest_works();
}

static void begin_channel(unsigned int number, bool from_card)
{
	struct xdma_channel *c = &xdma.channels[number + (from_card ? xdma.num_h2c : 0)];

	c->xdma = &xdma;
	c->block = from_card ? XDMA_C2H_BLOCK(number) : XDMA_H2C_BLOCK(number);
	c->from_card = from_card;
	c->word = (void *)(guest + WORDS + (c - xdma.channels) * XDMA_WORD_SPACE);
	c->word_bus = GUEST + WORDS + (c - xdma.channels) * XDMA_WORD_SPACE;
	xdma_channel_setup(c);
}

static void begin_with(const char *model, unsigned int channels)
{
	guest_begin(model);
	xdma = (struct xdma){ .io = &io,
			      .region = CONFIG,
			      .armed = true,
			      .num_h2c = channels,
			      .num_channels = 2 * channels };
	raw_spin_lock_init(&xdma.lock);
	for (unsigned int i = 0; i < XDMA_SLOTS; i++) {
		xdma.slots[i].block.memory = guest + SLOTS + i * XDMA_RECORDS;
		xdma.slots[i].block.address = GUEST + SLOTS + i * XDMA_RECORDS;
	}
	for (unsigned int i = 0; i < 2 * channels; i++)
		begin_channel(i % channels, i >= channels);
	ends = stuck = 0;
	stall_ends = false;
}

static void begin(void)
{
	begin_with("xdma", CHANNELS);
}

/* ended() - how many transactions have ended by an interrupt of this channel */
static unsigned int ended(unsigned int index)
{
	unsigned int before = ends;

	xdma_channel_end(&xdma.channels[index]);
	return ends - before;
}

/* chunk() - segments of different lengths, each at its own place; returns their sum */
static u64 chunk(struct kplug_dma_segment *segments, unsigned int first, unsigned int count)
{
	u64 length = 0;

	for (unsigned int i = 0; i < count; i++) {
		segments[i].address = GUEST + DATA + (first + i) * STRIDE + i % 7;
		segments[i].length = 1 + i * 37 % 1000;
		length += segments[i].length;
	}
	return length;
}

/* arrived() - the data of a chunk are on the card */
static void arrived(const struct kplug_dma *dma)
{
	u64 at = dma->args[XDMA_ARG_CARD] + dma->chunk.offset;

	for (unsigned int i = 0; i < dma->chunk.num_segments; i++) {
		const struct kplug_dma_segment *segment = &dma->chunk.segments[i];

		ck_assert_mem_eq(card.bars[MEMORY].memory + at, guest + segment->address - GUEST,
				 segment->length);
		at += segment->length;
	}
}

/* Each segment arrives, in as few fetches as the blocks of descriptors allow. */
TEST(xdma_plugin, chunks)
{
	static const unsigned int counts[] = { 1, 2, 63, 64, 65, 128, 129, 500, 512 };
	static struct kplug_dma_segment segments[XDMA_DESCRIPTORS];

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct kplug_dma dma = { .direction = KPLUG_DMA_TO_DEVICE,
					 .args = { 100, i % CHANNELS } };

		begin();
		guest_fill(DATA, XDMA_DESCRIPTORS * STRIDE);
		dma.chunk.segments = segments;
		dma.chunk.num_segments = counts[i];
		dma.chunk.length = chunk(segments, 0, counts[i]);
		OK(xdma_dma_program(&dma));
		ck_assert_uint_eq(ended(i % CHANNELS), 0);
		guest_works();
		ck_assert_uint_eq(ended(i % CHANNELS), 1);
		ck_assert_uint_eq(ended(i % CHANNELS), 0);
		ck_assert_int_eq(result, 0);
		ck_assert_uint_eq(bytes, dma.chunk.length);
		ck_assert_uint_eq(card_counted(&card, "fetches"), (counts[i] + 63) / 64);
		arrived(&dma);
		guest_end();
	}
}

/* What the docs say about the cost of a chunk; the handler reads one register more. */
TEST(xdma_plugin, accesses)
{
	struct kplug_dma_segment segments[100];
	struct kplug_dma dma = { .direction = KPLUG_DMA_TO_DEVICE };

	begin();
	dma.chunk.segments = segments;
	dma.chunk.num_segments = 100;
	dma.chunk.length = chunk(segments, 0, 100);
	for (unsigned int i = 0; i < 2; i++) {
		reads = writes = 0;
		OK(xdma_dma_program(&dma));
		guest_works();
		ck_assert_uint_eq(ended(0), 1);
	}
	ck_assert_uint_eq(reads, 1);
	ck_assert_uint_eq(writes, 5);
	guest_end();
}

/* A later chunk of a transaction goes on where the one before ended. */
TEST(xdma_plugin, from_the_card)
{
	struct kplug_dma_segment segments[3];
	struct kplug_dma dma = { .direction = KPLUG_DMA_FROM_DEVICE, .args = { 50, 1 } };

	begin();
	for (unsigned int i = 0; i < 5000; i++)
		card.bars[MEMORY].memory[i] = guest_pattern(i);
	dma.chunk.segments = segments;
	dma.chunk.num_segments = 3;
	dma.chunk.offset = 1000;
	dma.chunk.length = chunk(segments, 0, 3);
	OK(xdma_dma_program(&dma));
	guest_works();
	ck_assert_uint_eq(ended(CHANNELS + 1), 1);
	guest_check(DATA, 1050, 1);
	guest_check(DATA + STRIDE + 1, 1051, 38);
	guest_check(DATA + 2 * STRIDE + 2, 1089, 75);
	guest_end();
}

/* All segments go to one place, whose last content stays. */
TEST(xdma_plugin, fixed_address)
{
	struct kplug_dma_segment segments[3];
	struct kplug_dma dma = { .direction = KPLUG_DMA_TO_DEVICE,
				 .args = { 64, 0, XDMA_FLAG_FIXED } };

	begin();
	guest_fill(DATA, 3 * STRIDE);
	dma.chunk.segments = segments;
	dma.chunk.num_segments = 3;
	dma.chunk.offset = 512;
	dma.chunk.length = chunk(segments, 0, 3);
	OK(xdma_dma_program(&dma));
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
	/* The last segment has 75 bytes, which are two times the data path and 11. */
	ck_assert_mem_eq(card.bars[MEMORY].memory + 64, guest + DATA + 2 * STRIDE + 2 + 64, 11);
	ck_assert_mem_eq(card.bars[MEMORY].memory + 75, guest + DATA + 2 * STRIDE + 2 + 43, 21);
	for (unsigned int i = 64 + XDMA_DATA_PATH; i < 2048; i++)
		ck_assert_uint_eq(card.bars[MEMORY].memory[i], 0);
	guest_end();
}

#define QUEUED 5

static struct kplug_dma queued[QUEUED];

/* queue_up() - transactions of 100 segments each; the first one runs, but the card waits */
static void queue_up(void)
{
	static struct kplug_dma_segment segments[QUEUED][100];

	begin();
	guest_fill(DATA, 512 * STRIDE);
	guest_put(USER, XDMA_USER_STALL, 1);
	for (unsigned int i = 0; i < QUEUED; i++) {
		queued[i] =
			(struct kplug_dma){ .direction = KPLUG_DMA_TO_DEVICE, .args = { i << 18 } };
		queued[i].chunk.segments = segments[i];
		queued[i].chunk.num_segments = 100;
		queued[i].chunk.length = chunk(segments[i], i * 100, 100);
		OK(xdma_dma_program(&queued[i]));
		guest_works();
	}
	ck_assert_uint_eq(ended(0), 0);
	ck_assert_uint_eq(card_counted(&card, "runs"), 1);
}

static void go_on(void)
{
	guest_put(USER, XDMA_USER_STALL, 0);
	guest_works();
}

/* What waited while the channel ran becomes one run. */
TEST(xdma_plugin, one_run_of_many)
{
	queue_up();
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	guest_works();
	ck_assert_uint_eq(ended(0), QUEUED - 1);
	ck_assert_uint_eq(card_counted(&card, "runs"), 2);
	ck_assert_uint_eq(card_counted(&card, "descriptors"), QUEUED * 100);
	for (unsigned int i = 0; i < QUEUED; i++)
		arrived(&queued[i]);
	guest_end();
}

/* In a run each transaction ends when its own descriptors are done. */
TEST(xdma_plugin, ends_within_a_run)
{
	queue_up();
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	for (unsigned int i = 0; i < 250; i++)
		card.model->work(card.state);
	ck_assert_uint_eq(ended(0), 2);
	guest_works();
	ck_assert_uint_eq(ended(0), 2);
	guest_end();
}

/* A card that counts backwards has finished nothing. */
TEST(xdma_plugin, counts_backwards)
{
	queue_up();
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	for (unsigned int i = 0; i < 150; i++)
		card.model->work(card.state);
	xdma.channels[0].passed = 500;
	ck_assert_uint_eq(ended(0), 0);
	xdma.channels[0].passed = 0;
	guest_works();
	ck_assert_uint_eq(ended(0), QUEUED - 1);
	guest_end();
}

/* A card that counts more than it got has finished nothing that it does not report otherwise. */
TEST(xdma_plugin, counts_too_much)
{
	queue_up();
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	for (unsigned int i = 0; i < 150; i++)
		card.model->work(card.state);
	xdma.channels[0].total = 100;
	ck_assert_uint_eq(ended(0), 0);
	xdma.channels[0].total = (QUEUED - 1) * 100;
	guest_works();
	ck_assert_uint_eq(ended(0), QUEUED - 1);
	guest_end();
}

/* A card that does not react to the start still has the count of the run before. */
TEST(xdma_plugin, dead, .variants = VARIANTS("interrupts", "polls"))
{
	struct kplug_dma_segment segments[10];
	struct kplug_dma dma = { .direction = KPLUG_DMA_TO_DEVICE,
				 .polled = !strcmp(variant, "polls") };

	begin();
	dma.chunk.segments = segments;
	dma.chunk.num_segments = 10;
	dma.chunk.length = chunk(segments, 0, 10);
	OK(xdma_dma_program(&dma));
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
	ck_assert(fault_set(&card, "dead", 1000, 0));
	OK(xdma_dma_program(&dma));
	guest_works();
	for (unsigned int i = 0; dma.polled && i < 1000; i++)
		xdma_dma_poll(&dma);
	ck_assert_uint_eq(ended(0), 0);
	xdma_dma_abort(&dma);
	ck_assert_uint_eq(ends, 2);
	ck_assert_uint_eq(bytes, 0);
	ck_assert(fault_set(&card, "none", 0, 0));
	OK(xdma_dma_program(&dma));
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
	arrived(&dma);
	guest_end();
}

/* An error is that of one transaction. Those before it are done, those behind it go on. */
TEST(xdma_plugin, error_within_a_run)
{
	queue_up();
	queued[2].args[XDMA_ARG_CARD] = XDMA_CARD_MEMORY - 39;
	for (unsigned int i = 2; i < QUEUED; i++) {
		xdma_dma_abort(&queued[i]);
		OK(xdma_dma_program(&queued[i]));
	}
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	guest_works();
	ck_assert_uint_eq(ended(0), 2);
	ck_assert_int_eq(result, -EREMOTEIO);
	ck_assert_uint_eq(bytes, 39);
	ck_assert_uint_eq(xdma.channels[0].last.errors, 1);
	ck_assert_uint_eq(xdma.channels[0].last.status & 0x7c000, 1 << 14);
	guest_works();
	ck_assert_uint_eq(ended(0), 2);
	ck_assert_int_eq(result, 0);
	for (unsigned int i = 0; i < QUEUED; i++)
		if (i != 2)
			arrived(&queued[i]);
	guest_end();
}

/* What was moved before an error is known, and the next transaction works. */
TEST(xdma_plugin, error)
{
	struct kplug_dma_segment segments[2][3];
	struct kplug_dma dma[2] = { { .direction = KPLUG_DMA_TO_DEVICE,
				      .args = { XDMA_CARD_MEMORY - 39 } },
				    { .direction = KPLUG_DMA_TO_DEVICE } };

	begin();
	for (unsigned int i = 0; i < 2; i++) {
		dma[i].chunk.segments = segments[i];
		dma[i].chunk.num_segments = 3;
		dma[i].chunk.length = chunk(segments[i], 3 * i, 3);
		OK(xdma_dma_program(&dma[i]));
	}
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
	ck_assert_int_eq(result, -EREMOTEIO);
	ck_assert_uint_eq(bytes, 39);
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
	ck_assert_int_eq(result, 0);
	arrived(&dma[1]);
	guest_end();
}

/* An abort takes one transaction out of a run. The others move each segment once. */
TEST(xdma_plugin, abort_within_a_run)
{
	queue_up();
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	for (unsigned int i = 0; i < 30; i++)
		card.model->work(card.state);
	guest_put(USER, XDMA_USER_STALL, 1);
	stall_ends = true;
	xdma_dma_abort(&queued[2]);
	ck_assert_uint_eq(stuck, 0);
	ck_assert_uint_eq(ends, 2);
	guest_works();
	ck_assert_uint_eq(ended(0), QUEUED - 2);
	ck_assert_uint_eq(card_counted(&card, "descriptors"), (QUEUED - 1) * 100);
	for (unsigned int i = 0; i < QUEUED; i++)
		if (i != 2)
			arrived(&queued[i]);
	guest_end();
}

/* What a transaction moved before its abort is reported. */
TEST(xdma_plugin, abort)
{
	queue_up();
	go_on();
	ck_assert_uint_eq(ended(0), 1);
	for (unsigned int i = 0; i < 30; i++)
		card.model->work(card.state);
	xdma_dma_abort(&queued[1]);
	ck_assert_uint_eq(ends, 2);
	ck_assert_int_eq(result, 0);
	ck_assert_uint_gt(bytes, 0);
	ck_assert_uint_lt(bytes, queued[1].chunk.length);
	guest_works();
	ck_assert_uint_eq(ended(0), QUEUED - 2);
	guest_end();
}

/* An engine that does not stop keeps its memory: its channel starts nothing before it is idle. */
TEST(xdma_plugin, stuck, .variants = VARIANTS("reset", "stops_later"))
{
	queue_up();
	xdma_dma_abort(&queued[0]);
	ck_assert_uint_eq(stuck, 1);
	ck_assert_uint_eq(ends, QUEUED);
	ck_assert_int_eq(result, -EIO);
	OK(xdma_dma_program(&queued[1]));
	go_on();
	ck_assert_uint_eq(card_counted(&card, "runs"), 1);
	ends = 0;
	ck_assert(!xdma_channels_hold(&xdma));
	xdma_dma_abort(&queued[1]);
	ck_assert_uint_eq(ends, 1);
	if (!strcmp(variant, "reset")) {
		card.model->reset(card.state);
		for (unsigned int i = 0; i < 2 * CHANNELS; i++)
			xdma_channel_setup(&xdma.channels[i]);
	}
	/* It may have stopped since. */
	ck_assert(xdma_channels_hold(&xdma));
	OK(xdma_dma_program(&queued[1]));
	guest_works();
	ck_assert_uint_eq(ended(0), 0);
	xdma_channels_release(&xdma);
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
	arrived(&queued[1]);
	guest_end();
}

/*
 * Without its vector only a polled transaction starts. It does not interrupt, and a poll looks
 * at memory; the registers are for an engine that does not write.
 */
TEST(xdma_plugin, polled, .variants = VARIANTS("ends", "fails", "writes_nothing"))
{
	struct kplug_dma_segment segment;
	struct kplug_dma dma = { .direction = KPLUG_DMA_TO_DEVICE };
	bool fails = !strcmp(variant, "fails"), nothing = !strcmp(variant, "writes_nothing");

	begin();
	xdma.armed = false;
	dma.chunk.segments = &segment;
	dma.chunk.num_segments = 1;
	dma.chunk.length = chunk(&segment, 0, 1);
	dma.args[XDMA_ARG_CARD] = fails ? XDMA_CARD_MEMORY : 0;
	ck_assert_int_eq(xdma_dma_program(&dma), -ENOTCONN);
	dma.polled = true;
	OK(xdma_dma_program(&dma));
	xdma_dma_poll(&dma);
	ck_assert_uint_eq(ends, 0);
	guest_works();
	ck_assert_uint_eq(guest_get(CONFIG, XDMA_IRQ_BLOCK + 0x4c), 0);
	if (nothing)
		WRITE_ONCE(*xdma.channels[0].word, 0);
	for (unsigned int i = 0; i < (nothing ? 256 : 1); i++)
		xdma_dma_poll(&dma);
	ck_assert_uint_eq(ends, 1);
	ck_assert_int_eq(result, fails ? -EREMOTEIO : 0);
	guest_end();
}

#define PERIODS 8u
#define BYTES   256u
#define SEND    0x8000u /* in the guest's memory */

static struct kplug_dma_segment ring_memory = {
	.address = GUEST + DATA,
	.length = PERIODS * (BYTES + sizeof(struct xdma_packet)),
};
static unsigned int mappings; /* that the plugin holds */

struct kplug_dma_mapping *kplug_dma_mapping_get(struct kplug_client *client, u32 id)
{
	(void)client;
	mappings += id == 1;
	return id == 1 ? (struct kplug_dma_mapping *)&ring_memory : NULL;
}

void kplug_dma_mapping_put(struct kplug_dma_mapping *mapping)
{
	ck_assert_ptr_eq(mapping, &ring_memory);
	mappings--;
}

const struct kplug_dma_segment *kplug_dma_mapping_segments(const struct kplug_dma_mapping *mapping,
							   u32 *num,
							   enum kplug_dma_direction *direction)
{
	(void)mapping;
	*num = 1;
	*direction = KPLUG_DMA_FROM_DEVICE;
	return &ring_memory;
}

static struct kplug_client *const program = (struct kplug_client *)&xdma;

/* begin_ring() - the channel from the card with a ring, on a card with streams */
static struct xdma_channel *begin_ring(void)
{
	const struct xdma_ring_start ring = { .mapping = 1, .periods = PERIODS, .bytes = BYTES };
	struct xdma_channel *c = &xdma.channels[2];

	begin_with("xdma-stream", 2);
	xdma.info.alignment = 1;
	xdma.channels[0].stream = c->stream = true;
	c->ring.slot = &xdma.slots[0];
	xdma.slots[0].dma = (void *)&ring_memory; /* not for transactions */
	OK(xdma_ring_start(c, program, &ring));
	ck_assert_uint_eq(mappings, 1);
	return c;
}

/* send() - a packet that fills period @number, with what no other period has */
static void send(u64 number)
{
	struct kplug_dma_segment segment = { .address = GUEST + SEND, .length = BYTES };
	struct kplug_dma dma = { .direction = KPLUG_DMA_TO_DEVICE, .length = BYTES };

	for (unsigned int i = 0; i < BYTES; i++)
		guest[SEND + i] = guest_pattern(number * BYTES + i);
	dma.chunk = (struct kplug_dma_chunk){
		.segments = &segment, .num_segments = 1, .last = true, .length = BYTES
	};
	OK(xdma_dma_program(&dma));
	guest_works();
	ck_assert_uint_eq(ended(0), 1);
}

static bool is_whole(u64 number)
{
	u32 at = DATA + number % PERIODS * BYTES;

	for (unsigned int i = 0; i < BYTES; i++)
		if (guest[at + i] != guest_pattern(number * BYTES + i))
			return false;
	return true;
}

/*
 * Whatever a program and a card do, each period is either whole when the program gives it back, or
 * counted as lost. The one that the engine is about to begin counts as lost already.
 */
TEST(xdma_plugin, ring)
{
	struct xdma_channel *c = begin_ring();
	struct xdma_ring_state state = { 0 };
	u64 sent = 0, whole = 0;

	srand(1);
	for (unsigned int round = 0; round < 500; round++) {
		u32 released = state.ready ? rand() % (state.ready + 1) : 0, spoilt = 0;
		u64 first = state.first;

		for (unsigned int i = rand() % (round % 7 ? 4 : 20); i; i--)
			send(sent++);
		for (u32 i = 0; i < released; i++)
			spoilt += !is_whole(first + i);
		ck_assert_int_eq(xdma_ring_take(c, released, &state), sizeof(state));
		ck_assert_uint_ge(state.spoilt, spoilt);
		ck_assert_uint_le(state.spoilt, spoilt + 1);
		whole += released - state.spoilt;
		ck_assert_uint_eq(state.first + state.ready, sent);
		ck_assert_uint_eq(whole + state.lost + state.ready, sent);
		for (u32 i = 0; i < state.ready; i++)
			ck_assert(is_whole(state.first + i));
	}
	ck_assert_uint_gt(state.lost, 0);
	ck_assert_uint_gt(whole, 0);
	ck_assert_int_eq(xdma_ring_take(c, state.ready + 1, &state), -EINVAL);
	xdma_ring_stop(c, NULL);
	ck_assert_uint_eq(mappings, 0);
	guest_end();
}

/* A ring on a card that does not react is refused: it would count what was before. */
TEST(xdma_plugin, ring_of_dead_card)
{
	const struct xdma_ring_start ring = { .mapping = 1, .periods = PERIODS, .bytes = BYTES };
	struct xdma_channel *c = begin_ring();
	struct xdma_ring_state state;

	for (u32 i = 0; i < 5; i++)
		send(i);
	guest_works();
	xdma_ring_stop(c, NULL);
	ck_assert(fault_set(&card, "dead", 1000, 0));
	ck_assert_int_eq(xdma_ring_start(c, program, &ring), -EIO);
	ck_assert_uint_eq(mappings, 0);
	ck_assert(fault_set(&card, "none", 0, 0));
	OK(xdma_ring_start(c, program, &ring));
	ck_assert_int_eq(xdma_ring_take(c, 0, &state), sizeof(state));
	ck_assert_uint_eq(state.ready, 0);
	send(5);
	guest_works();
	ck_assert_int_eq(xdma_ring_take(c, 0, &state), sizeof(state));
	ck_assert_uint_eq(state.ready, 1);
	xdma_ring_stop(c, NULL);
	guest_end();
}

/* The first descriptor of a run has been fetched with its block, wherever the ring ends. */
TEST(xdma_plugin, ring_of_each_size)
{
	for (u32 periods = 2; periods <= XDMA_DESCRIPTORS; periods += periods < 70 ? 1 : 61) {
		struct xdma_ring_start ring = { .mapping = 1, .periods = periods, .bytes = BYTES };
		struct xdma_channel *c = begin_ring();
		struct xdma_ring_state state;

		xdma_ring_stop(c, NULL);
		ring_memory.length = periods * (BYTES + sizeof(struct xdma_packet)) - 1;
		ck_assert_int_eq(xdma_ring_start(c, program, &ring), -EINVAL);
		ring_memory.length++;
		OK(xdma_ring_start(c, program, &ring));
		for (u32 i = 0; i < 2 * periods + 1; i++)
			send(i);
		guest_works();
		ck_assert_int_eq(xdma_ring_take(c, 0, &state), sizeof(state));
		ck_assert_uint_eq(state.ready, periods - 1);
		xdma_ring_stop(c, NULL);
		ring_memory.length = PERIODS * (BYTES + sizeof(struct xdma_packet));
		guest_end();
	}
}
