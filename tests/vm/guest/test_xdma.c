// SPDX-License-Identifier: MIT
// A card with Xilinx' XDMA, without a plugin: its model, and kplug with a card that is not QEMU's.
#include "area.h"
#include "device.h"
#include "dma.h"
#include "model.h"

#include <errno.h>
#include <models/xdma_regs.h>
#include <models/xdma_user.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER   0 /* regions */
#define CONFIG 1
#define MEMORY 2

#define XDMA_AT(target, channel, reg) ((target) << 12 | (channel) << 8 | (reg))
#define PAGE                          4096u

static const char *card(void)
{
	static char address[PCI_ADDRESS_SIZE];

	model_needed("xdma");
	ck_assert(pci_find(0x10ee, 0x9038, 0, address));
	return address;
}

static struct kplug *opened(void)
{
	const char *address = card();
	struct kplug *k;

	core_start();
	device_bind(address);
	OK(kplug_set_widths(address, USER, KPLUG_WIDTH_32));
	OK(kplug_set_widths(address, CONFIG, KPLUG_WIDTH_32));
	k = device_open(address);
	OK(kplug_map(k, USER));
	OK(kplug_map(k, MEMORY));
	return k;
}

static uint32_t get(struct kplug *k, unsigned int region, uint64_t at)
{
	return kplug_read32(kplug_io_user(k), region, at);
}

static void put(struct kplug *k, unsigned int region, uint64_t at, uint32_t value)
{
	kplug_write32(kplug_io_user(k), region, at, value);
}

TEST(xdma, identifiers)
{
	struct kplug *k = opened();

	ck_assert_uint_eq(get(k, USER, XDMA_USER_ID), XDMA_USER_ID_VALUE);
	ck_assert_uint_eq(get(k, CONFIG, 0x2000) >> 16, 0x1fc2);
	ck_assert_uint_eq(get(k, CONFIG, 0x3000) >> 16, 0x1fc3);
	for (unsigned int channel = 0; channel < 4; channel++) {
		uint32_t h2c = get(k, CONFIG, XDMA_AT(XDMA_H2C, channel, 0));
		uint32_t c2h = get(k, CONFIG, XDMA_AT(XDMA_C2H, channel, 0));

		ck_assert_uint_eq(h2c, 0x1fc00006 | channel << 8);
		ck_assert_uint_eq(c2h, 0x1fc10006 | channel << 8);
	}
}

/* Reads and writes of the card's memory do not go through the model. */
TEST(xdma, memory)
{
	struct kplug *k = opened();
	const struct kplug_io *io = kplug_io_user(k);

	for (uint64_t at = 0; at < XDMA_CARD_MEMORY; at += XDMA_CARD_MEMORY / 64)
		kplug_write32(io, MEMORY, at, at * 3 + 1);
	for (uint64_t at = 0; at < XDMA_CARD_MEMORY; at += XDMA_CARD_MEMORY / 64)
		ck_assert_uint_eq(kplug_read32(io, MEMORY, at), at * 3 + 1);
}

/* The user logic's line is down before the handler ends. */
static const struct kplug_step recipe[] = {
	KPLUG_READ32(USER, XDMA_USER_LEVEL),
	KPLUG_NOT_MINE(0xffff, 0),
	KPLUG_CAPTURE(0xffff),
	KPLUG_WRITE_BACK32(USER, XDMA_USER_ACK, 0xffff, 0),
};

static const struct kplug_handler by_recipe = { .steps = recipe, .num_steps = ARRAY_SIZE(recipe) };

static enum kplug_irq_mode mode_of(const char *variant)
{
	if (!strcmp(variant, "intx"))
		return KPLUG_IRQ_INTX;
	return !strcmp(variant, "msi") ? KPLUG_IRQ_MSI : KPLUG_IRQ_MSIX;
}

/* Each interrupt that the card raises is handled once. */
TEST(xdma, user_interrupts, .variants = VARIANTS("intx", "msi", "msix"))
{
	struct kplug *k = opened();
	const unsigned int count = rounds(200);
	uint32_t before;

	ck_assert_int_ge(kplug_irq_mode(k, mode_of(variant), 0), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_recipe), KPLUG_HANDLER_RECIPE);
	put(k, CONFIG, XDMA_AT(XDMA_IRQ, 0, XDMA_USER_ENABLE), 1 << 3);
	before = get(k, USER, XDMA_USER_RAISED);
	for (unsigned int i = 0; i < count; i++) {
		put(k, USER, XDMA_USER_RAISE, 1 << 3);
		ck_assert_uint_eq(next_event(k).data[0], 1 << 3);
	}
	ck_assert_uint_eq(get(k, USER, XDMA_USER_RAISED) - before, count);
	ck_assert_uint_eq(vector_info(k, 0).out_handled, count);
	no_event(k);
	put(k, CONFIG, XDMA_AT(XDMA_IRQ, 0, XDMA_USER_ENABLE + 8), 1 << 3);
}

