// SPDX-License-Identifier: MIT
// Channels and EEPROM of the plugin plx against the model of the card.
#include <plx/plx.h>
#include <string.h>

#include "fake_plugin.h"
#include "test.h"

/* In the guest's memory. */
#define DESCRIPTORS 0x4000u
#define DATA        0x10000u
#define HIGH        (1ull << 32) /* where the same memory is once more */

#define CARD_MEMORY (1u << 20) /* from local address 0 on, and BAR 2 */
#define BAR         2

static const struct plx_chip chip = { .id = 0x9056,
				      .channels = PLX_CHANNELS,
				      .address_bits = 64,
				      .eeprom_bits = 8,
				      .intcsr = PLX_INTCSR,
				      .cntrl = PLX_CNTRL };
static struct plx plx;

void plx_clear_abort(struct plx *p)
{
	plx_write(p, PLX_INTCSR, p->intcsr);
}

static void begin(void)
{
	fake_plugin_begin("plx", &plx);
	plx = (struct plx){ .io = &fake_plugin.io,
			    .chip = &chip,
			    .armed = true,
			    .intcsr = PLX_INT_PCI | PLX_INT_DMA(0) | PLX_INT_DMA(1),
			    .block = { .memory = guest + DESCRIPTORS,
				       .address = GUEST + DESCRIPTORS } };
	raw_spin_lock_init(&plx.lock);
	plx_write(&plx, PLX_INTCSR, plx.intcsr);
}

#define SEGMENTS 100

/* A transaction of one chunk. */
struct job {
	struct kplug_dma_segment segments[SEGMENTS];
	struct kplug_dma dma;
};

static struct job job(enum kplug_dma_direction direction, u32 local)
{
	return (struct job){
		.dma = { .direction = direction,
			 .args = { [PLX_ARG_LOCAL] = local, [PLX_ARG_MODE] = PLX_MODE_BUS_32 } }
	};
}

static void program(struct job *j, unsigned int count, u64 at, u32 length)
{
	for (unsigned int i = 0; i < count; i++)
		j->segments[i] =
			(struct kplug_dma_segment){ .address = at + i * length, .length = length };
	j->dma.chunk.segments = j->segments;
	j->dma.chunk.num_segments = count;
	j->dma.chunk.length = (u64)count * length;
	OK(plx_dma_program(&j->dma));
}

/* run() - what the handler does at each interrupt, until there is none */
static void run(void)
{
	guest_works();
	while (card.line_wanted) {
		ck_assert(plx_channels_end(&plx));
		guest_works();
	}
	ck_assert(!plx_channels_end(&plx));
}

/* A block and a chain, each there and back by the other channel. */
TEST(plx_plugin, copies)
{
	static const unsigned int counts[] = { 1, 2, SEGMENTS };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		const u32 part = 333, length = counts[i] * part, local = 77;
		struct job to = job(KPLUG_DMA_TO_DEVICE, local);
		struct job from = job(KPLUG_DMA_FROM_DEVICE, local);

		begin();
		guest_fill(DATA, length);
		program(&to, counts[i], GUEST + DATA, part);
		run();
		ck_assert_mem_eq(card.bars[BAR].memory + local, guest + DATA, length);
		from.dma.args[PLX_ARG_CHANNEL] = 1;
		program(&from, counts[i], GUEST + 5 * DATA, part);
		run();
		guest_check(5 * DATA, 0, length);
		ck_assert_uint_eq(guest[5 * DATA + length], 0);
		ck_assert_uint_eq(fake_plugin.ends, 2);
		ck_assert_uint_eq(fake_plugin.end[1].bytes, length);
		OK(fake_plugin.end[0].status | fake_plugin.end[1].status);
		ck_assert_uint_eq(card_counted(&card, "descriptors"),
				  counts[i] > 1 ? 2 * counts[i] : 0);
		guest_end();
	}
}

/* Above 4 GiB, by blocks and by chains, and below it again. */
TEST(plx_plugin, long_addresses)
{
	static const unsigned int counts[] = { 1, 3 };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct job to = job(KPLUG_DMA_TO_DEVICE, 0);

		begin();
		guest_also_at(HIGH);
		guest_fill(DATA, 300);
		program(&to, counts[i], HIGH + DATA, 100);
		run();
		program(&to, counts[i], GUEST + DATA, 100);
		run();
		OK(fake_plugin.end[0].status | fake_plugin.end[1].status);
		ck_assert_mem_eq(card.bars[BAR].memory, guest + DATA, counts[i] * 100);
		guest_end();
	}
}

/* Both channels run at a time; of two for the same channel, the second waits. */
TEST(plx_plugin, channels)
{
	struct job one = job(KPLUG_DMA_TO_DEVICE, 0), two = job(KPLUG_DMA_TO_DEVICE, 4096);

	begin();
	guest_fill(DATA, 8192);
	program(&one, 1, GUEST + DATA, 4096);
	program(&two, 1, GUEST + DATA + 4096, 4096);
	ck_assert(plx.slots[0].running && !plx.slots[1].running);
	run();
	ck_assert_ptr_eq(fake_plugin.end[0].dma, &one.dma);
	ck_assert_ptr_eq(fake_plugin.end[1].dma, &two.dma);
	two.dma.args[PLX_ARG_CHANNEL] = 1;
	program(&one, 1, GUEST + DATA, 4096);
	program(&two, 1, GUEST + DATA + 4096, 4096);
	ck_assert(plx.slots[0].running && plx.slots[1].running);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 4);
	ck_assert_mem_eq(card.bars[BAR].memory, guest + DATA, 8192);
	guest_end();
}

