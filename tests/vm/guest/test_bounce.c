// SPDX-License-Identifier: MIT
// Memory that the kernel copies for a device: with swiotlb=force, or beyond 4 GiB for a device with
// 32 bits of address.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u
#define KIB  1024u
#define MIB  (1024u * KIB)
#define HUGE (2 * MIB)

/* Its engine reaches any address; kplug assumes 32 bits until the limits are set. */
static struct kplug *opened(void)
{
	core_start();
	if (leg_is("iommu"))
		test_skip("with an IOMMU nothing is copied");
	if (!dma_copies() && (unsigned long long)sysconf(_SC_PHYS_PAGES) * PAGE < 5ull << 30)
		test_skip("this machine has no memory that the device does not reach");
	return edu_open(EDU2, NULL);
}

static void start(struct kplug *edu, uint64_t source, uint64_t destination, uint32_t count,
		  uint32_t command)
{
	const struct kplug_io *io = kplug_io_user(edu);

	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, source);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, destination);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, count);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | command);
	ck_assert(WAIT_UNTIL(!(kplug_read64(io, EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START),
			     10000));
}

/* The bus address of a byte of the mapping. */
static uint64_t bus_address(struct kplug *edu, const struct kplug_dma_mapping *mapping,
			    uint64_t offset)
{
	struct kplug_dma_segment segment = { 0 };

	for (uint32_t i = 0; i < mapping->num_segments; i++) {
		OK(kplug_dma_segments(edu, mapping->id, i, &segment, 1));
		ck_assert_uint_eq((segment.address + segment.length - 1) >> 32, 0);
		if (offset < segment.length)
			return segment.address + offset;
		offset -= segment.length;
	}
	ck_abort_msg("beyond the mapping");
}

