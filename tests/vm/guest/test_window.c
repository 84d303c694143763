// SPDX-License-Identifier: MIT
// Windows: the registers that a plugin leaves to restricted openers, and not one more.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t value;

static int access_read(struct kplug *k, uint64_t offset)
{
	return kplug_access_read(k, EDU_REGION, offset, 4, &value);
}

static int access_write(struct kplug *k, uint64_t offset)
{
	return kplug_access_write(k, EDU_REGION, offset, 4, 42);
}

static int transfer(struct kplug *k, unsigned int op, uint64_t offset, unsigned int count)
{
	uint32_t words[64] = { 0 };
	struct kplug_transfer t = {
		.op = op, .region = EDU_REGION, .width = 4, .count = count, .offset = offset, .buffer = (uintptr_t)words,
	};

	return kplug_transfer(k, &t, 1, NULL);
}

static struct kplug *open_attached(void)
{
	struct kplug *restricted;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_odd windows=1"));
	OK(kplug_attach_permanent(EDU1, "odd"));
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(device_info(restricted).out_flags, KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
	return restricted;
}

TEST(window, accesses)
{
	struct kplug *restricted = open_attached();

	OK(access_read(restricted, EDU_ID));
	ck_assert_uint_eq(value & EDU_ID_MASK, EDU_ID_VALUE);
	OK(access_write(restricted, EDU_LIVENESS));
	OK(access_read(restricted, EDU_LIVENESS));
	ck_assert_uint_eq(value, (uint32_t)~42);
	OK(access_read(restricted, 12));
	ck_assert_int_eq(access_read(restricted, 16), -EPERM);
	ck_assert_int_eq(access_read(restricted, EDU_IRQ_STATUS), -EPERM);
	ck_assert_int_eq(access_write(restricted, EDU_ID), -EPERM);
	ck_assert_int_eq(access_write(restricted, EDU_FACTORIAL), -EPERM);
	ck_assert_int_eq(access_write(restricted, EDU_IRQ_RAISE), -EPERM);
	ck_assert_int_eq(access_read(restricted, 2), -EINVAL);

	OK(transfer(restricted, KPLUG_TRANSFER_READ, 0, 4));
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_READ, 0, 5), -EPERM);
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_READ, 16, 1), -EPERM);
	OK(transfer(restricted, KPLUG_TRANSFER_WRITE, EDU_LIVENESS, 1));
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_WRITE, EDU_LIVENESS, 2), -EPERM);
	ck_assert_int_eq(kplug_set_cleanup(restricted, NULL, 0), -EPERM);
	ck_assert_int_eq(kplug_set_caching(restricted, EDU_REGION, KPLUG_CACHING_WC), -EPERM);
}

/* A list with one element outside of the windows does nothing at all. */
TEST(window, lists)
{
	struct kplug *restricted = open_attached();
	struct kplug_transfer list[2] = {
		{ .op = KPLUG_TRANSFER_WRITE, .width = 4, .count = 1, .offset = EDU_LIVENESS, .value = 1 },
		{ .op = KPLUG_TRANSFER_WRITE, .width = 4, .count = 1, .offset = EDU_IRQ_RAISE, .value = 1 },
	};
	unsigned int done = 99;

	OK(access_write(restricted, EDU_LIVENESS));
	ck_assert_int_eq(kplug_transfer(restricted, list, 2, &done), -EPERM);
	ck_assert_uint_eq(done, 1);
	OK(access_read(restricted, EDU_LIVENESS));
	ck_assert_uint_eq(value, (uint32_t)~42);
}

TEST(window, maps)
{
	struct kplug *restricted = open_attached();
	struct kplug_region_info info;
	volatile void *page, *other;

	OK(kplug_region_info(restricted, EDU_REGION, &info));
	ck_assert(info.out_flags & KPLUG_REGION_MMAP);
	OK(kplug_map_range(restricted, EDU_REGION, 0, 4096, &page));
	ck_assert_uint_eq(*(volatile uint32_t *)page & EDU_ID_MASK, EDU_ID_VALUE);
	ck_assert_int_eq(kplug_map_range(restricted, EDU_REGION, 4096, 4096, &other), -EPERM);
	ck_assert_int_eq(kplug_map_range(restricted, EDU_REGION, 0, 8192, &other), -EPERM);
	ck_assert_int_eq(kplug_map(restricted, EDU_REGION), -EPERM);
	/* What is mapped is not made longer either. */
	ck_assert_ptr_eq(mremap((void *)page, 4096, 8192, MREMAP_MAYMOVE), MAP_FAILED);
}

/* What the plugin allowed ends with it, mapped or not. */
TEST(window, end_with_the_session, .variants = VARIANTS("detach", "unbind"))
{
	struct kplug *restricted = open_attached(), *trusted = device_open_ring(EDU1, 0);
	struct kplug_detach detach = { .size = sizeof(detach) };
	volatile void *page;
	volatile uint32_t *registers, *theirs;

	OK(kplug_map_range(restricted, EDU_REGION, 0, 4096, &page));
	registers = page;
	OK(kplug_map_range(trusted, EDU_REGION, 0, 4096, &page));
	theirs = page;
	ck_assert_uint_eq(registers[0] & EDU_ID_MASK, EDU_ID_VALUE);
	ck_assert_uint_eq(theirs[0] & EDU_ID_MASK, EDU_ID_VALUE);
	if (variant[0] == 'u')
		device_unbind(EDU1);
	else
		OK(command(restricted, KPLUG_DETACH, &detach));
	ck_assert_uint_eq(registers[0], ~0u);
	ck_assert_int_eq(access_read(restricted, EDU_ID), variant[0] == 'u' ? -ENODEV : -EPERM);
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_READ, 0, 1), variant[0] == 'u' ? -ENODEV : -EPERM);
	/* It has nothing to do with others. */
	ck_assert_uint_eq(theirs[0] & EDU_ID_MASK, variant[0] == 'u' ? EDU_ID_MASK : EDU_ID_VALUE);
	if (variant[0] != 'u')
		OK(access_read(trusted, EDU_ID));
}

/* A plugin of the contract before windows has none, whatever stands in their place. */
TEST(window, not_before_abi_2)
{
	struct kplug *restricted;

	core_start();
	device_bind(EDU1);
	OK(run("modprobe kplug_odd windows=1 defect=first_abi flags=%u", ODD_ALLOW_CALLS));
	OK(kplug_attach_permanent(EDU1, "odd"));
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(device_info(restricted).out_flags, KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
	ck_assert_int_eq(access_read(restricted, EDU_ID), -EPERM);
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_READ, 0, 1), -EPERM);
}
