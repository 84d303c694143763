// SPDX-License-Identifier: MIT
// Every kind of memory of a program, pinned for a device that reads: the device finds the last
// write.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  4096u
#define HUGE  (2u << 20)
#define COUNT 2000u /* bytes of a transfer */

static struct kplug *edu;
static struct kplug_dma_buffer seen; /* what the device found */
static uint64_t seen_at;
static uint32_t mapped;

static uint64_t map(int fd, uint64_t offset, enum kplug_dma_direction direction)
{
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;

	OK(kplug_dma_map(edu, fd, offset, COUNT, direction, &mapping));
	OK(kplug_dma_segments(edu, mapping.id, 0, &segment, 1));
	mapped = mapping.id;
	return segment.address;
}

static void start(uint64_t source, uint64_t destination, uint32_t command)
{
	const struct kplug_io *io = kplug_io_user(edu);

	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, source);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, destination);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, COUNT);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | command);
	ck_assert(WAIT_UNTIL(!(kplug_read64(io, EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START),
			     10000));
}

/* The device must find this content there. */
static void check_device(uint64_t at, uint64_t seed)
{
	start(at, EDU_DMA_BUFFER, 0);
	start(EDU_DMA_BUFFER, seen_at, EDU_DMA_FROM_DEVICE);
	dma_check(seen.addr, COUNT, seed);
}

static void begin(void)
{
	core_start();
	edu = edu_open(EDU2, NULL);
	OK(kplug_dma_set_limits(edu, &(struct kplug_dma_limits){ .address_bits = 64 }));
	OK(kplug_dma_buffer_alloc(edu, PAGE, &seen));
	seen_at = map(seen.fd, 0, KPLUG_DMA_BOTH);
}

/* Otherwise it would go to quarantine, since the device knows its address. */
static void release(int fd)
{
	OK(kplug_dma_unmap(edu, mapped));
	close(fd);
}

static void *anonymous(size_t length, int flags)
{
	void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (memory == MAP_FAILED)
		test_skip("no memory of that kind");
	return memory;
}

/* A file with contents. */
static int file(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) : memfd_create("memory", 0);
	uint8_t content[PAGE];

	dma_fill(content, PAGE, 1);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, PAGE), PAGE);
	return fd;
}

static void *of_file(const char *path, int flags)
{
	int fd = file(path);
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	close(fd);
	return memory;
}

static void *huge(void)
{
	char *memory = anonymous(2 * HUGE, 0);

	memory += -(uintptr_t)memory % HUGE;
	madvise(memory, HUGE, MADV_HUGEPAGE);
	return memory + 5 * PAGE;
}

static void *huge_tlb(void)
{
	if (file_write("4", "/proc/sys/vm/nr_hugepages"))
		test_skip("this kernel has no huge pages of that kind");
	return anonymous(HUGE, MAP_HUGETLB);
}

static uint8_t data[2 * PAGE]
	__attribute__((aligned(PAGE))) = { 1 }; /* a private map of the program's file */

static void *memory_of(const char *kind)
{
	if (!strcmp(kind, "anonymous"))
		return anonymous(PAGE, 0);
	if (!strcmp(kind, "huge"))
		return huge();
	if (!strcmp(kind, "hugetlb"))
		return huge_tlb();
	if (!strcmp(kind, "data"))
		return data;
	if (!strcmp(kind, "memfd_shared"))
		return of_file(NULL, MAP_SHARED);
	if (!strcmp(kind, "memfd_private"))
		return of_file(NULL, MAP_PRIVATE);
	if (!strcmp(kind, "file_shared"))
		return of_file("/tmp/shared", MAP_SHARED);
	return of_file("/tmp/private", MAP_PRIVATE);
}

/* The page exists when it is pinned. */
static void touch(volatile uint8_t *memory, bool writes)
{
	if (writes)
		memory[7] = 3;
	else
		(void)memory[7];
}

