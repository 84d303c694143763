// SPDX-License-Identifier: MIT
// Registers: what a region is, checked accesses of every width, mappings.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define TESTDEV_MEMORY 0
#define TESTDEV_PORTS  1

static struct kplug *opened(const char *address)
{
	core_start();
	device_bind(address);
	return device_open_ring(address, 0);
}

static uint64_t get(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width)
{
	uint64_t value = 0xa5a5a5a5a5a5a5a5;

	OK(kplug_access_read(k, region, offset, width, &value));
	return value;
}

static void put(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
		uint64_t value)
{
	OK(kplug_access_write(k, region, offset, width, value));
}

/* The size and type in the kernel's own file. */
static void check_info(struct kplug *k, const char *address)
{
	char text[2048], *line = text;

	OK(file_read(text, sizeof(text), "/sys/bus/pci/devices/%s/resource", address));
	for (unsigned int i = 0; i < 6; i++, line = strchr(line, '\n') + 1) {
		unsigned long start, end, flags;
		struct kplug_region_info info;

		ck_assert_int_eq(sscanf(line, "%lx %lx %lx", &start, &end, &flags), 3);
		OK(kplug_region_info(k, i, &info));
		ck_assert_uint_eq(info.out_length, end ? end - start + 1 : 0);
		ck_assert_int_eq(!!(info.out_flags & KPLUG_REGION_PORT), !!(flags & 0x100));
		ck_assert_int_eq(!!(info.out_flags & KPLUG_REGION_MEM), !!(flags & 0x200));
		ck_assert_int_eq(!!(info.out_flags & KPLUG_REGION_PREFETCH), !!(flags & 0x2000));
		ck_assert_int_eq(!!(info.out_flags & KPLUG_REGION_MMAP),
				 flags & 0x200 && !(start % 4096) && info.out_length >= 4096 &&
					 !(!strcmp(address, IVSHMEM) &&
					   i == 1)); /* all of it is a message table */
	}
}

TEST(region, info, .variants = VARIANTS(EDU1, TESTDEV, IVSHMEM))
{
	struct kplug *k = opened(variant);
	struct kplug_region_info info;

	check_info(k, variant);
	ck_assert_int_eq(device_info(k).out_regions, KPLUG_MAX_REGIONS);
	OK(kplug_region_info(k, 6, &info));
	ck_assert_uint_eq(info.out_flags | info.out_length | info.out_mmap_offset, 0);
	ck_assert_int_eq(kplug_region_info(k, KPLUG_MAX_REGIONS, &info), -EINVAL);
	ck_assert_int_eq(kplug_region_info(k, ~0u, &info), -EINVAL);
}

/* RAM behind a BAR: every width, at every offset in a cache line. */
TEST(region, widths_in_memory)
{
	struct kplug *ivshmem = opened(IVSHMEM);
	const uint64_t pattern = 0x8182838485868788;

	for (unsigned int at = 0; at < 16; at += 8)
		put(ivshmem, IVSHMEM_MEMORY, at, 8, 0);
	put(ivshmem, IVSHMEM_MEMORY, 8, 8, pattern);
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (unsigned int at = 0; at < 8; at += width) {
			uint64_t expected = pattern >> 8 * at;

			if (width < 8)
				expected &= (1ull << 8 * width) - 1;
			ck_assert_uint_eq(get(ivshmem, IVSHMEM_MEMORY, 8 + at, width), expected);
		}
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (unsigned int at = 0; at < 8; at += width) {
			put(ivshmem, IVSHMEM_MEMORY, 16, 8, 0);
			put(ivshmem, IVSHMEM_MEMORY, 16 + at, width,
			    width < 8 ? (1ull << 8 * width) - 1 : ~0ull);
			ck_assert_uint_eq(get(ivshmem, IVSHMEM_MEMORY, 16, 8),
					  (width < 8 ? (1ull << 8 * width) - 1 : ~0ull) << 8 * at);
			ck_assert_uint_eq(get(ivshmem, IVSHMEM_MEMORY, 24, 8), 0);
		}
}

