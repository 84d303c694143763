// SPDX-License-Identifier: MIT
// Faults of cards, which their models play.
#include <unistd.h>

#include "fake_guest.h"
#include "plx_regs.h"
#include "test.h"

#define ALWAYS 1000000
#define DATA   0x10000u

/* ring() - the card rings back; is its line asserted? */
static bool ring(void)
{
	guest_put(0, PLX_P2L, 1);
	return card.irqs.line;
}

static void clear(void)
{
	guest_put(0, PLX_L2P, ~0u);
}

static void begin(const char *fault, uint64_t count)
{
	guest_begin("plx");
	guest_put(0, PLX_INTCSR, PLX_INT_PCI | PLX_INT_DOORBELL);
	ck_assert(fault_set(&card, fault, count, 0));
}

static void put_block(uint32_t length)
{
	guest_put(0, PLX_DMA(0) + PLX_PCI_ADDRESS, GUEST + DATA);
	guest_put(0, PLX_DMA(0) + PLX_SIZE, length);
	guest_put(0, PLX_DMA(0) + PLX_NEXT, 0);
	guest_put8(0, PLX_DMACSR, PLX_ENABLE | PLX_START);
}

TEST(fault, line_lost)
{
	begin("irq-lost", 1);
	ck_assert(!ring());
	clear();
	ck_assert(ring());
	clear();
	ck_assert(!card.irqs.line);
	ck_assert_uint_eq(card_counted(&card, "faults"), 1);
	guest_end();
}

TEST(fault, line_late)
{
	begin("irq-late", 1);
	ck_assert(!ring());
	card_work(&card);
	ck_assert(!card.irqs.line);
	ck_assert_int_gt(fault_timeout(&card), 0);
	usleep(150000);
	card_work(&card);
	ck_assert(card.irqs.line);
	ck_assert_int_eq(fault_timeout(&card), -1);
	guest_end();
}

TEST(fault, line_stuck)
{
	begin("irq-stuck", ALWAYS);
	ck_assert(card.irqs.line);
	ck_assert(ring());
	clear();
	ck_assert(card.irqs.line);
	ck_assert(fault_set(&card, "none", 0, 0));
	ck_assert(!card.irqs.line);
	guest_end();
}

/* How often a message goes out. */
TEST(fault, messages)
{
	static const struct {
		const char *fault;
		unsigned int count;
	} cases[] = { { "none", 1 }, { "irq-lost", 0 }, { "irq-twice", 2 }, { "irq-late", 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin(cases[i].fault, 1);
		ck_assert_uint_eq(fault_message(&card, 0), cases[i].count);
		ck_assert_uint_eq(fault_message(&card, 0), 1);
		guest_end();
	}
}

/* A card that has gone reads as all ones, and comes back as after power-on. */
TEST(fault, gone)
{
	begin("ones", ALWAYS);
	put_block(128);
	ck_assert_uint_eq(guest_get(0, PLX_INTCSR), ~0u);
	ck_assert(!card_work(&card));
	ck_assert(fault_set(&card, "none", 0, 0));
	ck_assert_uint_eq(guest_get(0, PLX_INTCSR), PLX_INTCSR_RESET);
	ck_assert_uint_eq(guest_get8(0, PLX_DMACSR), PLX_DONE);
	guest_end();
}

/* Of a card that is dead or has stopped, nothing moves until it lives again. */
TEST(fault, nothing_moves)
{
	begin("stopped", ALWAYS);
	put_block(128);
	ck_assert(!card_work(&card));
	ck_assert_uint_eq(guest_get8(0, PLX_DMACSR), PLX_ENABLE);
	ck_assert(fault_set(&card, "dead", ALWAYS, 0));
	guest_put(0, PLX_MAILBOX0, 1);
	ck_assert_uint_eq(guest_get(0, PLX_MAILBOX0), 0);
	ck_assert(!card_work(&card));
	ck_assert(fault_set(&card, "none", 0, 0));
	while (card_work(&card))
		;
	ck_assert_uint_eq(guest_get8(0, PLX_DMACSR), PLX_ENABLE | PLX_DONE);
	guest_end();
}

TEST(fault, refused)
{
	begin("dma-refused", 1);
	put_block(128);
	while (card_work(&card))
		;
	ck_assert_uint_eq(guest_get(0, PLX_INTCSR) & PLX_IS_ABORT, PLX_IS_ABORT);
	ck_assert(!fault_set(&card, "no-such-fault", 1, 0));
	guest_end();
}
