// SPDX-License-Identifier: MIT
// The model of XDMA by itself: what drivers in the guests do not use. Sections refer to AMD's
// product guide PG195 v4.1.
#define _GNU_SOURCE
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fake_guest.h"
#include "test.h"
#include "xdma_regs.h"
#include "xdma_user.h"

#define USER   0 /* regions */
#define CONFIG 1

#define AT(target, channel, reg) ((target) << 12 | (channel) << 8 | (reg))

#define DATA    0x1000u /* in the guest's memory, whose first page has the descriptors */
#define RECORDS 0x800u

/* describe() - descriptor `index` in the first page; all in one block */
static void describe(unsigned int index, unsigned int left, uint32_t flags, uint32_t length,
		     uint64_t source, uint64_t destination)
{
	((struct xdma_descriptor *)guest)[index] = (struct xdma_descriptor){
		.control = XDMA_MAGIC << 16 | (left ? left - 1 : 0) << 8 | flags,
		.length = length,
		.source = source,
		.destination = destination,
		.next = left ? GUEST + (index + 1) * sizeof(struct xdma_descriptor) : 0,
	};
}

#define LAST (XDMA_STOP | XDMA_COMPLETED_BIT)

/* start() - `count` descriptors from that index on */
static void start(unsigned int target, unsigned int channel, unsigned int index, unsigned int count,
		  uint32_t control)
{
	unsigned int sgdma = target + XDMA_H2C_SGDMA;

	guest_put(CONFIG, AT(sgdma, channel, XDMA_FIRST_LOW),
		  GUEST + index * sizeof(struct xdma_descriptor));
	guest_put(CONFIG, AT(sgdma, channel, XDMA_FIRST_HIGH), 0);
	guest_put(CONFIG, AT(sgdma, channel, XDMA_FIRST_ADJACENT), count - 1);
	guest_put(CONFIG, AT(target, channel, XDMA_CONTROL), XDMA_RUN | XDMA_STATUS_BITS | control);
}

/* "Poll Mode": the engine writes the count of all descriptors of the run */
TEST(xdma_model, poll_write_back)
{
	uint32_t word;

	guest_begin("xdma");
	guest_fill(DATA, 300);
	guest_put(CONFIG, AT(XDMA_H2C, 1, XDMA_POLL_LOW), GUEST + RECORDS);
	for (unsigned int i = 0; i < 3; i++)
		describe(i, 2 - i, i == 2 ? LAST : 0, 100, GUEST + DATA + 100 * i, 5000 + 100 * i);
	start(XDMA_H2C, 1, 0, 3, XDMA_POLL);
	guest_works();
	memcpy(&word, guest + RECORDS, 4);
	ck_assert_uint_eq(word, 3);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_H2C, 1, XDMA_COMPLETED)), 3);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_H2C, 1, XDMA_STATUS)),
			  XDMA_DESC_STOPPED | XDMA_DESC_COMPLETED);
	for (unsigned int i = 0; i < 300; i++)
		ck_assert_uint_eq(card.bars[2].memory[5000 + i], guest_pattern(i));
	guest_end();
}

/* A fault sets the highest bit of the word that a program polls. */
TEST(xdma_model, poll_write_back_of_an_error)
{
	uint32_t word;

	guest_begin("xdma");
	guest_put(CONFIG, AT(XDMA_C2H, 0, XDMA_POLL_LOW), GUEST + RECORDS);
	describe(0, 0, LAST, 8, XDMA_CARD_MEMORY, GUEST + DATA);
	start(XDMA_C2H, 0, 0, 1, XDMA_POLL);
	guest_works();
	memcpy(&word, guest + RECORDS, 4);
	ck_assert_uint_eq(word, 1u << 31);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)), XDMA_READ_DECODE);
	guest_end();
}

/* A packet of several descriptors comes back, in buffers of other sizes, with records. */
TEST(xdma_model, streams)
{
	const struct xdma_record *records = (void *)(guest + RECORDS);
	const uint32_t back = DATA + 0x10000;

	guest_begin("xdma-stream");
	records = (void *)(guest + RECORDS);
	guest_fill(DATA, 1000);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_H2C, 0, XDMA_ID)), 0x1fc08006);
	describe(0, 1, 0, 700, GUEST + DATA, 0);
	describe(1, 0, LAST | XDMA_EOP, 300, GUEST + DATA + 700, 0);
	for (unsigned int i = 0; i < 3; i++)
		describe(8 + i, 2 - i, i == 2 ? LAST : 0, 400, GUEST + RECORDS + 8 * i,
			 GUEST + back + 400 * i);
	start(XDMA_C2H, 0, 8, 3, 0);
	guest_works();
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)), XDMA_BUSY);
	start(XDMA_H2C, 0, 0, 2, 0);
	guest_works();
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)) & XDMA_BUSY, 0);
	guest_check(back, 0, 1000);
	ck_assert_uint_eq(records[0].status, XDMA_RECORD_MAGIC << 16);
	ck_assert_uint_eq(records[0].length, 400);
	ck_assert_uint_eq(records[2].status, XDMA_RECORD_MAGIC << 16 | 1);
	ck_assert_uint_eq(records[2].length, 200);
	guest_end();
}