/* Each line has the vector that the interrupt block says. */
TEST(xdma, vectors)
{
	struct kplug *k = opened();

	ck_assert_int_ge(kplug_irq_mode(k, KPLUG_IRQ_MSIX, 4), 4);
	put(k, CONFIG, XDMA_AT(XDMA_IRQ, 0, XDMA_USER_VECTORS), 0x00010203);
	put(k, CONFIG, XDMA_AT(XDMA_IRQ, 0, XDMA_USER_ENABLE), 0xf);
	for (unsigned int vector = 0; vector < 4; vector++)
		ck_assert_int_eq(kplug_attach(k, vector, &by_recipe), KPLUG_HANDLER_RECIPE);
	for (unsigned int line = 0; line < 4; line++) {
		struct kplug_event event;

		put(k, USER, XDMA_USER_RAISE, 1 << line);
		event = next_event(k);
		ck_assert_uint_eq(event.vector, 3 - line);
		ck_assert_uint_eq(event.data[0], 1 << line);
	}
	put(k, CONFIG, XDMA_AT(XDMA_IRQ, 0, XDMA_USER_ENABLE + 8), 0xf);
	put(k, CONFIG, XDMA_AT(XDMA_IRQ, 0, XDMA_USER_VECTORS), 0);
}

/* A run of one channel, by a program. */
struct run {
	unsigned int target; /* XDMA_H2C or XDMA_C2H */
	uint64_t host, card;
	uint32_t length;
	unsigned int pieces; /* descriptors */
};

/* describe() - descriptors that follow each other, in a page; the last one stops */
static void describe(struct area *page, const struct run *r)
{
	struct xdma_descriptor *d = (void *)page->bytes;
	uint32_t part = r->length / r->pieces;

	for (unsigned int i = 0; i < r->pieces; i++) {
		uint64_t host = r->host + i * part, on_card = r->card + i * part;
		bool last = i == r->pieces - 1;
		unsigned int behind = last ? 0 : r->pieces - i - 2;

		d[i] = (struct xdma_descriptor){
			.control = XDMA_MAGIC << 16 | behind << 8 |
				   (last ? XDMA_STOP | XDMA_COMPLETED_BIT : 0),
			.length = last ? r->length - i * part : part,
			.source = r->target == XDMA_H2C ? host : on_card,
			.destination = r->target == XDMA_H2C ? on_card : host,
			.next = last ? 0 : page->bus + (i + 1) * sizeof(*d),
		};
	}
}

/* start() - the channel's registers, and it runs */
static void start(struct kplug *k, const struct area *page, const struct run *r)
{
	unsigned int sgdma = r->target + XDMA_H2C_SGDMA;

	put(k, CONFIG, XDMA_AT(sgdma, 0, XDMA_FIRST_LOW), page->bus);
	put(k, CONFIG, XDMA_AT(sgdma, 0, XDMA_FIRST_HIGH), page->bus >> 32);
	put(k, CONFIG, XDMA_AT(sgdma, 0, XDMA_FIRST_ADJACENT), r->pieces - 1);
	put(k, CONFIG, XDMA_AT(r->target, 0, XDMA_CONTROL),
	    XDMA_RUN | XDMA_STATUS_BITS); /* these permit each bit of the status */
}

/* run_channel() - the status of a run that has ended */
static uint32_t run_channel(struct kplug *k, const struct area *page, const struct run *r)
{
	const uint64_t status = XDMA_AT(r->target, 0, XDMA_STATUS);
	uint32_t result;

	start(k, page, r);
	ck_assert(WAIT_UNTIL(!(get(k, CONFIG, status) & XDMA_BUSY), 10000));
	result = get(k, CONFIG, XDMA_AT(r->target, 0, XDMA_STATUS_CLEAR));
	put(k, CONFIG, XDMA_AT(r->target, 0, XDMA_CONTROL_W1C), XDMA_RUN);
	return result;
}

