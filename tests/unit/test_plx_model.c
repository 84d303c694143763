// SPDX-License-Identifier: MIT
// The model of a PLX bridge by itself.
#include <string.h>

#include "fake_guest.h"
#include "plx_regs.h"
#include "test.h"

#define REGISTERS 0
#define DATA      0x1000u /* in the guest's memory, whose first page has the descriptors */

static void put(uint64_t at, uint32_t value)
{
	guest_put(REGISTERS, at, value);
}

static uint32_t get(uint64_t at)
{
	return guest_get(REGISTERS, at);
}

static void command(unsigned int channel, uint8_t bits)
{
	guest_put8(REGISTERS, PLX_DMACSR + channel, bits);
}

static uint8_t status(unsigned int channel)
{
	return guest_get8(REGISTERS, PLX_DMACSR + channel);
}

TEST(plx_model, after_reset)
{
	guest_begin("plx");
	ck_assert_uint_eq(get(PLX_INTCSR), 0x0f010100);
	ck_assert_uint_eq(get(PLX_HARD_ID), 0x905610b5);
	ck_assert_uint_eq(status(0), PLX_DONE);
	ck_assert_uint_eq(status(1), PLX_DONE);
	ck_assert_uint_eq(guest_get(1, PLX_CNTRL) & 0xffff, 0x767e);
	guest_end();
}

/* The line is up while a cause is enabled and not cleared at its own place. */
TEST(plx_model, doorbells)
{
	guest_begin("plx");
	put(PLX_P2L, 5);
	ck_assert_uint_eq(get(PLX_L2P), 5);
	ck_assert(get(PLX_INTCSR) & PLX_IS_DOORBELL);
	ck_assert(!card.line_wanted);
	put(PLX_INTCSR, PLX_INT_PCI | PLX_INT_DOORBELL);
	ck_assert(card.line_wanted);
	guest_put8(REGISTERS, PLX_L2P, 4);
	ck_assert_uint_eq(get(PLX_L2P), 1);
	ck_assert(card.line_wanted);
	put(PLX_INTCSR, PLX_INT_DOORBELL);
	ck_assert(!card.line_wanted);
	put(PLX_INTCSR, PLX_INT_DOORBELL | PLX_INT_PCI);
	put(PLX_L2P, ~0u);
	ck_assert(!card.line_wanted);
	guest_end();
}

/* describe() - a descriptor of 16 bytes in the guest's first page */
static void describe(unsigned int index, uint32_t host, uint32_t local, uint32_t size,
		     uint32_t next)
{
	const uint32_t words[] = { GUEST + host, local, size, next };

	memcpy(guest + 16 * index, words, sizeof(words));
}

/* A ring goes round until it is paused and aborted; each mark interrupts once. */
TEST(plx_model, ring)
{
	const uint32_t flags = PLX_NEXT_IN_PCI | PLX_COUNT_INT;

	guest_begin("plx");
	guest_fill(DATA, 8);
	describe(0, DATA, 0, 4, (GUEST + 16) | flags);
	describe(1, DATA + 4, 4, 4, GUEST | flags);
	put(PLX_INTCSR, PLX_INT_PCI | PLX_INT_DMA(0));
	put(PLX_DMA(0) + PLX_MODE, PLX_CHAIN | PLX_DEMAND | PLX_TO_PCI);
	put(PLX_DMA(0) + PLX_NEXT, GUEST | flags);
	command(0, PLX_ENABLE);
	command(0, PLX_ENABLE | PLX_START);
	for (unsigned int i = 1; i <= 5; i++) {
		guest_works();
		ck_assert_uint_eq(card_counted(&card, "terminal counts"), i);
		ck_assert(get(PLX_INTCSR) & PLX_IS_DMA(0));
		ck_assert(card.line_wanted);
		/* The next descriptor is in the registers. */
		ck_assert_uint_eq(get(PLX_DMA(0) + PLX_PCI_ADDRESS), GUEST + DATA + i % 2 * 4);
		command(0, PLX_ENABLE | PLX_CLEAR);
		ck_assert(!card.line_wanted);
	}
	ck_assert_uint_eq(status(0), PLX_ENABLE);
	command(0, 0);
	guest_works();
	command(0, PLX_ABORT);
	ck_assert_uint_eq(status(0), PLX_DONE);
	for (unsigned int i = 0; i < 8; i++)
		ck_assert_uint_eq(card.bars[2].memory[i], guest_pattern(i));
	guest_end();
}

/* The last descriptor of a chain ends it; sizes are written back as 0 where that was asked for. */
TEST(plx_model, chain_that_clears_counts)
{
	uint32_t size;

	guest_begin("plx");
	guest_fill(DATA, 100);
	describe(0, DATA, 10, 50, (GUEST + 16) | PLX_NEXT_IN_PCI);
	describe(1, DATA + 50, 60, 50, PLX_NEXT_IN_PCI | PLX_END);
	put(PLX_DMA(1) + PLX_MODE, PLX_CHAIN | PLX_CLEAR_COUNT | PLX_DONE_INT | PLX_TO_PCI);
	put(PLX_DMA(1) + PLX_NEXT, GUEST | PLX_NEXT_IN_PCI);
	command(1, PLX_ENABLE | PLX_START);
	guest_works();
	ck_assert_uint_eq(status(1), PLX_ENABLE | PLX_DONE);
	ck_assert(get(PLX_INTCSR) & PLX_IS_DMA(1));
	for (unsigned int i = 0; i < 2; i++) {
		memcpy(&size, guest + 16 * i + 8, 4);
		ck_assert_uint_eq(size, 0);
	}
	for (unsigned int i = 0; i < 100; i++)
		ck_assert_uint_eq(card.bars[2].memory[10 + i], guest_pattern(i));
	guest_end();
}

/* Where the bus takes no data, the channel ends, and INTCSR tells whose transfer it was. */
TEST(plx_model, abort_on_the_bus)
{
	guest_begin("plx");
	put(PLX_INTCSR, PLX_INT_PCI | PLX_INT_ABORT);
	put(PLX_DMA(1) + PLX_PCI_ADDRESS, 0x1000);
	put(PLX_DMA(1) + PLX_SIZE, 4);
	command(1, PLX_ENABLE | PLX_START);
	guest_works();
	ck_assert_ptr_nonnull(strstr(card.complaints.text, "where no memory is"));
	complaints_clear(&card.complaints);
	ck_assert(status(1) & PLX_DONE);
	ck_assert(get(PLX_INTCSR) & PLX_IS_ABORT);
	ck_assert_uint_eq(get(PLX_INTCSR) & PLX_NOT_MASTER(1), 0);
	ck_assert_uint_eq(get(PLX_INTCSR) & PLX_NOT_MASTER(0), PLX_NOT_MASTER(0));
	ck_assert(card.line_wanted);
	guest_end();
}
