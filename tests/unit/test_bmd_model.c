// SPDX-License-Identifier: MIT
// The model of Xilinx' bus master design by itself.
#include <string.h>

#include "bmd_regs.h"
#include "fake_guest.h"
#include "test.h"

#define DATA 0x1000u

static void put(uint64_t at, uint32_t value)
{
	guest_put(0, at, value);
}

static uint32_t get(uint64_t at)
{
	return guest_get(0, at);
}

static void reset(void)
{
	put(BMD_DCSR, BMD_RESET);
	put(BMD_DCSR, 0);
}

/* describe() - packets of 128 bytes */
static void describe(uint64_t address_register, uint32_t address, uint32_t packets)
{
	put(address_register, address);
	put(address_register + 4, 32);
	put(address_register + 8, packets);
}

/* taken() - the complaints, which are forgotten */
static const char *taken(void)
{
	static char text[COMPLAINT_TEXT];

	memcpy(text, card.complaints.text, sizeof(text));
	complaints_clear(&card.complaints);
	return text;
}

TEST(bmd_model, both_ways)
{
	guest_begin("bmd");
	reset();
	describe(BMD_WRITE_ADDRESS, GUEST + DATA, 40);
	put(BMD_WRITE_PATTERN, 0xfeedbeef);
	describe(BMD_READ_ADDRESS, GUEST + DATA, 40);
	put(BMD_READ_PATTERN, 0xfeedbeef);
	put(BMD_DDMACR, BMD_WRITE_START);
	guest_works();
	ck_assert_uint_eq(get(BMD_DDMACR), BMD_WRITE_START | BMD_WRITE_DONE);
	ck_assert(card.line_wanted);
	ck_assert_mem_eq(guest + DATA + 40 * 128 - 4, "\xef\xbe\xed\xfe\0\0\0\0", 8);
	put(BMD_INTERRUPT, BMD_LINE_CLEAR);
	ck_assert(!card.line_wanted);
	put(BMD_INTERRUPT, 0);

	reset();
	put(BMD_DDMACR, BMD_READ_START);
	guest_works();
	ck_assert_uint_eq(get(BMD_DDMACR), BMD_READ_START | BMD_READ_DONE);
	ck_assert_uint_eq(get(BMD_WORDS), 40 * 32);
	guest[DATA + 999]++;
	reset();
	put(BMD_DDMACR, BMD_READ_START | BMD_READ_QUIET);
	guest_works();
	ck_assert(get(BMD_DDMACR) & BMD_READ_MISMATCH);
	ck_assert(!card.line_wanted);
	ck_assert_uint_eq(card_counted(&card, "interrupts"), 2);
	guest_end();
}

/* The second of two interrupts follows when the first is cleared. */
TEST(bmd_model, two_interrupts)
{
	guest_begin("bmd");
	reset();
	describe(BMD_WRITE_ADDRESS, GUEST + DATA, 1);
	describe(BMD_READ_ADDRESS, GUEST + DATA, 1);
	put(BMD_DDMACR, BMD_WRITE_START | BMD_READ_START);
	guest_works();
	put(BMD_INTERRUPT, BMD_LINE_CLEAR);
	ck_assert(card.line_wanted);
	put(BMD_INTERRUPT, 0);
	put(BMD_INTERRUPT, BMD_LINE_CLEAR);
	ck_assert(!card.line_wanted);
	guest_end();
}

/* Each mistake that the hardware would not notice, and no interrupt for a second start. */
TEST(bmd_model, complaints)
{
	guest_begin("bmd");
	reset();
	describe(BMD_WRITE_ADDRESS, GUEST + DATA, 1);
	put(BMD_DDMACR, BMD_WRITE_START);
	guest_works();
	put(BMD_DDMACR, 0);
	put(BMD_DDMACR, BMD_WRITE_START);
	guest_works();
	ck_assert_str_eq(taken(), "start without a reset of the initiator since the last one");
	ck_assert_uint_eq(card_counted(&card, "interrupts"), 1);

	put(BMD_DCSR, BMD_RESET);
	put(BMD_DDMACR, BMD_WRITE_START);
	ck_assert_str_eq(taken(), "start while the initiator is held in reset");
	reset();
	put(BMD_WRITE_SIZE, 64);
	put(BMD_DDMACR, BMD_WRITE_START);
	ck_assert_str_eq(taken(), "packet of 256 bytes, where 128 are allowed");
	reset();
	put(BMD_WRITE_SIZE, 32);
	put(BMD_WRITE_ADDRESS, GUEST + DATA + 64);
	put(BMD_DDMACR, BMD_WRITE_START);
	ck_assert_ptr_nonnull(strstr(taken(), "some of which cross 4 KiB"));
	reset();
	put(BMD_WRITE_COUNT, 0);
	put(BMD_WRITE_ADDRESS, GUEST + DATA);
	put(BMD_DDMACR, BMD_WRITE_START);
	ck_assert_str_eq(taken(), "start of a transfer without a length");
	guest_end();
}

/* A read that the host refuses is counted, and never done. */
TEST(bmd_model, refused)
{
	guest_begin("bmd");
	reset();
	describe(BMD_READ_ADDRESS, 0, 4);
	put(BMD_DDMACR, BMD_READ_START);
	guest_works();
	ck_assert_uint_eq(get(BMD_DDMACR), BMD_READ_START);
	ck_assert_uint_eq(get(BMD_READ_STATUS), 1);
	ck_assert_ptr_nonnull(strstr(taken(), "where no memory is"));
	guest_end();
}
