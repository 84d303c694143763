// SPDX-License-Identifier: MIT
// Maps of parts of a region, and write combining.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct kplug *opened(const char *address)
{
	core_start();
	device_bind(address);
	return device_open_ring(address, 0);
}

TEST(map, ranges)
{
	struct kplug *ivshmem = opened(IVSHMEM);
	volatile void *first, *second, *bad;
	uint64_t value;

	OK(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 8192, &first));
	OK(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 4096, 4096, &second));
	((volatile uint32_t *)second)[3] = 0x12345678;
	ck_assert_uint_eq(((volatile uint32_t *)first)[1024 + 3], 0x12345678);
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 4096 + 12, 4, &value));
	ck_assert_uint_eq(value, 0x12345678);
	OK(kplug_unmap_range(ivshmem, first));
	ck_assert_int_eq(kplug_unmap_range(ivshmem, first), -EBADFD);
	ck_assert_uint_eq(((volatile uint32_t *)second)[3], 0x12345678);
	ck_assert_int_eq(kplug_unmap_range(ivshmem, NULL), -EBADFD);

	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 1, 4096, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 100, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 0, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, -4096ull, 8192, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 1ull << 40, 4096, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, 0, 0, 4096, &bad), -EOPNOTSUPP);	/* 256 bytes */
	ck_assert_int_eq(kplug_map_range(ivshmem, 5, 0, 4096, &bad), -EOPNOTSUPP);	/* nothing */
	ck_assert_int_eq(kplug_map_range(ivshmem, KPLUG_MAX_REGIONS, 0, 4096, &bad), -EINVAL);
	/* The last one goes with the device. */
	kplug_close(ivshmem);
	objects_settle();
}

/* What x86 says of the first page of the region: the types of all its maps have to agree. */
static bool kernel_says(const char *type)
{
	unsigned long start;
	char text[4096];

	/* Not every kernel tells. */
	if (!file_exists("/sys/kernel/debug/x86/pat_memtype_list"))
		return true;
	OK(file_read(text, sizeof(text), "/sys/bus/pci/devices/" IVSHMEM "/resource"));
	ck_assert_int_eq(sscanf(strchr(strchr(text, '\n') + 1, '\n') + 1, "%lx", &start), 1);
	return !run("grep -iq '0x0*%lx-.*\\|0x0*%lx .*\\|%s.*0x0*%lx' /sys/kernel/debug/x86/pat_memtype_list && "
		    "grep -i '%lx' /sys/kernel/debug/x86/pat_memtype_list | grep -q '%s'",
		    start, start, type, start, start, type);
}

static uint32_t flags_of(struct kplug *k, unsigned int region)
{
	struct kplug_region_info info;

	OK(kplug_region_info(k, region, &info));
	return info.out_flags;
}

TEST(map, write_combining)
{
	struct kplug *ivshmem = opened(IVSHMEM);
	volatile uint32_t *memory;
	volatile void *map;
	uint64_t value;

	ck_assert(!(flags_of(ivshmem, IVSHMEM_MEMORY) & KPLUG_REGION_WC));
	ck_assert(kernel_says("uncached-minus"));
	OK(kplug_access_write(ivshmem, IVSHMEM_MEMORY, 8, 4, 77));
	OK(kplug_set_caching(ivshmem, IVSHMEM_MEMORY, KPLUG_CACHING_WC));
	ck_assert(flags_of(ivshmem, IVSHMEM_MEMORY) & KPLUG_REGION_WC);
	ck_assert(kernel_says("write-combining"));
	OK(kplug_set_caching(ivshmem, IVSHMEM_MEMORY, KPLUG_CACHING_WC));
	/* It is the same memory, whoever looks. */
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 8, 4, &value));
	ck_assert_uint_eq(value, 77);
	OK(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 4096, &map));
	memory = map;
	memory[2] = 88;
	__sync_synchronize();
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 8, 4, &value));
	ck_assert_uint_eq(value, 88);

	/* Not under a program's feet. */
	ck_assert_int_eq(kplug_set_caching(ivshmem, IVSHMEM_MEMORY, KPLUG_CACHING_UC), -EBUSY);
	OK(kplug_unmap_range(ivshmem, map));
	OK(kplug_set_caching(ivshmem, IVSHMEM_MEMORY, KPLUG_CACHING_UC));
	ck_assert(!(flags_of(ivshmem, IVSHMEM_MEMORY) & KPLUG_REGION_WC));
	ck_assert(kernel_says("uncached-minus"));
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 8, 4, &value));
	ck_assert_uint_eq(value, 88);
}

TEST(map, refused_caching)
{
	struct kplug *edu, *ivshmem = opened(IVSHMEM);

	ck_assert_int_eq(kplug_set_caching(ivshmem, 0, KPLUG_CACHING_WC), -EINVAL);	/* not mappable */
	ck_assert_int_eq(kplug_set_caching(ivshmem, 5, KPLUG_CACHING_WC), -EINVAL);
	ck_assert_int_eq(kplug_set_caching(ivshmem, KPLUG_MAX_REGIONS, KPLUG_CACHING_WC), -EINVAL);
	ck_assert_int_eq(kplug_set_caching(ivshmem, ~0u, KPLUG_CACHING_WC), -EINVAL);
	ck_assert_int_eq(kplug_set_caching(ivshmem, IVSHMEM_MEMORY, 2), -EINVAL);
	kplug_close(ivshmem);

	device_bind(EDU1);
	edu = device_open(EDU1);
	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("recipe")), KPLUG_HANDLER_RECIPE);
	ck_assert_int_eq(kplug_set_caching(edu, EDU_REGION, KPLUG_CACHING_WC), -EBUSY);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_set_caching(edu, EDU_REGION, KPLUG_CACHING_WC), -EBUSY);
	OK(kplug_detach(edu, KPLUG_NO_VECTOR));
	OK(kplug_set_caching(edu, EDU_REGION, KPLUG_CACHING_WC));
	/* A handler finds the registers where they are now. */
	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("recipe")), KPLUG_HANDLER_RECIPE);
	OK(kplug_access_write(edu, EDU_REGION, EDU_IRQ_RAISE, 4, 3));
	ck_assert_int_eq(next_event(edu).data[0], 3);
}
