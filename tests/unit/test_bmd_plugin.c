// SPDX-License-Identifier: MIT
// The engine of the plugin bmd against the model of the card: packets, both ways, ends and aborts.
#include <bmd/bmd.h>
#include <string.h>

#include "fake_plugin.h"
#include "test.h"

#define DATA    0x10000u /* in the guest's memory */
#define PATTERN 0xfeedbeefu

static struct bmd bmd;

static void begin(void)
{
	fake_plugin_begin("bmd", &bmd);
	bmd = (struct bmd){ .io = &fake_plugin.io, .line = true, .armed = true };
	raw_spin_lock_init(&bmd.lock);
	bmd_engine_setup(&bmd);
}

/* A transaction of one chunk. */
struct job {
	struct kplug_dma_segment segment;
	struct kplug_dma dma;
};

static void program(struct job *job, enum kplug_dma_direction direction, u64 at, u32 length)
{
	*job = (struct job){ .segment = { .address = GUEST + at, .length = length },
			     .dma = { .direction = direction, .args = { PATTERN } } };
	job->dma.chunk.segments = &job->segment;
	job->dma.chunk.num_segments = 1;
	job->dma.chunk.length = length;
	OK(bmd_dma_program(&job->dma));
}

static bool is_pattern(u32 at, u32 length)
{
	u32 word = PATTERN;

	for (u32 i = 0; i < length; i += sizeof(word))
		if (memcmp(guest + at + i, &word, sizeof(word)))
			return false;
	return true;
}

/* run() - what the handler does at each interrupt, until there is none; how many there were */
static unsigned int run(void)
{
	unsigned int count = 0;

	guest_works();
	while (card.line_wanted) {
		ck_assert(bmd_engine_end(&bmd));
		count++;
		guest_works();
	}
	ck_assert(!bmd_engine_end(&bmd));
	return count;
}

/* Words before and behind the packets of full size go by themselves; no packet crosses 4 KiB. */
TEST(bmd_plugin, places)
{
	static const struct {
		u32 at, length;
		unsigned int parts;
	} cases[] = {
		{ 0, 128, 1 },    { 0, 4, 1 },          { 4, 4, 1 },         { 124, 4, 1 },
		{ 124, 8, 2 },    { 0, 0x10000, 1 },    { 0, 0x10004, 2 },   { 4, 0x10000, 3 },
		{ 0x7c, 132, 2 }, { 0xffc, 0x1008, 3 }, { 0x80, 0x8f80, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct job job;

		begin();
		program(&job, KPLUG_DMA_FROM_DEVICE, DATA + cases[i].at, cases[i].length);
		ck_assert_uint_eq(run(), cases[i].parts);
		ck_assert_uint_eq(fake_plugin.ends, 1);
		ck_assert_uint_eq(fake_plugin.end[0].bytes, cases[i].length);
		ck_assert(is_pattern(DATA + cases[i].at, cases[i].length));
		ck_assert(!is_pattern(DATA + cases[i].at - 4, 4));
		ck_assert(!is_pattern(DATA + cases[i].at + cases[i].length, 4));
		/* The packets of this direction are longer. */
		program(&job, KPLUG_DMA_TO_DEVICE, DATA + cases[i].at, cases[i].length);
		run();
		ck_assert_uint_eq(fake_plugin.end[1].bytes, cases[i].length);
		OK(fake_plugin.end[1].status);
		ck_assert_uint_eq(bmd.state.to_card.bytes, cases[i].length);
		guest_end();
	}
}

/* Both directions run together; the next of one waits for the end of the other. */
TEST(bmd_plugin, both_ways)
{
	struct job from, to, next;

	begin();
	program(&from, KPLUG_DMA_FROM_DEVICE, DATA, 128);
	for (u32 i = 0; i < 0x4000; i += 4)
		memcpy(guest + 2 * DATA + i, &(u32){ PATTERN }, 4);
	program(&to, KPLUG_DMA_TO_DEVICE, 2 * DATA, 0x4000);
	card.model->work(card.state);
	ck_assert(card.line_wanted);
	ck_assert(bmd_engine_end(&bmd));
	ck_assert(!card.line_wanted);
	ck_assert_ptr_eq(fake_plugin.end[0].dma, &from.dma);
	program(&next, KPLUG_DMA_FROM_DEVICE, DATA + 128, 128);
	for (unsigned int i = 0; i < 10; i++)
		card.model->work(card.state);
	ck_assert(!is_pattern(DATA + 128, 4));
	ck_assert_uint_eq(run(), 2);
	ck_assert_ptr_eq(fake_plugin.end[1].dma, &to.dma);
	ck_assert_ptr_eq(fake_plugin.end[2].dma, &next.dma);
	ck_assert(is_pattern(DATA, 256));
	ck_assert_uint_eq(bmd.state.from_card.bytes, 256);
	ck_assert_uint_gt(bmd.state.to_card.clocks, 0x4000 / 8);
	guest_end();
}

/* Addresses have 40 bits. */
TEST(bmd_plugin, long_addresses)
{
	const uint64_t high = 0xfful << 32;
	struct job job;

	begin();
	guest_also_at(high);
	program(&job, KPLUG_DMA_FROM_DEVICE, high - GUEST + DATA, 4096);
	run();
	ck_assert(is_pattern(DATA, 4096));
	program(&job, KPLUG_DMA_TO_DEVICE, high - GUEST + DATA, 4096);
	run();
	OK(fake_plugin.end[0].status | fake_plugin.end[1].status);
	guest_end();
}

/* Two of the same direction take turns. */
TEST(bmd_plugin, same_way)
{
	struct job one, two;

	begin();
	program(&one, KPLUG_DMA_FROM_DEVICE, DATA, 4096);
	program(&two, KPLUG_DMA_FROM_DEVICE, DATA + 4096, 4096);
	ck_assert_uint_eq(run(), 2);
	ck_assert_uint_eq(fake_plugin.ends, 2);
	ck_assert(is_pattern(DATA, 8192));
	guest_end();
}

TEST(bmd_plugin, mismatch)
{
	struct job job;

	begin();
	program(&job, KPLUG_DMA_TO_DEVICE, DATA, 4096);
	run();
	ck_assert_int_eq(fake_plugin.end[0].status, -EBADMSG);
	program(&job, KPLUG_DMA_FROM_DEVICE, DATA, 4096);
	run();
	OK(fake_plugin.end[1].status);
	guest_end();
}

/* A read that the host refuses does not end. An abort leaves a card that works. */
TEST(bmd_plugin, refused)
{
	struct job job;

	begin();
	program(&job, KPLUG_DMA_TO_DEVICE, GUEST_BYTES, 4096);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 0);
	bmd_dma_abort(&job.dma);
	ck_assert_uint_eq(fake_plugin.ends, 0);
	ck_assert_uint_eq(fake_plugin.stuck, 0);
	ck_assert_uint_eq(bmd.state.refused_reads, 1);
	complaints_clear(&card.complaints);
	program(&job, KPLUG_DMA_FROM_DEVICE, DATA, 4096);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 1);
	guest_end();
}