/* pci-testdev shows one test's description, byte by byte, in memory and in ports alike. */
TEST(region, widths_of_registers, .variants = VARIANTS("memory", "ports"))
{
	const unsigned int region = variant[0] == 'm' ? TESTDEV_MEMORY : TESTDEV_PORTS;
	struct kplug *testdev = opened(TESTDEV);
	uint64_t whole = 0;

	put(testdev, region, 0, 1, 0);
	for (int i = 0; i < 8; i++)
		whole |= get(testdev, region, 16 + i, 1) << 8 * i;
	ck_assert_uint_ne(whole, 0);
	for (unsigned int at = 0; at < 8; at += 2)
		ck_assert_uint_eq(get(testdev, region, 16 + at, 2), whole >> 8 * at & 0xffff);
	for (unsigned int at = 0; at < 8; at += 4)
		ck_assert_uint_eq(get(testdev, region, 16 + at, 4), whole >> 8 * at & 0xffffffff);
	if (region == TESTDEV_MEMORY)
		ck_assert_uint_eq(get(testdev, region, 16, 8), whole);
}

TEST(region, refused_accesses)
{
	struct kplug *testdev, *edu = opened(EDU1);
	const uint64_t end = 1 << 20;
	uint64_t value;

	for (unsigned int width = 0; width < 20; width++)
		if (width != 1 && width != 2 && width != 4 && width != 8)
			ck_assert_int_eq(kplug_access_read(edu, 0, 0, width, &value), -EINVAL);
	for (unsigned int width = 4; width <= 8; width *= 2) {
		for (unsigned int at = 1; at < width; at++)
			ck_assert_int_eq(kplug_access_read(edu, 0, at, width, &value), -EINVAL);
		ck_assert_int_eq(kplug_access_read(edu, 0, end, width, &value), -EINVAL);
		ck_assert_int_eq(kplug_access_read(edu, 0, end - width / 2, width, &value),
				 -EINVAL);
		ck_assert_int_eq(kplug_access_read(edu, 0, -width, width, &value), -EINVAL);
		ck_assert_int_eq(kplug_access_write(edu, 0, end, width, 0), -EINVAL);
		OK(kplug_access_read(edu, 0, end - width, width, &value));
	}
	ck_assert_int_eq(kplug_access_write(edu, 0, EDU_LIVENESS, 4, 1ull << 32), -EINVAL);
	for (unsigned int region = 1; region < 10; region++)
		if (region != KPLUG_CONFIG_REGION)
			ck_assert_int_eq(kplug_access_read(edu, region, 0, 4, &value), -EINVAL);
	ck_assert_int_eq(kplug_access_read(edu, ~0u, 0, 4, &value), -EINVAL);
	kplug_close(edu);

	device_bind(TESTDEV);
	testdev = device_open_ring(TESTDEV, 0);
	ck_assert_int_eq(kplug_access_read(testdev, TESTDEV_PORTS, 0, 8, &value), -EINVAL);
	ck_assert_int_eq(kplug_access_write(testdev, TESTDEV_PORTS, 0, 8, 0), -EINVAL);
}

TEST(region, map_shows_the_registers)
{
	struct kplug *edu = opened(EDU1);
	const struct kplug_io *io = kplug_io_user(edu);

	ck_assert_uint_eq(kplug_read32(io, EDU_REGION, EDU_ID),
			  get(edu, EDU_REGION, EDU_ID, 4)); /* not mapped */
	OK(kplug_map(edu, EDU_REGION));
	OK(kplug_map(edu, EDU_REGION));
	ck_assert_uint_eq(io->region[EDU_REGION].length, 1 << 20);
	ck_assert_uint_eq(kplug_read32(io, EDU_REGION, EDU_ID), get(edu, EDU_REGION, EDU_ID, 4));
	kplug_write32(io, EDU_REGION, EDU_LIVENESS, 0x1234);
	ck_assert_uint_eq(get(edu, EDU_REGION, EDU_LIVENESS, 4), ~0x1234u);
	put(edu, EDU_REGION, EDU_LIVENESS, 4, 0x5678);
	ck_assert_uint_eq(kplug_read32(io, EDU_REGION, EDU_LIVENESS), ~0x5678u);
	ck_assert_uint_eq(kplug_read32(io, EDU_REGION, 1 << 20), ~0u); /* outside */
	OK(kplug_unmap(edu, EDU_REGION));
	ck_assert_int_eq(kplug_unmap(edu, EDU_REGION), -ENOTCONN);
	ck_assert_uint_eq(io->region[EDU_REGION].length, 0);
	ck_assert_uint_eq(kplug_read32(io, EDU_REGION, EDU_ID), get(edu, EDU_REGION, EDU_ID, 4));
}

