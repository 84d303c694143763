// SPDX-License-Identifier: MIT
// A card with a PLX 9056, without a plugin: registers in memory and in ports, doorbells, DMA.
#include "area.h"
#include "device.h"
#include "dma.h"
#include "model.h"

#include <fcntl.h>
#include <linux/comedi.h>
#include <models/plx_regs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REGISTERS 0 /* regions */
#define PORTS     1
#define MEMORY    2
#define PAGE      4096u

static const char *card(void)
{
	static char address[PCI_ADDRESS_SIZE];

	model_needed("plx");
	ck_assert(pci_find(0x10b5, 0x9056, 0, address));
	return address;
}

static struct kplug *opened(void)
{
	const char *address = card();
	struct kplug *k;

	core_start();
	device_bind(address);
	OK(kplug_set_widths(address, REGISTERS, KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32));
	k = device_open(address);
	OK(kplug_map(k, MEMORY));
	return k;
}

static uint32_t get(struct kplug *k, uint64_t at)
{
	return kplug_read32(kplug_io_user(k), REGISTERS, at);
}

static void put(struct kplug *k, uint64_t at, uint32_t value)
{
	kplug_write32(kplug_io_user(k), REGISTERS, at, value);
}

/* The same registers, in words and bytes. */
TEST(plx, registers)
{
	struct kplug *k = opened();
	uint64_t value;

	ck_assert_uint_eq(get(k, PLX_HARD_ID), 0x905610b5);
	OK(kplug_access_read(k, PORTS, PLX_HARD_ID, 4, &value));
	ck_assert_uint_eq(value, 0x905610b5);
	OK(kplug_access_read(k, PORTS, PLX_HARD_ID + 2, 2, &value));
	ck_assert_uint_eq(value, 0x9056);
	OK(kplug_access_write(k, PORTS, PLX_MAILBOX0 + 1, 1, 0xab));
	ck_assert_uint_eq(get(k, PLX_MAILBOX0), 0xab00);
	OK(kplug_access_read(k, REGISTERS, PLX_DMACSR + 1, 1, &value));
	ck_assert_uint_eq(value, PLX_DONE);
}

static const struct kplug_step recipe[] = {
	KPLUG_READ32(REGISTERS, PLX_L2P),
	KPLUG_NOT_MINE(0xffffffff, 0),
	KPLUG_CAPTURE(0xffffffff),
	KPLUG_WRITE_BACK32(REGISTERS, PLX_L2P, 0xffffffff, 0),
};

/* The card rings back, and a recipe clears the doorbell in the interrupt. */
TEST(plx, doorbells)
{
	const struct kplug_handler by_recipe = { .steps = recipe, .num_steps = ARRAY_SIZE(recipe) };
	struct kplug *k = opened();
	const unsigned int count = rounds(200);

	ck_assert_int_eq(kplug_irq_mode(k, KPLUG_IRQ_INTX, 0), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_recipe), KPLUG_HANDLER_RECIPE);
	put(k, PLX_INTCSR, PLX_INT_PCI | PLX_INT_DOORBELL);
	for (unsigned int i = 1; i <= count; i++) {
		put(k, PLX_P2L, i);
		ck_assert_uint_eq(next_event(k).data[0], i);
	}
	ck_assert_uint_eq(vector_info(k, 0).out_handled, count);
	no_event(k);
	put(k, PLX_INTCSR, 0);
}

/* Ends when the channel has. */
static void run_channel(struct kplug *k, unsigned int channel)
{
	uint64_t value = 0;

	OK(kplug_access_write(k, REGISTERS, PLX_DMACSR + channel, 1, PLX_ENABLE));
	OK(kplug_access_write(k, REGISTERS, PLX_DMACSR + channel, 1, PLX_ENABLE | PLX_START));
	ck_assert(WAIT_UNTIL(!kplug_access_read(k, REGISTERS, PLX_DMACSR + channel, 1, &value) &&
				     value & PLX_DONE,
			     10000));
	OK(kplug_access_write(k, REGISTERS, PLX_DMACSR + channel, 1, PLX_CLEAR));
}

/* One block there, and back by the other channel. */
TEST(plx, blocks)
{
	struct kplug *k = opened();
	struct area a = area(k, 64 * PAGE);
	const uint32_t length = 100001, back = 32 * PAGE;

	dma_fill(a.bytes, length, 7);
	put(k, PLX_DMA(0) + PLX_MODE, 3);
	put(k, PLX_DMA(0) + PLX_PCI_ADDRESS, a.bus);
	put(k, PLX_DMA(0) + PLX_LOCAL_ADDRESS, 12);
	put(k, PLX_DMA(0) + PLX_SIZE, length);
	put(k, PLX_DMA(0) + PLX_NEXT, 0);
	run_channel(k, 0);
	ck_assert_uint_eq(kplug_read32(kplug_io_user(k), MEMORY, 12) & 0xff, a.bytes[0]);
	put(k, PLX_DMA(1) + PLX_MODE, 3);
	put(k, PLX_DMA(1) + PLX_PCI_ADDRESS, a.bus + back);
	put(k, PLX_DMA(1) + PLX_LOCAL_ADDRESS, 12);
	put(k, PLX_DMA(1) + PLX_SIZE, length);
	put(k, PLX_DMA(1) + PLX_NEXT, PLX_TO_HOST);
	run_channel(k, 1);
	dma_check(a.bytes + back, length, 7);
	dma_check_all(a.bytes + back + length, 64, 0);
	area_free(k, &a);
}

