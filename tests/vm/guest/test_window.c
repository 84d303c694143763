// SPDX-License-Identifier: MIT
// Windows: restricted clients get exactly the registers that a plugin opens.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
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
		.op = op,
		.region = EDU_REGION,
		.width = 4,
		.count = count,
		.offset = offset,
		.buffer = (uintptr_t)words,
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
	ck_assert_int_eq(device_info(restricted).out_flags,
			 KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
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
		{ .op = KPLUG_TRANSFER_WRITE,
		  .width = 4,
		  .count = 1,
		  .offset = EDU_LIVENESS,
		  .value = 1 },
		{ .op = KPLUG_TRANSFER_WRITE,
		  .width = 4,
		  .count = 1,
		  .offset = EDU_IRQ_RAISE,
		  .value = 1 },
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
	struct kplug_map_range range;
	volatile void *page, *other;

	OK(kplug_region_info(restricted, EDU_REGION, &info));
	ck_assert(info.out_flags & KPLUG_REGION_MMAP);
	OK(kplug_map_range(restricted, EDU_REGION, 0, 4096, &page));
	ck_assert_uint_eq(*(volatile uint32_t *)page & EDU_ID_MASK, EDU_ID_VALUE);
	ck_assert_int_eq(kplug_map_range(restricted, EDU_REGION, 4096, 4096, &other), -EPERM);
	ck_assert_int_eq(kplug_map_range(restricted, EDU_REGION, 0, 8192, &other), -EPERM);
	/* The library maps the window, and no more of the region. */
	OK(kplug_map(restricted, EDU_REGION));
	ck_assert_uint_eq(kplug_io_user(restricted)->region[EDU_REGION].length, 4096);
	ck_assert_int_eq(kplug_region_ranges(restricted, EDU_REGION, &range, 1), 1);
	ck_assert_uint_eq(range.length, 4096);
	OK(kplug_unmap(restricted, EDU_REGION));
	/* The map cannot grow. */
	ck_assert_ptr_eq(mremap((void *)page, 4096, 8192, MREMAP_MAYMOVE), MAP_FAILED);
}

/* What the plugin allowed ends with the plugin, also a map. */
TEST(window, end_with_the_session, .smoke = true, .variants = VARIANTS("detach", "unbind"))
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
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_READ, 0, 1),
			 variant[0] == 'u' ? -ENODEV : -EPERM);
	/* Other clients are not affected. */
	ck_assert_uint_eq(theirs[0] & EDU_ID_MASK, variant[0] == 'u' ? EDU_ID_MASK : EDU_ID_VALUE);
	if (variant[0] != 'u')
		OK(access_read(trusted, EDU_ID));
}

static long page_faults(void)
{
	struct rusage usage;

	OK(getrusage(RUSAGE_THREAD, &usage));
	return usage.ru_minflt;
}

/* The number of page faults of one read of a mapped register. */
static long faults_of(volatile uint32_t *registers)
{
	long before = page_faults();

	ck_assert_uint_eq(registers[0] & EDU_ID_MASK, EDU_ID_VALUE);
	return page_faults() - before;
}

static volatile uint32_t *map_registers(struct kplug *k)
{
	volatile void *page;

	OK(kplug_map_range(k, EDU_REGION, 0, 4096, &page));
	return page;
}

/* The end of one client leaves the maps of others in place. */
TEST(window, others_keep_their_maps, .smoke = true, .variants = VARIANTS("detach", "close"))
{
	struct kplug *neighbour = open_attached(), *trusted = device_open_ring(EDU1, 0),
		     *restricted;
	volatile uint32_t *maps[] = { map_registers(trusted), map_registers(neighbour) };
	long faults = 0;

	for (int i = -1; i < 10; i++) {
		restricted = device_open_restricted(EDU1);
		ck_assert_uint_eq(*map_registers(restricted) & EDU_ID_MASK, EDU_ID_VALUE);
		if (variant[0] == 'd')
			OK(command(restricted, KPLUG_DETACH,
				   &(struct kplug_detach){ .size = sizeof(struct kplug_detach) }));
		kplug_close(restricted);
		for (size_t j = 0; j < ARRAY_SIZE(maps); j++) {
			if (i < 0)
				faults_of(maps[j]);
			else
				faults += faults_of(maps[j]);
		}
	}
	ck_assert_int_eq(faults, 0);
}

/* A plugin of an ABI before windows has none, whatever is in their place. */
TEST(window, not_before_abi_2)
{
	struct kplug *restricted;

	core_start();
	device_bind(EDU1);
	OK(run("modprobe kplug_odd windows=1 defect=first_abi flags=%u", ODD_ALLOW_CALLS));
	OK(kplug_attach_permanent(EDU1, "odd"));
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(device_info(restricted).out_flags,
			 KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
	ck_assert_int_eq(access_read(restricted, EDU_ID), -EPERM);
	ck_assert_int_eq(transfer(restricted, KPLUG_TRANSFER_READ, 0, 1), -EPERM);
}

/* Runs a list of two, of which no access may be made. */
static void check_pair(struct kplug *k, struct kplug_transfer first, struct kplug_transfer second,
		       int error)
{
	struct kplug_transfer list[] = { first, second };
	unsigned int done = 99;

	list[1].out_value = 0xa5a5;
	ck_assert_int_eq(kplug_transfer(k, list, 2, &done), error);
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(list[1].out_value, 0xa5a5);
}

/* Each element is checked, whatever precedes it, also one with only region and offset. */
TEST(window, elements_without_a_head, .smoke = true, .variants = VARIANTS("restricted", "trusted"))
{
	struct kplug *restricted = open_attached(), *k = restricted;
	uint32_t words[4];
	const struct kplug_transfer word = { .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1 };
	const struct kplug_transfer blocks[] = {
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 2, .buffer = (uintptr_t)words },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 3, .buffer = (uintptr_t)words },
		{ .op = KPLUG_TRANSFER_READ,
		  .width = 4,
		  .count = 2,
		  .flags = KPLUG_TRANSFER_FIFO,
		  .buffer = (uintptr_t)words },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .buffer = (uintptr_t)words },
	};

	if (variant[0] == 't')
		k = device_open_ring(EDU1, 0);
	for (uint64_t offset = 0; offset < 64; offset++) {
		const struct kplug_transfer zero = { .offset = offset };
		struct kplug_transfer beyond = word;

		check_pair(k, word, zero, -EINVAL);
		for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
			check_pair(k, blocks[i], zero, -EINVAL);
		beyond.offset = 16 + 4 * offset;
		for (size_t i = 0; k == restricted && i < ARRAY_SIZE(blocks); i++)
			check_pair(k, blocks[i], beyond, -EPERM);
		if (k == restricted)
			check_pair(k, word, beyond, -EPERM);
	}
	/* Elements of another size take another path. */
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		struct {
			struct kplug_transfer t;
			uint64_t tail;
		} odd[] = { { .t = blocks[i] }, { .t.offset = 16 } };
		struct kplug_transfers list = {
			.size = sizeof(list),
			.transfers = (uintptr_t)odd,
			.num_transfers = 2,
			.stride = sizeof(odd[0]),
		};

		ck_assert_int_eq(command(k, KPLUG_TRANSFER, &list), -EINVAL);
		ck_assert_uint_eq(list.out_done, 1);
	}
}
