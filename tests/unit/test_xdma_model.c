// SPDX-License-Identifier: MIT
// The model of XDMA by itself: what drivers in the guests do not use. Sections refer to AMD's
// product guide PG195 v4.1.
#define _GNU_SOURCE
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "test.h"
#include "xdma_regs.h"
#include "xdma_user.h"

#define OK(call) ck_assert_int_eq(call, 0)

#define USER   0 /* regions */
#define CONFIG 1

#define AT(target, channel, reg) ((target) << 12 | (channel) << 8 | (reg))

/* The guest's memory begins at this address. Its first page has the descriptors. */
#define GUEST   0x100000u
#define BYTES   (1u << 20)
#define DATA    0x1000u
#define RECORDS 0x800u

static struct card card;
static uint8_t *guest;

static void write16(unsigned int region, uint64_t at, uint16_t value)
{
	OK(card_write(&card, region, at, &value, sizeof(value)));
}

static void put(unsigned int region, uint64_t at, uint32_t value)
{
	OK(card_write(&card, region, at, &value, sizeof(value)));
}

static uint32_t get(unsigned int region, uint64_t at)
{
	uint32_t value;

	OK(card_read(&card, region, at, &value, sizeof(value)));
	return value;
}

static void begin(const char *name)
{
	int file = memfd_create("guest", 0);

	OK(ftruncate(file, BYTES));
	guest = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	ck_assert_ptr_ne(guest, MAP_FAILED);
	OK(card_init(&card, model_find(name)));
	OK(memory_map(&card.memory, GUEST, BYTES, true, file, 0));
	write16(VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
}

static void end(void)
{
	ck_assert_str_eq(card.complaints.text, "");
	card_end(&card);
	munmap(guest, BYTES);
}

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

	put(CONFIG, AT(sgdma, channel, XDMA_FIRST_LOW),
	    GUEST + index * sizeof(struct xdma_descriptor));
	put(CONFIG, AT(sgdma, channel, XDMA_FIRST_HIGH), 0);
	put(CONFIG, AT(sgdma, channel, XDMA_FIRST_ADJACENT), count - 1);
	put(CONFIG, AT(target, channel, XDMA_CONTROL), XDMA_RUN | XDMA_STATUS_BITS | control);
}

static void work(void)
{
	while (card.model->work(card.state))
		;
}

static uint8_t pattern(uint32_t at)
{
	return at * 2654435761u >> 24;
}

static void fill(uint32_t at, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		guest[at + i] = pattern(i);
}

static void check(uint32_t at, uint32_t from, uint32_t length)
{
	uint32_t i = 0;

	while (i < length && guest[at + i] == pattern(from + i))
		i++;
	ck_assert_uint_eq(i, length);
}

/* "Poll Mode": the engine writes the count of all descriptors of the run */
TEST(xdma_model, poll_write_back)
{
	uint32_t word;

	begin("xdma");
	fill(DATA, 300);
	put(CONFIG, AT(XDMA_H2C, 1, XDMA_POLL_LOW), GUEST + RECORDS);
	for (unsigned int i = 0; i < 3; i++)
		describe(i, 2 - i, i == 2 ? LAST : 0, 100, GUEST + DATA + 100 * i, 5000 + 100 * i);
	start(XDMA_H2C, 1, 0, 3, XDMA_POLL);
	work();
	memcpy(&word, guest + RECORDS, 4);
	ck_assert_uint_eq(word, 3);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_H2C, 1, XDMA_COMPLETED)), 3);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_H2C, 1, XDMA_STATUS)),
			  XDMA_DESC_STOPPED | XDMA_DESC_COMPLETED);
	for (unsigned int i = 0; i < 300; i++)
		ck_assert_uint_eq(card.bars[2].memory[5000 + i], pattern(i));
	end();
}

/* A fault sets the highest bit of the word that a program polls. */
TEST(xdma_model, poll_write_back_of_an_error)
{
	uint32_t word;

	begin("xdma");
	put(CONFIG, AT(XDMA_C2H, 0, XDMA_POLL_LOW), GUEST + RECORDS);
	describe(0, 0, LAST, 8, XDMA_CARD_MEMORY, GUEST + DATA);
	start(XDMA_C2H, 0, 0, 1, XDMA_POLL);
	work();
	memcpy(&word, guest + RECORDS, 4);
	ck_assert_uint_eq(word, 1u << 31);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)), XDMA_READ_DECODE);
	end();
}