/* chain() - descriptors in a page that move `count` parts, and the last one ends it */
static void chain(struct area *page, uint32_t bus, unsigned int count, uint32_t part,
		  uint32_t flags)
{
	uint32_t *words = (uint32_t *)page->bytes;

	for (unsigned int i = 0; i < count; i++) {
		words[4 * i] = bus + i * part;
		words[4 * i + 1] = i * part;
		words[4 * i + 2] = part;
		words[4 * i + 3] = (page->bus + 16 * (i + 1)) | PLX_NEXT_IN_PCI | flags |
				   (i == count - 1 ? PLX_END : 0);
	}
}

/* A chain there and back; each end interrupts once, and DMACSR clears it. */
TEST(plx, chains)
{
	struct kplug *k = opened();
	struct area page = area(k, PAGE), there = area(k, 64 * PAGE), back = area(k, 64 * PAGE);
	const uint32_t mode = 3 | PLX_CHAIN | PLX_DONE_INT | PLX_TO_PCI, part = PAGE + 4;
	uint64_t before = model_count("descriptors");

	dma_fill(there.bytes, 60 * part, 3);
	put(k, PLX_DMA(0) + PLX_MODE, mode);
	chain(&page, there.bus, 60, part, 0);
	put(k, PLX_DMA(0) + PLX_NEXT, page.bus | PLX_NEXT_IN_PCI);
	run_channel(k, 0);
	chain(&page, back.bus, 60, part, PLX_TO_HOST);
	put(k, PLX_DMA(0) + PLX_NEXT, page.bus | PLX_NEXT_IN_PCI | PLX_TO_HOST);
	run_channel(k, 0);
	dma_check(back.bytes, 60 * part, 3);
	ck_assert_uint_eq(model_count("descriptors") - before, 120);
	ck_assert_uint_eq(get(k, PLX_INTCSR) & PLX_IS_DMA(0), 0);
	area_free(k, &back);
	area_free(k, &there);
	area_free(k, &page);
}

TEST(plx, complaints)
{
	struct kplug *k = opened();

	ck_assert_str_eq(model_complaints(), "");
	OK(kplug_access_write(k, REGISTERS, PLX_DMACSR, 1, PLX_START));
	ck_assert_str_eq(model_complaints(), "channel 0 started while it is disabled");
	OK(kplug_access_write(k, REGISTERS, PLX_DMACSR, 1, PLX_ABORT));
	ck_assert_str_eq(model_complaints(), "channel 0 aborted while it is idle");
	put(k, PLX_HARD_ID, 1);
	ck_assert_ptr_nonnull(strstr(model_complaints(), "write of 0x1 to 0x70"));
	put(k, PLX_DMA(0) + PLX_SIZE, 4);
	run_channel(k, 0);
	ck_assert_ptr_nonnull(strstr(model_complaints(), "without bus mastery"));
	ck_assert_uint_eq(get(k, PLX_INTCSR) & PLX_IS_ABORT, PLX_IS_ABORT);
	put(k, PLX_INTCSR, 0);
	ck_assert_uint_eq(get(k, PLX_INTCSR) & PLX_IS_ABORT, 0);
}

/* acquire() - starts the kernel's driver of a digital input; it ends after `samples` of 32 bits */
static int acquire(unsigned int samples)
{
	unsigned int channels[32];
	struct comedi_cmd command = {
		.start_src = TRIG_NOW,
		.scan_begin_src = TRIG_EXT,
		.convert_src = TRIG_NOW,
		.scan_end_src = TRIG_COUNT,
		.scan_end_arg = ARRAY_SIZE(channels),
		.stop_src = TRIG_COUNT,
		.stop_arg = samples,
		.chanlist = channels,
		.chanlist_len = ARRAY_SIZE(channels),
	};
	int fd = open("/dev/comedi0", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(channels); i++)
		channels[i] = i;
	ck_assert_int_eq(ioctl(fd, COMEDI_CMD, &command), 0);
	return fd;
}

/* Linux' own driver for a card with a PLX 9080 gets each sample by chained DMA in a ring. */
TEST(plx, kernels_driver, .timeout = 120)
{
	const unsigned int samples = 100000;
	uint32_t words[1024], expected = 0;
	int fd;

	model_needed("plx-hpdi");
	if (module_load("gsc_hpdi"))
		test_skip("this kernel has no driver for that card");
	ck_assert(WAIT_UNTIL(file_exists("/dev/comedi0"), 10000));
	fd = acquire(samples);
	while (expected < samples) {
		ssize_t got = read(fd, words, sizeof(words));

		ck_assert_int_gt(got, 0);
		for (ssize_t i = 0; i < got / 4; i++) {
			assert_same(words[i], expected);
			expected++;
		}
	}
	ck_assert_uint_eq(expected, samples);
	close(fd);
	ck_assert_uint_ge(model_count("samples"), samples);
	OK(module_unload("gsc_hpdi"));
}
