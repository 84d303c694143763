// SPDX-License-Identifier: MIT
// Maps of parts of a region, and write combining.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
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
	ck_assert_int_eq(kplug_unmap_range(ivshmem, first), -ENOTCONN);
	ck_assert_uint_eq(((volatile uint32_t *)second)[3], 0x12345678);
	ck_assert_int_eq(kplug_unmap_range(ivshmem, NULL), -ENOTCONN);

	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 1, 4096, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 100, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 0, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, -4096ull, 8192, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 1ull << 40, 4096, &bad), -EINVAL);
	ck_assert_int_eq(kplug_map_range(ivshmem, 0, 0, 4096, &bad), -EOPNOTSUPP); /* 256 bytes */
	ck_assert_int_eq(kplug_map_range(ivshmem, 5, 0, 4096, &bad), -EOPNOTSUPP); /* nothing */
	ck_assert_int_eq(kplug_map_range(ivshmem, KPLUG_MAX_REGIONS, 0, 4096, &bad), -EINVAL);
	/* The last one goes with the device. */
	kplug_close(ivshmem);
	objects_settle();
}

/* The memory type of the first page of the region on x86: all its maps must have the same. */
static bool kernel_says(const char *type)
{
	unsigned long start;
	char text[4096];

	/* Not every kernel reports it. */
	if (!file_exists("/sys/kernel/debug/x86/pat_memtype_list"))
		return true;
	OK(file_read(text, sizeof(text), "/sys/bus/pci/devices/" IVSHMEM "/resource"));
	ck_assert_int_eq(sscanf(strchr(strchr(text, '\n') + 1, '\n') + 1, "%lx", &start), 1);
	return !run(
		"grep -iq '0x0*%lx-.*\\|0x0*%lx .*\\|%s.*0x0*%lx' /sys/kernel/debug/x86/pat_memtype_list && "
		"grep -i '%lx' /sys/kernel/debug/x86/pat_memtype_list | grep -q '%s'",
		start, start, type, start, start, type);
}

static uint32_t flags_of(struct kplug *k, unsigned int region)
{
	struct kplug_region_info info;

	OK(kplug_region_info(k, region, &info));
	return info.out_flags;
}

TEST(map, write_combining, .smoke = true)
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
	/* Both maps show the same memory. */
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 8, 4, &value));
	ck_assert_uint_eq(value, 77);
	OK(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 0, 4096, &map));
	memory = map;
	memory[2] = 88;
	__sync_synchronize();
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 8, 4, &value));
	ck_assert_uint_eq(value, 88);

	/* Not while a program has it mapped. */
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

	ck_assert_int_eq(kplug_set_caching(ivshmem, 0, KPLUG_CACHING_WC),
			 -EINVAL); /* not mappable */
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
	/* A handler uses the new map. */
	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("recipe")), KPLUG_HANDLER_RECIPE);
	OK(kplug_access_write(edu, EDU_REGION, EDU_IRQ_RAISE, 4, 3));
	ck_assert_int_eq(next_event(edu).data[0], 3);
}

static long page_faults(void)
{
	struct rusage usage;

	OK(getrusage(RUSAGE_THREAD, &usage));
	return usage.ru_minflt;
}

static void read_words(const volatile void *map, uint64_t length, uint64_t step)
{
	for (uint64_t at = 0; at < length; at += step)
		(void)*(const volatile uint32_t *)((const volatile char *)map + at);
}

/* The number of page faults to read one word in each @step bytes. */
static long faults_of(const volatile void *map, uint64_t length, uint64_t step)
{
	const uint32_t word = 0;
	long before;

	/* The faults of this code itself do not count. */
	read_words(&word, sizeof(word), sizeof(word));
	before = page_faults();
	read_words(map, length, step);
	return page_faults() - before;
}

static volatile void *map_buffer(struct kplug *k, unsigned int region, uint64_t length)
{
	struct kplug_dma_buffer_make buffer = {
		.size = sizeof(buffer),
		.source = KPLUG_DMA_BUFFER_REGION,
		.region = region,
		.length = length,
	};
	void *map;

	OK(command(k, KPLUG_DMA_BUFFER, &buffer));
	map = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, buffer.out_fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	close(buffer.out_fd);
	return map;
}

static volatile void *map_whole(struct kplug *k, const char *how, unsigned int region,
				uint64_t length)
{
	volatile void *map;

	if (!strcmp(how, "buffer"))
		return map_buffer(k, region, length);
	OK(kplug_map_range(k, region, 0, length, &map));
	return map;
}

