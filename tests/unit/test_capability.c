// SPDX-License-Identifier: MIT
/* Lists of capabilities, correct ones and those of broken hardware. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

static uint8_t space[4096];
static unsigned int space_size;
static unsigned int reads, fail_at;

static void put(unsigned int offset, unsigned int width, uint32_t value)
{
	memcpy(&space[offset], &value, width); /* little endian, as PCI */
}

static int model(unsigned long cmd, void *arg)
{
	struct kplug_region_info *info = arg;
	struct kplug_access *access = arg;

	if (cmd == KPLUG_REGION_INFO) {
		ck_assert_uint_eq(info->index, KPLUG_CONFIG_REGION);
		info->out_length = space_size;
		info->out_flags = space_size ? KPLUG_REGION_CONFIG : 0;
		return 0;
	}
	ck_assert_uint_eq(cmd, KPLUG_ACCESS);
	ck_assert_uint_eq(access->flags, 0);
	ck_assert_uint_eq(access->region, KPLUG_CONFIG_REGION);
	ck_assert_uint_eq(access->offset % access->width, 0);
	ck_assert_uint_le(access->offset + access->width, space_size);
	if (++reads == fail_at)
		return -ENODEV;
	access->out_value = 0;
	memcpy(&access->out_value, &space[access->offset], access->width);
	return 0;
}

/* A function with an empty space of this size. */
static struct kplug *function(unsigned int size)
{
	struct kplug *k = fake_open(0);

	memset(space, 0, sizeof(space));
	space_size = size;
	reads = fail_at = 0;
	fake.on_ioctl = model;
	return k;
}

static void standard(unsigned int offset, unsigned int id, unsigned int next)
{
	put(offset, 1, id);
	put(offset + 1, 1, next);
}