/* A packet of several descriptors comes back, in buffers of other sizes, with records. */
TEST(xdma_model, streams)
{
	const struct xdma_record *records = (void *)(guest + RECORDS);
	const uint32_t back = DATA + 0x10000;

	begin("xdma-stream");
	records = (void *)(guest + RECORDS);
	fill(DATA, 1000);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_H2C, 0, XDMA_ID)), 0x1fc08006);
	describe(0, 1, 0, 700, GUEST + DATA, 0);
	describe(1, 0, LAST | XDMA_EOP, 300, GUEST + DATA + 700, 0);
	for (unsigned int i = 0; i < 3; i++)
		describe(8 + i, 2 - i, i == 2 ? LAST : 0, 400, GUEST + RECORDS + 8 * i,
			 GUEST + back + 400 * i);
	start(XDMA_C2H, 0, 8, 3, 0);
	work();
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)), XDMA_BUSY);
	start(XDMA_H2C, 0, 0, 2, 0);
	work();
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)) & XDMA_BUSY, 0);
	check(back, 0, 1000);
	ck_assert_uint_eq(records[0].status, XDMA_RECORD_MAGIC << 16);
	ck_assert_uint_eq(records[0].length, 400);
	ck_assert_uint_eq(records[2].status, XDMA_RECORD_MAGIC << 16 | 1);
	ck_assert_uint_eq(records[2].length, 200);
	end();
}

/* A stream that is longer than the card's buffer waits for its reader. */
TEST(xdma_model, stream_waits)
{
	const uint32_t length = 200000, back = DATA + 0x40000;

	begin("xdma-stream");
	fill(DATA, length);
	describe(0, 0, LAST | XDMA_EOP, length, GUEST + DATA, 0);
	describe(1, 0, LAST, length + 5, GUEST + RECORDS, GUEST + back);
	start(XDMA_H2C, 1, 0, 1, 0);
	work();
	ck_assert(get(CONFIG, AT(XDMA_H2C, 1, XDMA_STATUS)) & XDMA_BUSY);
	start(XDMA_C2H, 1, 1, 1, 0);
	work();
	check(back, 0, length);
	ck_assert_uint_eq(((struct xdma_record *)(guest + RECORDS))->length, length);
	end();
}

/* Without Stop the engine goes on in a circle, until Run is cleared. */
TEST(xdma_model, circle)
{
	struct xdma_descriptor *d;

	begin("xdma");
	d = (void *)guest;
	describe(0, 1, XDMA_COMPLETED_BIT, 64, GUEST + DATA, 0);
	describe(1, 1, XDMA_COMPLETED_BIT, 64, GUEST + DATA, 64);
	d[1].next = GUEST;
	d[1].control |= 1 << 8;
	start(XDMA_H2C, 0, 0, 2, 0);
	for (unsigned int i = 0; i < 7; i++)
		ck_assert(card.model->work(card.state));
	put(CONFIG, AT(XDMA_H2C, 0, XDMA_CONTROL_W1C), XDMA_RUN);
	ck_assert(!card.model->work(card.state));
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_H2C, 0, XDMA_COMPLETED)), 7);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_H2C, 0, XDMA_STATUS_CLEAR)),
			  XDMA_IDLE_STOPPED | XDMA_DESC_COMPLETED);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_H2C, 0, XDMA_STATUS)), 0);
	end();
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
	int message;

	begin("xdma");
	message = message_eventfd(5);
	put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_VECTORS), 0x05000000); /* C2H 1 */
	put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE), 0xf);
	put(CONFIG, AT(XDMA_C2H, 1, XDMA_MASK), XDMA_DESC_STOPPED);
	describe(0, 0, LAST, 4, 0, GUEST + DATA);
	start(XDMA_C2H, 1, 0, 1, 0);
	work();
	ck_assert_uint_eq(taken(message), 1);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_REQUEST)), 8);
	put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE + 8), 8);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_REQUEST)), 0);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_PENDING)), 8);
	put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE + 4), 8);
	ck_assert_uint_eq(taken(message), 1);
	get(CONFIG, AT(XDMA_C2H, 1, XDMA_STATUS_CLEAR));
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_PENDING)), 0);
	put(CONFIG, AT(XDMA_IRQ, 0, XDMA_CHANNEL_ENABLE + 4), 8);
	ck_assert_uint_eq(taken(message), 0);
	close(message);
	end();
}

/* A reset stops the engines and takes bus mastery. */
TEST(xdma_model, reset)
{
	begin("xdma-stream");
	describe(0, 0, LAST, 4, GUEST + RECORDS, GUEST + DATA);
	start(XDMA_C2H, 0, 0, 1, 0);
	work();
	put(USER, XDMA_USER_RAISE, 1);
	card_reset(&card);
	ck_assert_uint_eq(get(CONFIG, AT(XDMA_C2H, 0, XDMA_STATUS)), 0);
	ck_assert_uint_eq(get(USER, XDMA_USER_LEVEL), 0);
	ck_assert(!config_masters(&card.config));
	end();
}
