// SPDX-License-Identifier: MIT
/* The accessors of a program: mapped registers, and registers that only the kernel reaches. */
#include <errno.h>
#include <string.h>

#include "fake.h"

static const struct kplug_access *access_of(const void *arg)
{
	const struct kplug_access *access = arg;

	ck_assert_uint_eq(access->size, sizeof(*access));
	return access;
}

static void read_status(void *arg)
{
	struct kplug_access *access = arg;

	ck_assert_uint_eq(access_of(arg)->flags, 0);
	ck_assert_uint_eq(access->region, 3);
	ck_assert_uint_eq(access->offset, 5);
	ck_assert_uint_eq(access->width, 1);
	access->out_value = 0x61;
}

static void write_data(void *arg)
{
	const struct kplug_access *access = access_of(arg);

	ck_assert_uint_eq(access->flags, KPLUG_ACCESS_WRITE);
	ck_assert_uint_eq(access->region, 3);
	ck_assert_uint_eq(access->offset, 6);
	ck_assert_uint_eq(access->width, 2);
	ck_assert_uint_eq(access->value, 0x1234);
}

TEST(io, not_mapped)
{
	static const struct fake_ioctl script[] = {
		{ KPLUG_ACCESS, 0, read_status },
		{ KPLUG_ACCESS, -EINTR, NULL }, /* a signal does not mean a dead device */
		{ KPLUG_ACCESS, 0, read_status },
		{ KPLUG_ACCESS, 0, write_data },
		{ KPLUG_ACCESS, -EINTR, NULL },
		{ KPLUG_ACCESS, 0, write_data },
		{ KPLUG_ACCESS, -ENODEV, NULL },
		{ 0 }
	};
	struct kplug *k = fake_open(0);
	const struct kplug_io *io = kplug_io_user(k);

	fake_script(script);
	ck_assert_uint_eq(kplug_read8(io, 3, 5), 0x61);
	ck_assert_uint_eq(kplug_read8(io, 3, 5), 0x61);
	kplug_write16(io, 3, 6, 0x1234);
	kplug_write16(io, 3, 6, 0x1234);
	ck_assert_uint_eq(kplug_read64(io, 3, 8), ~0ull);
	fake_close(k);
}

static void block(void *arg)
{
	const struct kplug_transfers *list = arg;
	const struct kplug_transfer *t = (void *)(uintptr_t)list->transfers;

	ck_assert_uint_eq(list->num_transfers, 1);
	ck_assert_uint_eq(t->region, 3);
	ck_assert_uint_eq(t->width, 2);
	ck_assert_uint_eq(t->count, 7);
	ck_assert_uint_eq(t->offset, 4);
	ck_assert_uint_eq(t->flags, KPLUG_TRANSFER_FIFO);
	if (t->op == KPLUG_TRANSFER_READ)
		memset((void *)(uintptr_t)t->buffer, 0x77, 14);
	else
		ck_assert_uint_eq(t->op, KPLUG_TRANSFER_WRITE);
}

TEST(io, blocks_not_mapped)
{
	static const struct fake_ioctl script[] = { { KPLUG_TRANSFER, 0, block },
						    { KPLUG_TRANSFER, 0, block },
						    { KPLUG_TRANSFER, -EINVAL, NULL },
						    { 0 } };
	struct kplug *k = fake_open(0);
	const struct kplug_io *io = kplug_io_user(k);
	uint16_t words[7] = { 0 };

	fake_script(script);
	ck_assert_int_eq(kplug_read_block(io, 3, 4, 2, words, 7, KPLUG_TRANSFER_FIFO), 0);
	ck_assert_uint_eq(words[6], 0x7777);
	ck_assert_int_eq(kplug_write_block(io, 3, 4, 2, words, 7, KPLUG_TRANSFER_FIFO), 0);
	ck_assert_int_eq(kplug_read_block(io, 3, 1, 2, words, 7, 0), -EINVAL);
	fake_close(k);
}

/* Regions that a program made itself have no device. */
TEST(io, no_client)
{
	static const struct kplug_io io;
	uint32_t word = 0;

	ck_assert_uint_eq(kplug_read32(&io, 0, 0), 0xffffffff);
	kplug_write32(&io, 0, 0, 1);
	ck_assert_int_eq(kplug_read_block(&io, 0, 0, 4, &word, 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_write_block(&io, 0, 0, 4, &word, 1, 0), -EINVAL);
}

static void ports(void *arg)
{
	struct kplug_region_info *info = arg;

	if (info->index == 1)
		*info = (struct kplug_region_info){ .out_flags = KPLUG_REGION_PORT,
						    .out_length = 8 };
}

static unsigned int never(struct kplug_irq *irq)
{
	(void)irq;
	return KPLUG_NONE;
}

#define REGIONS                                                                   \
	{ KPLUG_DEVICE_INFO, 0, fake_info }, { KPLUG_REGION_INFO, 0, ports },     \
		{ KPLUG_REGION_INFO, 0, ports }, { KPLUG_REGION_INFO, 0, ports }, \
		{ KPLUG_REGION_INFO, 0, ports }, { KPLUG_REGION_INFO, 0, ports }, \
	{                                                                         \
		KPLUG_REGION_INFO, 0, ports                                       \
	}

/* A handler would take a refusal for a dead device, so kplug_attach() reports it first. */
TEST(io, attach_needs_all_registers)
{
	static const struct fake_ioctl refused[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						     { KPLUG_REGION_INFO, 0, ports },
						     { KPLUG_REGION_INFO, 0, ports },
						     { 0 } };
	static const struct fake_ioctl trusted[] = {
		REGIONS, { KPLUG_ARM, 0, NULL }, { KPLUG_DEVICE_INFO, 0, fake_info }, { 0 }
	};
	const struct kplug_handler handler = { .user = never };
	struct kplug *k = fake_open(8);

	fake_device.out_regions = 2;
	fake_script(refused);
	ck_assert_int_eq(kplug_attach(k, 0, &handler), -EPERM);
	fake_script_done();
	fake_device.out_regions = 6;
	fake_device.out_flags = KPLUG_DEVICE_TRUSTED;
	fake_script(trusted);
	ck_assert_int_eq(kplug_attach(k, 0, &handler), KPLUG_HANDLER_USER);
	fake_close(k);
}