/* An abort of one direction does not disturb the other one, and nothing runs into the abort. */
TEST(bmd_plugin, abort_beside)
{
	struct job from, to;

	begin();
	program(&to, KPLUG_DMA_TO_DEVICE, DATA, 0x8000);
	program(&from, KPLUG_DMA_FROM_DEVICE, 2 * DATA, 0x4000);
	card.model->work(card.state);
	bmd_dma_abort(&to.dma);
	ck_assert_uint_eq(card_counted(&card, "transfers"), 1);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 1);
	ck_assert_ptr_eq(fake_plugin.end[0].dma, &from.dma);
	ck_assert(is_pattern(2 * DATA, 0x4000));
	program(&from, KPLUG_DMA_FROM_DEVICE, DATA, 128);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 2);
	guest_end();
}

/* The end that a card which does not react any more shows is not that of the next transaction. */
TEST(bmd_plugin, dead)
{
	struct job one, two;

	begin();
	program(&one, KPLUG_DMA_FROM_DEVICE, DATA, 128);
	guest_works();
	fault_set(&card, "dead", 1000, 0);
	ck_assert(bmd_engine_end(&bmd));
	program(&two, KPLUG_DMA_FROM_DEVICE, DATA, 128);
	ck_assert(!bmd_engine_end(&bmd));
	ck_assert_uint_eq(fake_plugin.ends, 1);
	bmd_dma_abort(&two.dma);
	ck_assert_uint_eq(fake_plugin.ends, 1);
	fault_set(&card, "none", 0, 0);
	program(&one, KPLUG_DMA_FROM_DEVICE, DATA, 128);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 2);
	guest_end();
}

TEST(bmd_plugin, not_armed)
{
	struct job job;

	begin();
	program(&job, KPLUG_DMA_FROM_DEVICE, DATA, 128);
	run();
	bmd.armed = false;
	ck_assert_int_eq(bmd_dma_program(&job.dma), -ENOTCONN);
	job.dma.polled = true;
	OK(bmd_dma_program(&job.dma));
	guest_works();
	ck_assert(!card.line_wanted);
	bmd_dma_poll(&job.dma);
	ck_assert_uint_eq(fake_plugin.ends, 2);
	guest_end();
}