#define IVSHMEM_LENGTH (1 << 20)

/* A fault maps the pages around it too, each at the right address. */
TEST(map, few_faults, .variants = VARIANTS("region", "buffer"))
{
	struct kplug *ivshmem = opened(IVSHMEM);
	volatile uint32_t *map;

	for (uint64_t at = 0; at < IVSHMEM_LENGTH; at += 4096)
		OK(kplug_access_write(ivshmem, IVSHMEM_MEMORY, at, 4, at / 4096 + 1));
	map = map_whole(ivshmem, variant, IVSHMEM_MEMORY, IVSHMEM_LENGTH);
	/* Two where the map crosses from one page table to the next. */
	ck_assert_int_le(faults_of(map, IVSHMEM_LENGTH, 4096), 2);
	for (size_t page = 0; page < IVSHMEM_LENGTH / 4096; page++)
		ck_assert_uint_eq(map[page * 1024], page + 1);
	device_unbind(IVSHMEM);
	for (size_t page = 0; page < IVSHMEM_LENGTH / 4096; page++)
		ck_assert_uint_eq(map[page * 1024], ~0u);
	kplug_close(ivshmem);
}

/* Reads and writes of a debugger. */
static ssize_t peek(int memory, volatile void *from, void *to, size_t length)
{
	ssize_t done = pread(memory, to, length, (off_t)(uintptr_t)from);

	return done < 0 ? -errno : done;
}

static ssize_t poke(int memory, volatile void *to, const void *from, size_t length)
{
	ssize_t done = pwrite(memory, from, length, (off_t)(uintptr_t)to);

	return done < 0 ? -errno : done;
}

TEST(map, debugger, .variants = VARIANTS("region", "buffer"))
{
	struct kplug *ivshmem = opened(IVSHMEM);
	volatile uint8_t *map = map_whole(ivshmem, variant, IVSHMEM_MEMORY, 8192);
	const int memory = open("/proc/self/mem", O_RDWR);
	uint8_t bytes[64], seen[64];

	ck_assert_int_ge(memory, 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37 + 1;
	/* Any place and length, also in pages that the program has not touched. */
	for (unsigned int place = 4096 - 40; place < 4096 + 8; place++) {
		ck_assert_int_eq(poke(memory, map + place, bytes, 33), 33);
		for (unsigned int i = 0; i < 33; i++)
			ck_assert_uint_eq(map[place + i], bytes[i]);
		ck_assert_int_eq(peek(memory, map + place, seen, 33), 33);
		ck_assert_mem_eq(seen, bytes, 33);
	}
	/* No more than the program may, and not beyond the end. */
	OK(mprotect((void *)map, 8192, PROT_READ));
	ck_assert_int_eq(poke(memory, map, bytes, 4), -EIO);
	ck_assert_int_eq(peek(memory, map + 8188, seen, 4), 4);
	OK(mprotect((void *)map, 8192, PROT_NONE));
	ck_assert_int_eq(peek(memory, map, seen, 4), -EIO);
	OK(mprotect((void *)map, 8192, PROT_READ | PROT_WRITE));
	device_unbind(IVSHMEM);
	ck_assert_int_eq(peek(memory, map, seen, 4), 4);
	ck_assert_mem_eq(seen, "\xff\xff\xff\xff", 4);
	ck_assert_int_eq(poke(memory, map, bytes, 4), 4);
	close(memory);
	kplug_close(ivshmem);
}

/* Reads 32-bit registers by 32-bit accesses: edu supports no others. */
TEST(map, debugger_reads_registers)
{
	struct kplug *edu = opened(EDU1);
	const int memory = open("/proc/self/mem", O_RDWR);
	uint32_t words[2] = { 0, 5 };
	volatile void *map;

	OK(kplug_map_range(edu, EDU_REGION, 0, 4096, &map));
	ck_assert_int_eq(poke(memory, (volatile char *)map + EDU_LIVENESS, &words[1], 4), 4);
	ck_assert_int_eq(peek(memory, map, words, 8), 8);
	ck_assert_uint_eq(words[EDU_ID / 4] & EDU_ID_MASK, EDU_ID_VALUE);
	ck_assert_uint_eq(words[EDU_LIVENESS / 4], ~5u);
	close(memory);
	kplug_close(edu);
	objects_settle();
}

#define MIB (1ull << 20)
#define GIB (1ull << 30)

/* The device of the leg with bar=MB. */
static struct kplug *large_open(char address[PCI_ADDRESS_SIZE], uint64_t *length)
{
	struct kplug_region_info info;
	struct kplug *k;

	if (!pci_find(IVSHMEM_VENDOR_ID, IVSHMEM_DEVICE_ID, 1, address))
		test_skip("this machine has no device with a large region");
	k = opened(address);
	OK(kplug_region_info(k, IVSHMEM_MEMORY, &info));
	*length = info.out_length;
	ck_assert_uint_ge(*length, GIB);
	return k;
}

/*
 * Large pages where the kernel supports them for registers; else as many small pages as a page
 * table holds.
 */
TEST(large, few_faults)
{
	char address[PCI_ADDRESS_SIZE];
	volatile void *map;
	uint64_t length;
	struct kplug *k = large_open(address, &length);

	OK(kplug_map_range(k, IVSHMEM_MEMORY, 0, length, &map));
	ck_assert_int_le(faults_of(map, 64 * MIB, 4096), 64 / 2 + 1);
	ck_assert_int_le(faults_of(map, length, 4 * MIB), length / (4 * MIB));
	/* A large page, or the pages of a page table, are mapped as a whole. */
	ck_assert_int_le(faults_of(map, length, MIB), length / (4 * MIB) + 1);
	ck_assert_int_eq(faults_of(map, length, MIB / 2), 0);
	kplug_close(k);
	objects_settle();
}

static const uint64_t places[] = { 0,         4096,   2 * MIB - 4096, 2 * MIB, 5 * MIB + 12,
				   512 * MIB, GIB - 8 };

static void check_places(struct kplug *k, volatile char *map, uint64_t base)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		*(volatile uint32_t *)(map + places[i]) = i + 100;
		OK(kplug_access_read(k, IVSHMEM_MEMORY, base + places[i], 4, &value));
		ck_assert_uint_eq(value, i + 100);
		OK(kplug_access_write(k, IVSHMEM_MEMORY, base + places[i], 4, i + 7));
		ck_assert_uint_eq(*(volatile uint32_t *)(map + places[i]), i + 7);
	}
}