static pid_t child_that_waits(void)
{
	pid_t child = fork();

	if (!child)
		for (;;)
			pause();
	return child;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

/* Pinned, then written twice; with a child before the pin, after it, or without one. */
static void check_pinned(void *memory, const char *child_when)
{
	pid_t child = !strcmp(child_when, "before") ? child_that_waits() : 0;
	uint64_t offset, at;
	int fd = kplug_dma_buffer_pin(edu, memory, COUNT, KPLUG_DMA_BUFFER_READ_ONLY, &offset);

	ck_assert_int_ge(fd, 0);
	at = map(fd, offset, KPLUG_DMA_TO_DEVICE);
	if (!strcmp(child_when, "after"))
		child = child_that_waits();
	dma_fill(memory, COUNT, 1000);
	check_device(at, 1000);
	if (child)
		end_child(child);
	dma_fill(memory, COUNT, 2000);
	check_device(at, 2000);
	release(fd);
}

#define KINDS                                                                             \
	VARIANTS("anonymous", "huge", "hugetlb", "data", "memfd_shared", "memfd_private", \
		 "file_shared", "file_private")

TEST(pinned, untouched, .variants = KINDS, .smoke = true)
{
	begin();
	check_pinned(memory_of(variant), "never");
}

/* New memory is the shared page of zeros. */
TEST(pinned, after_a_read, .variants = KINDS)
{
	void *memory;

	begin();
	memory = memory_of(variant);
	touch(memory, false);
	check_pinned(memory, "never");
}

TEST(pinned, after_a_write, .variants = KINDS)
{
	void *memory;

	begin();
	memory = memory_of(variant);
	touch(memory, true);
	check_pinned(memory, "never");
}

TEST(pinned, after_fork, .variants = KINDS)
{
	void *memory;

	begin();
	memory = memory_of(variant);
	touch(memory, true);
	check_pinned(memory, "before");
}

TEST(pinned, before_fork, .variants = KINDS)
{
	void *memory;

	begin();
	memory = memory_of(variant);
	touch(memory, true);
	check_pinned(memory, "after");
}

TEST(pinned, stack)
{
	uint8_t memory[PAGE] __attribute__((aligned(PAGE)));

	begin();
	check_pinned(memory, "never");
	check_pinned(memory, "before");
}

/* The program may write only after it has pinned. */
TEST(pinned, write_protected,
     .variants = VARIANTS("anonymous", "huge", "memfd_private", "file_private"))
{
	uint64_t offset, at;
	uint8_t *memory;
	int fd;

	begin();
	memory = memory_of(variant);
	OK(mprotect(memory, PAGE, PROT_READ));
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, memory, COUNT, 0, &offset), -EFAULT);
	fd = kplug_dma_buffer_pin(edu, memory, COUNT, KPLUG_DMA_BUFFER_READ_ONLY, &offset);
	ck_assert_int_ge(fd, 0);
	at = map(fd, offset, KPLUG_DMA_TO_DEVICE);
	if (strstr(variant, "private"))
		check_device(at, 1);
	OK(mprotect(memory, PAGE, PROT_READ | PROT_WRITE));
	dma_fill(memory, COUNT, 77);
	check_device(at, 77);
	release(fd);
}

/*
 * Another process writes what this program may only read; the pin neither changes the file nor
 * needs permission to.
 */
TEST(pinned, shared_to_read, .variants = VARIANTS("memfd", "file"))
{
	const char *path = !strcmp(variant, "file") ? "/tmp/shared" : NULL;
	uint8_t content[COUNT];
	uint64_t offset, at;
	void *memory;
	int fd, pinned;

	begin();
	fd = file(path);
	if (path) {
		close(fd);
		fd = open(path, O_RDONLY);
	}
	memory = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	pinned = kplug_dma_buffer_pin(edu, memory, COUNT, KPLUG_DMA_BUFFER_READ_ONLY, &offset);
	ck_assert_int_ge(pinned, 0);
	at = map(pinned, offset, KPLUG_DMA_TO_DEVICE);
	check_device(at, 1);
	if (path)
		fd = open(path, O_RDWR);
	dma_fill(content, COUNT, 88);
	ck_assert_int_eq(pwrite(fd, content, COUNT, 0), COUNT);
	check_device(at, 88);
	release(pinned);
	close(fd);
}

/* A buffer over several maps, each of its own kind. */
TEST(pinned, mixed)
{
	uint8_t *memory, *first;
	uint64_t offset;
	int fd, file_fd;
	void *map_of_it;

	begin();
	first = anonymous(3 * PAGE, 0);
	file_fd = file(NULL);
	ck_assert_ptr_eq(mmap(first + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file_fd, 0),
			 first + PAGE);
	fd = kplug_dma_buffer_pin(edu, first, 3 * PAGE, KPLUG_DMA_BUFFER_READ_ONLY, &offset);
	ck_assert_int_ge(fd, 0);
	memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file_fd, 0);
	dma_fill(first, PAGE, 5);
	dma_fill(memory, PAGE, 6);
	dma_fill(first + 2 * PAGE, PAGE, 7);
	map_of_it = mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map_of_it, MAP_FAILED);
	dma_check(map_of_it, PAGE, 5);
	dma_check((uint8_t *)map_of_it + PAGE, PAGE, 6);
	dma_check((uint8_t *)map_of_it + 2 * PAGE, PAGE, 7);
	close(fd);
}

/*
 * Longer than the machine's memory, and longer than any list of pages: an error, and no warning of
 * the kernel.
 */
TEST(pinned, too_long)
{
	static const uint64_t lengths[] = { 1ull << 30, 1ull << 40, 1ull << 44,
					    (1ull << 47) - 2 * PAGE };
	uint64_t offset;

	begin();
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		int err =
			kplug_dma_buffer_pin(edu, (void *)(uintptr_t)PAGE, lengths[i], 0, &offset);

		ck_assert(err == -ENOMEM || (i == 0 && err == -EFAULT));
	}
}