/* The second chunk of a FIFO goes to the same local address, that of memory goes on. */
TEST(plx_plugin, later_chunk)
{
	struct job to = job(KPLUG_DMA_TO_DEVICE, 16);

	begin();
	guest_fill(DATA, 64);
	to.dma.chunk.offset = 100;
	program(&to, 1, GUEST + DATA, 64);
	run();
	ck_assert_mem_eq(card.bars[BAR].memory + 116, guest + DATA, 64);
	to.dma.args[PLX_ARG_MODE] |= PLX_MODE_FIXED_LOCAL;
	program(&to, 1, GUEST + DATA, 64);
	ck_assert_uint_eq(plx_read(&plx, PLX_LOCAL_ADDRESS(0)), 16);
	run();
	guest_end();
}

/* What was moved before the bus aborted the chain is known, and the next chain works. */
TEST(plx_plugin, aborted_by_the_bus)
{
	struct job to = job(KPLUG_DMA_TO_DEVICE, 0);

	begin();
	program(&to, 5, GUEST + DATA, 100);
	((struct plx_descriptor *)(guest + DESCRIPTORS))[3].pci = GUEST + GUEST_BYTES;
	run();
	ck_assert_int_eq(fake_plugin.end[0].status, -EIO);
	ck_assert_uint_eq(fake_plugin.end[0].bytes, 300);
	complaints_clear(&card.complaints);
	program(&to, 5, GUEST + DATA, 100);
	run();
	OK(fake_plugin.end[1].status);
	ck_assert_uint_eq(fake_plugin.end[1].bytes, 500);
	guest_end();
}

/* A channel that waits for its board is aborted as the data book wants it. */
TEST(plx_plugin, abort)
{
	struct job one = job(KPLUG_DMA_TO_DEVICE, 0), two = job(KPLUG_DMA_TO_DEVICE, 0);

	begin();
	program(&one, SEGMENTS, GUEST + DATA, 1000);
	program(&two, 1, GUEST + DATA, 1000);
	card.model->work(card.state);
	plx_dma_abort(&one.dma);
	ck_assert_uint_eq(card_counted(&card, "aborts"), 1);
	ck_assert_uint_eq(fake_plugin.stuck, 0);
	run();
	ck_assert_uint_eq(fake_plugin.ends, 1);
	ck_assert_ptr_eq(fake_plugin.end[0].dma, &two.dma);
	plx_dma_abort(&one.dma);
	ck_assert_uint_eq(card_counted(&card, "aborts"), 1);
	guest_end();
}

/* The end that a card which does not react any more shows is not that of the next transaction. */
TEST(plx_plugin, dead)
{
	struct job one = job(KPLUG_DMA_TO_DEVICE, 0), two = job(KPLUG_DMA_TO_DEVICE, 0);

	begin();
	program(&one, 1, GUEST + DATA, 64);
	guest_works();
	fault_set(&card, "dead", 1000, 0);
	ck_assert(plx_channels_end(&plx));
	program(&two, 1, GUEST + DATA, 64);
	ck_assert(!plx_channels_end(&plx));
	ck_assert_uint_eq(fake_plugin.ends, 1);
	plx_dma_abort(&two.dma);
	ck_assert_uint_eq(fake_plugin.ends, 1);
	ck_assert_uint_eq(fake_plugin.stuck, 0);
	fault_set(&card, "none", 0, 0);
	guest_end();
}

/* A card that was dead in the middle of a transfer has ended it when the next program looks. */
TEST(plx_plugin, dead_for_a_while)
{
	struct job one = job(KPLUG_DMA_TO_DEVICE, 0), two = job(KPLUG_DMA_TO_DEVICE, 0);

	begin();
	program(&one, SEGMENTS, GUEST + DATA, 64);
	card.model->work(card.state);
	fault_set(&card, "dead", 10000, 0);
	plx_dma_abort(&one.dma);
	fault_set(&card, "none", 0, 0);
	guest_works();
	ck_assert(plx_channels_hold(&plx));
	program(&two, SEGMENTS, GUEST + DATA, 64);
	guest_works();
	ck_assert(!plx_channels_end(&plx));
	plx_channels_release(&plx);
	guest_works();
	ck_assert(plx_channels_end(&plx));
	ck_assert_uint_eq(fake_plugin.ends, 1);
	OK(fake_plugin.end[0].status);
	guest_end();
}

TEST(plx_plugin, not_armed)
{
	struct job to = job(KPLUG_DMA_TO_DEVICE, 0);

	begin();
	program(&to, 1, GUEST + DATA, 64);
	run();
	plx.armed = false;
	plx_write(&plx, PLX_INTCSR, 0);
	ck_assert_int_eq(plx_dma_program(&to.dma), -ENOTCONN);
	to.dma.polled = true;
	OK(plx_dma_program(&to.dma));
	guest_works();
	ck_assert(!card.line_wanted);
	plx_dma_poll(&to.dma);
	ck_assert_uint_eq(fake_plugin.ends, 2);
	guest_end();
}

/* Each word of the EEPROM keeps what was written, and no other word changes. */
TEST(plx_plugin, eeprom)
{
	static const u16 values[] = { 0, 0xffff, 0x8001, 0x5aa5 };
	u16 value;

	begin();
	for (u32 i = 0; i < 256; i++)
		OK(plx_eeprom_write(&plx, i, values[i % 4] ^ i));
	for (u32 i = 0; i < 256; i++) {
		OK(plx_eeprom_read(&plx, i, &value));
		ck_assert_uint_eq(value, values[i % 4] ^ i);
	}
	guest_end();
}