/*
 * Each address is right wherever the large pages begin; parts can be unmapped; all end with the
 * device.
 */
TEST(large, pages, .variants = VARIANTS("0", "4096", "2097152"))
{
	const uint64_t base = strtoull(variant, NULL, 0);
	char address[PCI_ADDRESS_SIZE];
	uint64_t length, value;
	struct kplug *k = large_open(address, &length);
	volatile void *addr;
	volatile char *map;
	char *moved;
	pid_t child;
	int status;

	OK(kplug_map_range(k, IVSHMEM_MEMORY, base, length - base, &addr));
	map = addr;
	check_places(k, map, base);
	child = fork();
	if (!child)
		_exit(*(volatile uint32_t *)(map + 2 * MIB) != 3 + 7);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	OK(mprotect((void *)(map + 4 * MIB), 4096, PROT_READ));
	OK(munmap((char *)map + 8 * MIB, 4096));
	OK(mprotect((void *)map, 4 * MIB, PROT_READ));
	OK(mprotect((void *)map, 4 * MIB, PROT_READ | PROT_WRITE));
	check_places(k, map, base);
	OK(kplug_access_read(k, IVSHMEM_MEMORY, base + 4 * MIB, 4, &value));
	ck_assert_uint_eq(*(volatile uint32_t *)(map + 4 * MIB), value);
	/* Moves a part to an address where no large page fits. */
	OK(kplug_access_write(k, IVSHMEM_MEMORY, base + 16 * MIB, 4, 1616));
	ck_assert_uint_eq(*(volatile uint32_t *)(map + 16 * MIB), 1616);
	moved = mmap(NULL, 5 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(moved, MAP_FAILED);
	moved = mremap((char *)map + 16 * MIB, 4 * MIB, 4 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED,
		       moved + 4096);
	ck_assert_ptr_ne(moved, MAP_FAILED);
	ck_assert_uint_eq(*(volatile uint32_t *)moved, 1616);
	device_unbind(address);
	ck_assert_uint_eq(*(volatile uint32_t *)moved, ~0u);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		ck_assert_uint_eq(*(volatile uint32_t *)(map + places[i]), ~0u);
	kplug_close(k);
}