/* A stream that is longer than the card's buffer waits for its reader. */
TEST(xdma_model, stream_waits)
{
	const uint32_t length = 200000, back = DATA + 0x40000;

	guest_begin("xdma-stream");
	guest_fill(DATA, length);
	describe(0, 0, LAST | XDMA_EOP, length, GUEST + DATA, 0);
	describe(1, 0, LAST, length + 5, GUEST + RECORDS, GUEST + back);
	start(XDMA_H2C, 1, 0, 1, 0);
	guest_works();
	ck_assert(guest_get(CONFIG, AT(XDMA_H2C, 1, XDMA_STATUS)) & XDMA_BUSY);
	start(XDMA_C2H, 1, 1, 1, 0);
	guest_works();
	guest_check(back, 0, length);
	ck_assert_uint_eq(((struct xdma_record *)(guest + RECORDS))->length, length);
	guest_end();
}

/* Without Stop the engine goes on in a circle, until Run is cleared. */
TEST(xdma_model, circle)
{
	struct xdma_descriptor *d;

	guest_begin("xdma");
	d = (void *)guest;
	describe(0, 1, XDMA_COMPLETED_BIT, 64, GUEST + DATA, 0);
	describe(1, 1, XDMA_COMPLETED_BIT, 64, GUEST + DATA, 64);
	d[1].next = GUEST;
	d[1].control |= 1 << 8;
	start(XDMA_H2C, 0, 0, 2, 0);
	for (unsigned int i = 0; i < 7; i++)
		ck_assert(card.model->work(card.state));
	guest_put(CONFIG, AT(XDMA_H2C, 0, XDMA_CONTROL_W1C), XDMA_RUN);
	ck_assert(!card.model->work(card.state));
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_H2C, 0, XDMA_COMPLETED)), 7);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_H2C, 0, XDMA_STATUS_CLEAR)),
			  XDMA_IDLE_STOPPED | XDMA_DESC_COMPLETED);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_H2C, 0, XDMA_STATUS)), 0);
	guest_end();
}

static eventfd_t taken(int eventfd_)
{
	eventfd_t count = 0;

	eventfd_read(eventfd_, &count);
	return count;
}

static int message_eventfd(unsigned int vector)
{
	const struct vfio_irq_set set = {
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSIX_IRQ_INDEX,
		.start = vector,
		.count = 1,
	};
	int file = eventfd(0, EFD_NONBLOCK), copy = dup(file);

	OK(irqs_set(&card.irqs, &set, &copy, 1));
	return file;
}

/* "IRQ Block": mask, handle and unmask loses no interrupt that comes in between */
TEST(xdma_model, mask_and_unmask)
{
	const uint32_t bit = 1 << (XDMA_CHANNELS + 1); /* C2H 1 */
	int message;

	guest_begin("xdma");
	message = message_eventfd(5);
	guest_put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_VECTORS + 4), 0x0500);
	guest_put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE), 0xff);
	guest_put(CONFIG, AT(XDMA_C2H, 1, XDMA_MASK), XDMA_DESC_STOPPED);
	describe(0, 0, LAST, 4, 0, GUEST + DATA);
	start(XDMA_C2H, 1, 0, 1, 0);
	guest_works();
	ck_assert_uint_eq(taken(message), 1);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_REQUEST)), bit);
	guest_put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE + 8), bit);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_REQUEST)), 0);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_PENDING)), bit);
	guest_put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE + 4), bit);
	ck_assert_uint_eq(taken(message), 1);
	guest_get(CONFIG, AT(XDMA_C2H, 1, XDMA_STATUS_CLEAR));
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_PENDING)), 0);
	guest_put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE + 4), bit);
	ck_assert_uint_eq(taken(message), 0);
	close(message);
	guest_end();
}

/* A reset stops the engines and takes bus mastery. */
TEST(xdma_model, reset)
{
	guest_begin("xdma-stream");
	describe(0, 0, LAST, 4, GUEST + RECORDS, GUEST + DATA);
	start(XDMA_C2H, 0, 0, 1, 0);
	guest_works();
	guest_put(USER, XDMA_USER_RAISE, 1);
	card_reset(&card);
	ck_assert_uint_eq(guest_get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)), 0);
	ck_assert_uint_eq(guest_get(USER, XDMA_USER_LEVEL), 0);
	ck_assert(!config_masters(&card.config));
	guest_end();
}