static void *new_memory(size_t length, bool huge)
{
	char *memory = mmap(NULL, length + HUGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memory += -(uintptr_t)memory % HUGE;
	madvise(memory, length, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return memory;
}

/* Half a page from the first pages arrives in the last ones, and nowhere else. */
static void copy_far(struct kplug *edu, const struct kplug_dma_mapping *mapping, uint8_t *memory,
		     size_t length)
{
	const size_t from = 3 * PAGE + 100, to = length - 2 * PAGE + 300, count = PAGE / 2;

	dma_fill(memory, length, 6);
	OK(kplug_dma_sync(edu, mapping->id, KPLUG_DMA_SYNC_FOR_DEVICE, 0, 0));
	dma_fill(memory + from, count, 5 + from);
	OK(kplug_dma_sync(edu, mapping->id, KPLUG_DMA_SYNC_FOR_DEVICE, from, count));
	start(edu, bus_address(edu, mapping, from), EDU_DMA_BUFFER, count, 0);
	start(edu, EDU_DMA_BUFFER, bus_address(edu, mapping, to), count, EDU_DMA_FROM_DEVICE);
	OK(kplug_dma_sync(edu, mapping->id, KPLUG_DMA_SYNC_FOR_CPU, to, count));
	dma_check(memory + to, count, 5 + from);
	dma_check(memory, from, 6);
	dma_check(memory + from, count, 5 + from);
	dma_check(memory + from + count, to - from - count, 6 + from + count);
	dma_check(memory + to + count, length - to - count, 6 + to + count);
}

TEST(bounce, user_memory, .variants = VARIANTS("small_pages", "huge_pages"))
{
	const size_t length = 3 * MIB / 2;
	struct kplug *edu = opened();
	uint8_t *memory = new_memory(HUGE, !strcmp(variant, "huge_pages"));
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	int fd;

	memset(memory, 0, HUGE);
	fd = kplug_dma_buffer_pin(edu, memory, length, 0, &offset);
	ck_assert_int_ge(fd, 0);
	OK(kplug_dma_map(edu, fd, offset, length, KPLUG_DMA_BOTH, &mapping));
	copy_far(edu, &mapping, memory, length);
	OK(kplug_dma_unmap(edu, mapping.id));
	/* The rest of the page is unchanged. */
	dma_check(memory, 3 * PAGE, 6);
	dma_check(memory + 3 * PAGE + 100, PAGE / 2, 5 + 3 * PAGE + 100);
	close(fd);
	kplug_close(edu);
	objects_settle();
}

/* Longer than one piece of a copy. */
TEST(bounce, contiguous)
{
	struct kplug *edu = opened();

	for (size_t length = 64 * KIB; length <= 4 * MIB; length *= 4) {
		struct kplug_dma_buffer buffer;
		struct kplug_dma_mapping mapping;

		OK(kplug_dma_buffer_alloc(edu, length, &buffer));
		OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
		copy_far(edu, &mapping, buffer.addr, length);
		OK(kplug_dma_unmap(edu, mapping.id));
		kplug_dma_buffer_free(&buffer);
	}
	kplug_close(edu);
	objects_settle();
}

/* One direction: a program sees what the device writes after a sync of the dma-buf, too. */
TEST(bounce, dma_buf_sync)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct kplug *edu = opened();
	uint8_t *memory = new_memory(HUGE, false);
	struct kplug_dma_mapping to, from;
	uint64_t offset;
	int source, target;

	memset(memory, 0, HUGE);
	source = kplug_dma_buffer_pin(edu, memory, PAGE, KPLUG_DMA_BUFFER_READ_ONLY, &offset);
	target = kplug_dma_buffer_pin(edu, memory + PAGE, PAGE, 0, &offset);
	ck_assert_int_ge(source, 0);
	ck_assert_int_ge(target, 0);
	OK(kplug_dma_map(edu, source, 0, 0, KPLUG_DMA_TO_DEVICE, &to));
	OK(kplug_dma_map(edu, target, 0, 0, KPLUG_DMA_FROM_DEVICE, &from));
	OK(ioctl(source, DMA_BUF_IOCTL_SYNC, &sync));
	dma_fill(memory, PAGE, 31);
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	OK(ioctl(source, DMA_BUF_IOCTL_SYNC, &sync));
	start(edu, bus_address(edu, &to, 0), EDU_DMA_BUFFER, PAGE / 2, 0);
	start(edu, EDU_DMA_BUFFER, bus_address(edu, &from, 0), PAGE / 2, EDU_DMA_FROM_DEVICE);
	sync.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW;
	OK(ioctl(target, DMA_BUF_IOCTL_SYNC, &sync));
	dma_check(memory + PAGE, PAGE / 2, 31);
	/*
	 * Copies that a device still knows when its driver leaves are lost, and a debug kernel
	 * reports them.
	 */
	OK(kplug_dma_unmap(edu, to.id));
	OK(kplug_dma_unmap(edu, from.id));
	kplug_close(edu);
}

/* Maps until it fails; returns the number of mappings. */
static int map_until(struct kplug *k, int fd, int expected)
{
	struct kplug_dma_mapping mapping;
	int err, num = 0;

	if (kernel_is_debug())
		test_skip("the DMA API of a debug kernel reports pages that are mapped often");
	do
		err = kplug_dma_map(k, fd, 0, 0, KPLUG_DMA_BOTH, &mapping);
	while (!err && ++num < KPLUG_MAX_MAPPINGS);
	ck_assert_int_eq(err, expected);
	return num;
}

static int far_buffer(struct kplug *k, size_t length)
{
	uint8_t *memory = new_memory(HUGE, false);
	uint64_t offset;
	int fd;

	memset(memory, 1, HUGE);
	fd = kplug_dma_buffer_pin(k, memory, length, 0, &offset);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static unsigned long long copies(struct kplug *k)
{
	static const char name[] = "kplug-copies:\t";
	char text[4096];

	OK(file_read(text, sizeof(text), "/proc/self/fdinfo/%d", kplug_fd(k)));
	ck_assert_ptr_nonnull(strstr(text, name));
	return strtoull(strstr(text, name) + strlen(name), NULL, 10);
}

/* A client has its share, and leaves memory for copies to other clients. */
TEST(bounce, shares, .timeout = 60)
{
	struct kplug *edu = opened(), *second, *third, *disk;
	const int fd = far_buffer(edu, 256 * KIB), small = far_buffer(edu, PAGE);
	struct kplug_dma_mapping mapping;
	int num;

	num = map_until(edu, fd, -ENOSPC);
	ck_assert_int_gt(num, 4);
	/* Another client, and another device. */
	second = device_open(EDU2);
	OK(kplug_dma_map(second, small, 0, 0, KPLUG_DMA_BOTH, &mapping));
	device_bind(NVME);
	disk = device_open(NVME);
	OK(kplug_dma_map(disk, small, 0, 0, KPLUG_DMA_BOTH, &mapping));
	/* All clients together leave half to other drivers. */
	map_until(second, fd, -ENOSPC);
	third = device_open(EDU2);
	ck_assert_int_eq(map_until(third, fd, -ENOSPC), 0);
	kplug_close(second);
	/* The whole share comes back. */
	kplug_close(edu);
	edu = device_open(EDU2);
	ck_assert_int_eq(map_until(edu, fd, -ENOSPC), num);
	for (int id = 1; id <= num; id++)
		OK(kplug_dma_unmap(edu, id));
	ck_assert_uint_eq(copies(edu), 0);
	ck_assert_int_eq(map_until(edu, fd, -ENOSPC), num);
	kplug_close(third);
	kplug_close(disk);
	kplug_close(edu);
	device_unbind(NVME);
}

/* Dies with the same number of mappings, whose addresses it knows. */
static void die_with(const char *address, int fd, int num)
{
	struct kplug_dma_segment segment;
	struct kplug_dma_mapping mapping;
	int status;
	pid_t child = fork();

	if (!child) {
		struct kplug *k = device_open(address);

		for (int i = 0; i < num; i++) {
			OK(kplug_dma_map(k, fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
			OK(kplug_dma_segments(k, mapping.id, 0, &segment, 1));
		}
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(objects_live("quarantine"), num);
}

/*
 * Memory that a device may still use counts until the device is reset, also after a change of
 * limits.
 */
TEST(bounce, quarantine)
{
	struct kplug *edu = opened(), *keeper, *disk;
	const int fd = far_buffer(edu, 256 * KIB);
	int num, most;

	device_bind(NVME);
	keeper = device_open(NVME);
	disk = device_open(NVME);
	num = map_until(disk, fd, -ENOSPC);
	kplug_close(disk);
	ck_assert_int_gt(num, 4);
	die_with(NVME, fd, num);
	/* The rest of the share of all clients. */
	most = map_until(edu, fd, -ENOSPC);
	disk = device_open(NVME);
	ck_assert_int_lt(map_until(disk, fd, -ENOSPC) + most, 2 * num - 1);
	kplug_close(disk);
	OK(kplug_dma_set_limits(keeper, &(struct kplug_dma_limits){ .address_bits = 40 }));
	OK(kplug_dma_set_limits(keeper, &(struct kplug_dma_limits){ 0 }));
	OK(kplug_reset(keeper));
	ck_assert_int_eq(objects_live("quarantine"), 0);
	disk = device_open(NVME);
	ck_assert_int_eq(map_until(disk, fd, -ENOSPC), num);
	kplug_close(disk);
	kplug_close(keeper);
	kplug_close(edu);
	device_unbind(NVME);
}

/* A restricted client has less, also one that gave up its trust. */
TEST(bounce, restricted)
{
	struct kplug *edu = opened(), *trusted, *restricted;
	const int fd = far_buffer(edu, 256 * KIB);
	int num;

	if (!dma_copies())
		test_skip("the disk reaches all of memory");
	device_bind(NVME);
	OK(kplug_attach_permanent(NVME, "nvme"));
	trusted = device_open(NVME);
	num = map_until(trusted, fd, -ENOSPC);
	ck_assert_uint_eq(copies(trusted), num * 256ull * KIB);
	restricted = device_open_restricted(NVME);
	ck_assert_uint_eq(copies(restricted), 0);
	ck_assert_int_eq(map_until(restricted, fd, -ENOSPC), num / 2);
	kplug_close(restricted);
	/* Now it has the share of all restricted clients. */
	OK(kplug_restrict(trusted));
	ck_assert_int_eq(map_until(trusted, fd, -ENOSPC), 0);
	restricted = device_open_restricted(NVME);
	ck_assert_int_eq(map_until(restricted, fd, -ENOSPC), 0);
	ck_assert_int_gt(map_until(edu, fd, -ENOSPC), 0);
	kplug_close(trusted);
	ck_assert_int_eq(map_until(restricted, fd, -ENOSPC), num / 2);
	kplug_close(restricted);
	kplug_close(edu);
	OK(kplug_detach_permanent(NVME));
}