TEST(region, map_of_memory)
{
	struct kplug *ivshmem = opened(IVSHMEM);
	const struct kplug_io *io = kplug_io_user(ivshmem);

	OK(kplug_map(ivshmem, KPLUG_ALL_REGIONS));
	for (unsigned int at = 0; at < 8192; at += 8)
		kplug_write64(io, IVSHMEM_MEMORY, at, at * 0x9e3779b97f4a7c15);
	for (unsigned int at = 0; at < 8192; at += 512)
		ck_assert_uint_eq(get(ivshmem, IVSHMEM_MEMORY, at, 8), at * 0x9e3779b97f4a7c15);
	OK(kplug_unmap(ivshmem, KPLUG_ALL_REGIONS));
}

static int map_error(struct kplug *k, size_t length, int protection, int flags, uint64_t offset)
{
	void *map = mmap(NULL, length, protection, flags, kplug_fd(k), offset);

	return map == MAP_FAILED ? -errno : munmap(map, length);
}

TEST(region, refused_maps)
{
	struct kplug *testdev, *restricted, *edu = opened(EDU1);
	const int rw = PROT_READ | PROT_WRITE;
	const size_t size = 1 << 20;

	OK(map_error(edu, size, rw, MAP_SHARED, 0));
	OK(map_error(edu, 4096, PROT_READ, MAP_SHARED, size - 4096));
	ck_assert_int_eq(map_error(edu, size, rw, MAP_PRIVATE, 0), -EINVAL);
	ck_assert_int_eq(map_error(edu, size, PROT_READ, MAP_PRIVATE, 0), -EINVAL);
	ck_assert_int_eq(map_error(edu, size + 4096, rw, MAP_SHARED, 0), -EINVAL);
	ck_assert_int_eq(map_error(edu, size, rw, MAP_SHARED, 4096), -EINVAL);
	ck_assert_int_eq(map_error(edu, 4096, rw, MAP_SHARED, size), -EINVAL);
	ck_assert_int_eq(map_error(edu, 4096, rw, MAP_SHARED, (1ull << 40) - 4096), -EINVAL);
	for (uint64_t region = 1; region < 8; region++)
		ck_assert_int_eq(map_error(edu, 4096, rw, MAP_SHARED, region << 40), -EINVAL);
	ck_assert_int_eq(map_error(edu, 4096, rw, MAP_SHARED, 15ull << 40), -EINVAL);
	ck_assert_int_eq(kplug_map(edu, 1), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_map(edu, KPLUG_MAX_REGIONS), -EINVAL);

	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(map_error(restricted, 4096, PROT_READ, MAP_SHARED, 0), -EPERM);
	kplug_close(restricted);
	kplug_close(edu);

	/* Ports cannot be mapped. */
	device_bind(TESTDEV);
	testdev = device_open_ring(TESTDEV, 0);
	ck_assert_int_eq(kplug_map(testdev, TESTDEV_PORTS), -EOPNOTSUPP);
	ck_assert_int_eq(map_error(testdev, 4096, rw, MAP_SHARED, 1ull << 40), -EINVAL);
	OK(kplug_map(testdev, KPLUG_ALL_REGIONS));
}

/* A mapping is an ordinary one: forked, dropped and faulted again, split; but not made longer. */
TEST(region, life_of_a_map, .smoke = true)
{
	struct kplug *edu = opened(EDU1);
	volatile uint32_t *map =
		mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(edu), 0);
	pid_t child;
	int status;

	ck_assert_ptr_ne((void *)map, MAP_FAILED);
	ck_assert_uint_eq(map[0] & EDU_ID_MASK, EDU_ID_VALUE);
	child = fork();
	if (!child)
		_exit((map[0] & EDU_ID_MASK) != EDU_ID_VALUE);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	madvise((void *)map, 4096, MADV_DONTNEED);
	ck_assert_uint_eq(map[0] & EDU_ID_MASK, EDU_ID_VALUE);
	ck_assert_ptr_eq(mremap((void *)map, 16384, 32768, MREMAP_MAYMOVE), MAP_FAILED);
	OK(munmap((char *)map + 4096, 4096));
	ck_assert_uint_eq(map[0] & EDU_ID_MASK, EDU_ID_VALUE);
	/* The client lives as long as its mappings. */
	kplug_close(edu);
	ck_assert_int_eq(objects_live("client"), 1);
	ck_assert_uint_eq(map[0] & EDU_ID_MASK, EDU_ID_VALUE);
	munmap((void *)map, 16384);
	objects_settle();
}