static void begin(unsigned int first)
{
	put(PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	put(PCI_CAPABILITY_LIST, 1, first);
}

static void extended(unsigned int offset, unsigned int id, unsigned int version, unsigned int next)
{
	put(offset, 4, id | version << 16 | next << 20);
}

static int count_caps(struct kplug *k)
{
	struct kplug_cap *caps;
	int count = kplug_caps(k, &caps);

	if (count >= 0)
		free(caps);
	return count;
}

TEST(capability, lists)
{
	struct kplug *k = function(4096);
	struct kplug_cap *caps;

	begin(0x40);
	standard(0x40, PCI_CAP_ID_MSIX, 0x80);
	standard(0x80, PCI_CAP_ID_EXP, 0x63); /* the low bits mean nothing */
	standard(0x60, PCI_CAP_ID_PM, 0);
	extended(0x100, PCI_EXT_CAP_ID_ERR, 2, 0x140);
	extended(0x140, PCI_EXT_CAP_ID_ATS, 1, 0);

	ck_assert_int_eq(kplug_caps(k, &caps), 5);
	ck_assert_uint_eq(caps[0].id, PCI_CAP_ID_MSIX);
	ck_assert_uint_eq(caps[0].offset, 0x40);
	ck_assert_uint_eq(caps[0].extended, 0);
	ck_assert_uint_eq(caps[2].offset, 0x60);
	ck_assert_uint_eq(caps[3].id, PCI_EXT_CAP_ID_ERR);
	ck_assert_uint_eq(caps[3].version, 2);
	ck_assert_uint_eq(caps[3].extended, 1);
	ck_assert_uint_eq(caps[4].offset, 0x140);
	free(caps);

	ck_assert_int_eq(kplug_find_cap(k, PCI_CAP_ID_PM), 0x60);
	ck_assert_int_eq(kplug_find_cap(k, PCI_CAP_ID_MSI), -ENOENT);
	ck_assert_int_eq(kplug_find_ext_cap(k, PCI_EXT_CAP_ID_ATS), 0x140);
	/* The same number, another list. */
	ck_assert_int_eq(kplug_find_ext_cap(k, PCI_CAP_ID_PM), 0x100);
	ck_assert_int_eq(kplug_find_cap(k, PCI_EXT_CAP_ID_ATS), -ENOENT);
	fake_close(k);
}

TEST(capability, none)
{
	struct kplug *k = function(256);

	ck_assert_int_eq(count_caps(k), 0);
	/* A list needs the status bit. */
	put(PCI_CAPABILITY_LIST, 1, 0x40);
	standard(0x40, PCI_CAP_ID_PM, 0);
	ck_assert_int_eq(count_caps(k), 0);
	/* A space of 256 bytes has no second list. */
	extended(0x100, PCI_EXT_CAP_ID_ERR, 1, 0);
	ck_assert_int_eq(count_caps(k), 0);
	fake_close(k);
}

TEST(capability, cardbus_header)
{
	struct kplug *k = function(256);

	put(PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	put(PCI_HEADER_TYPE, 1, 0x80 | PCI_HEADER_TYPE_CARDBUS);
	put(PCI_CB_CAPABILITY_LIST, 1, 0x80);
	standard(0x80, PCI_CAP_ID_PM, 0);
	ck_assert_int_eq(kplug_find_cap(k, PCI_CAP_ID_PM), 0x80);
	fake_close(k);
}

TEST(capability, circles)
{
	struct kplug *k = function(4096);

	begin(0x40);
	standard(0x40, PCI_CAP_ID_VNDR, 0x50);
	standard(0x50, PCI_CAP_ID_PM, 0x40);
	extended(0x100, PCI_EXT_CAP_ID_ERR, 1, 0x100);
	ck_assert_int_eq(count_caps(k), 3);
	standard(0x40, PCI_CAP_ID_VNDR, 0x40);
	ck_assert_int_eq(count_caps(k), 2);
	fake_close(k);
}

TEST(capability, garbage)
{
	struct kplug *k = function(4096);
	unsigned int i;

	begin(0x40);
	standard(0x40, PCI_CAP_ID_PM, 0x10); /* into the header */
	extended(0x100, PCI_EXT_CAP_ID_ERR, 1, 0x44); /* out of its part */
	ck_assert_int_eq(count_caps(k), 2);
	extended(0x100, PCI_EXT_CAP_ID_ERR, 1, 0xffc); /* the last place */
	extended(0xffc, PCI_EXT_CAP_ID_ATS, 1, 0);
	ck_assert_int_eq(kplug_find_ext_cap(k, PCI_EXT_CAP_ID_ATS), 0xffc);
	standard(0x40, PCI_CAP_ID_PM, 0xfc);
	standard(0xfc, PCI_CAP_ID_MSI, 0);
	ck_assert_int_eq(kplug_find_cap(k, PCI_CAP_ID_MSI), 0xfc);

	/* The greatest possible number. */
	for (i = 0x40; i < 0x100; i += 4)
		standard(i, PCI_CAP_ID_VNDR, i + 4);
	for (i = 0x100; i < 0x1000; i += 4)
		extended(i, PCI_EXT_CAP_ID_VNDR, 15, i + 4);
	ck_assert_int_eq(count_caps(k), 48 + 960);

	/* A function that is gone reads as all ones. */
	memset(space, 0xff, sizeof(space));
	ck_assert_int_eq(count_caps(k), 0);
	fake_close(k);
}

/* With any contents, the walk ends and stays inside. */
TEST(capability, random_spaces)
{
	struct kplug *k = function(4096);
	unsigned int round, i, state = 1;

	for (round = 0; round < 300; round++) {
		for (i = 0; i < sizeof(space); i++) {
			state = state * 1103515245 + 12345;
			space[i] = (uint8_t)(state >> 16);
		}
		ck_assert_int_ge(count_caps(k), 0);
	}
	fake_close(k);
}

TEST(capability, failures)
{
	struct kplug *k = function(4096);
	unsigned int i, last;

	begin(0x40);
	standard(0x40, PCI_CAP_ID_PM, 0);
	extended(0x100, PCI_EXT_CAP_ID_ERR, 1, 0);
	ck_assert_int_eq(count_caps(k), 2);
	last = reads;
	for (i = 1; i <= last; i++) {
		reads = 0;
		fail_at = i;
		ck_assert_int_eq(count_caps(k), -ENODEV);
	}
	space_size = 0; /* no PCI function */
	ck_assert_int_eq(count_caps(k), -EINVAL);
	ck_assert_int_eq(kplug_find_cap(k, PCI_CAP_ID_PM), -EINVAL);
	fake_close(k);
}

TEST(capability, names)
{
	struct kplug_cap cap = { .id = PCI_CAP_ID_MSIX };

	ck_assert_str_eq(kplug_cap_name(&cap), "MSI-X");
	cap.id = 0xfe;
	ck_assert_str_eq(kplug_cap_name(&cap), "unknown");
	cap.extended = 1;
	ck_assert_str_eq(kplug_cap_name(&cap), "unknown");
	cap.id = 0xffff;
	ck_assert_str_eq(kplug_cap_name(&cap), "unknown");
	cap.id = PCI_EXT_CAP_ID_SRIOV;
	ck_assert_str_eq(kplug_cap_name(&cap), "SR-IOV");
	/* There is no gap from the first of PCIe 3.1 to the last of PCIe 6.0. */
	for (cap.id = 0x15; cap.id <= 0x34; cap.id++)
		ck_assert_str_ne(kplug_cap_name(&cap), "unknown");
	ck_assert_str_eq(kplug_cap_name(&cap), "unknown");
}