/* There and back, in one descriptor and in many. */
TEST(xdma, copies, .timeout = 60)
{
	const uint32_t ended = XDMA_DESC_STOPPED | XDMA_DESC_COMPLETED;
	struct kplug *k = opened();
	struct area page = area(k, PAGE), there = area(k, 1 << 20), back = area(k, 1 << 20);

	for (unsigned int pieces = 1; pieces <= 64; pieces *= 4) {
		struct run r = { .target = XDMA_H2C,
				 .host = there.bus,
				 .card = pieces * 64,
				 .length = (1 << 20) - pieces,
				 .pieces = pieces };

		dma_fill(there.bytes, r.length, pieces);
		memset(back.bytes, 0, 1 << 20);
		describe(&page, &r);
		ck_assert_uint_eq(run_channel(k, &page, &r), ended);
		r.target = XDMA_C2H;
		r.host = back.bus;
		describe(&page, &r);
		ck_assert_uint_eq(run_channel(k, &page, &r), ended);
		ck_assert_uint_eq(get(k, CONFIG, XDMA_AT(XDMA_C2H, 0, XDMA_COMPLETED)), pieces);
		dma_check(back.bytes, r.length, pieces);
		dma_check_all(back.bytes + r.length, pieces, 0);
	}
	area_free(k, &back);
	area_free(k, &there);
	area_free(k, &page);
}

/* What a driver may not do, the model reports, once each. */
TEST(xdma, complaints)
{
	struct kplug *k = opened();
	struct area page = area(k, 2 * PAGE);
	struct run r = { .target = XDMA_H2C, .host = page.bus, .length = 64, .pieces = 2 };
	uint64_t value;

	ck_assert_str_eq(model_complaints(), "");
	get(k, CONFIG, 0x7000);
	ck_assert_str_eq(model_complaints(), "read of 0x7000 in BAR 1, which has no register");
	put(k, CONFIG, 0x7004, 5);
	ck_assert_ptr_nonnull(strstr(model_complaints(), "write of 0x5 to 0x7004"));
	OK(kplug_access_read(k, CONFIG, 0x2000, 4, &value));
	ck_assert_str_eq(model_complaints(), "");

	describe(&page, &r);
	((struct xdma_descriptor *)page.bytes)[1].control ^= 1 << 16;
	ck_assert_uint_eq(run_channel(k, &page, &r) & XDMA_STATUS_ERRORS, XDMA_MAGIC_STOPPED);
	ck_assert_str_eq(model_complaints(), "descriptor with magic 0xad4a");

	page.bus += PAGE - 32;
	page.bytes += PAGE - 32;
	describe(&page, &r);
	ck_assert_uint_eq(run_channel(k, &page, &r) & XDMA_STATUS_ERRORS, 0);
	ck_assert_ptr_nonnull(strstr(model_complaints(), "which crosses 4 KiB"));
	page.bus -= PAGE - 32;
	page.bytes -= PAGE - 32;

	r.pieces = 1;
	describe(&page, &r);
	area_free(k, &page);
	ck_assert(!(pci_command_register(card()) & 4));
	ck_assert_uint_eq(run_channel(k, &page, &r), XDMA_DESC_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(model_complaints(), "without bus mastery"));
}

/* Where the card has no memory, or the host has none, the run ends with that status. */
TEST(xdma, errors)
{
	struct kplug *k = opened();
	struct area page = area(k, PAGE);
	struct run r = { .target = XDMA_H2C,
			 .host = page.bus,
			 .card = XDMA_CARD_MEMORY - 4,
			 .length = 8,
			 .pieces = 1 };

	describe(&page, &r);
	ck_assert_uint_eq(run_channel(k, &page, &r), XDMA_WRITE_DECODE);
	r.target = XDMA_C2H;
	describe(&page, &r);
	ck_assert_uint_eq(run_channel(k, &page, &r), XDMA_READ_DECODE);
	r = (struct run){ .target = XDMA_H2C, .host = 1ull << 45, .length = 8, .pieces = 1 };
	describe(&page, &r);
	ck_assert_uint_eq(run_channel(k, &page, &r), XDMA_READ_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(model_complaints(), "where no memory is"));
	area_free(k, &page);
}

static bool has_witness(void)
{
	return !run("ls /lib/modules/$(uname -r)/extra/xdma_witness.ko > /dev/null 2>&1");
}

/* The kernel's own driver of this hardware, and not made for the model, moves data by it. */
TEST(xdma, kernels_driver, .timeout = 120)
{
	static const char *const entries[] = { "1", "31", "32", "33", "300", "4096", "4200" };
	const char *address = card();
	uint64_t before = model_count("descriptors"), moved = 0;

	if (!has_witness())
		test_skip("the kernel's driver is not built for this kernel");
	core_start();
	if (*pci_driver(address))
		device_unbind(address);
	OK(module_load("xdma"));
	OK(module_load("xdma_witness"));
	ck_assert_str_eq(pci_driver(address), "xdma_witness");
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		OK(file_write(entries[i], "/sys/module/xdma_witness/parameters/entries"));
		moved += 2 * atoi(entries[i]);
	}
	ck_assert_uint_eq(model_count("descriptors") - before, moved);
	OK(module_unload("xdma_witness"));
	OK(module_unload("xdma"));
}
