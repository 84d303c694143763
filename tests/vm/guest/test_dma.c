// SPDX-License-Identifier: MIT
// Buffers: made, pinned, imported, shared; reached by the device; and gone with their last holder.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/pci_regs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096u
#define MARGIN 64 /* bytes around a transfer that must stay as they are */

/* A device whose engine reaches the core's buffers. */
static const char *reaching(void)
{
	return dma_copies() ? EDU2 : EDU1;
}

static uint32_t bits_of(const char *address)
{
	return !strcmp(address, EDU2) ? 64 : EDU_DMA_BITS;
}

static struct kplug *opened(const char *address)
{
	const struct kplug_dma_limits limits = { .address_bits = bits_of(address) };
	struct kplug *edu;

	core_start();
	edu = edu_open(address, NULL);
	OK(kplug_dma_set_limits(edu, &limits));
	return edu;
}

static void edu_write64(struct kplug *edu, uint64_t offset, uint64_t value)
{
	kplug_write64(kplug_io_user(edu), EDU_REGION, offset, value);
}

/* Its engine moves up to 4 KiB between the bus and its own buffer; it takes a tenth of a second. */
static void start(struct kplug *edu, uint64_t source, uint64_t destination, uint32_t count,
		  uint32_t command)
{
	edu_write64(edu, EDU_DMA_SOURCE, source);
	edu_write64(edu, EDU_DMA_DESTINATION, destination);
	edu_write64(edu, EDU_DMA_COUNT, count);
	edu_write64(edu, EDU_DMA_COMMAND, EDU_DMA_START | command);
}

static bool idle(struct kplug *edu)
{
	return !(kplug_read64(kplug_io_user(edu), EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START);
}

static void to_device(struct kplug *edu, uint64_t bus, uint32_t count)
{
	start(edu, bus, EDU_DMA_BUFFER, count, 0);
	ck_assert(WAIT_UNTIL(idle(edu), 10000));
}

static void from_device(struct kplug *edu, uint64_t bus, uint32_t count)
{
	start(edu, EDU_DMA_BUFFER, bus, count, EDU_DMA_FROM_DEVICE);
	ck_assert(WAIT_UNTIL(idle(edu), 10000));
}

static bool is_master(const char *address)
{
	return pci_command_register(address) & PCI_COMMAND_MASTER;
}

static struct kplug_dma_segment first_segment(struct kplug *k,
					      const struct kplug_dma_mapping *mapping)
{
	struct kplug_dma_segment segment;

	OK(kplug_dma_segments(k, mapping->id, 0, &segment, 1));
	return segment;
}

/* There and back, with no change beside it. */
TEST(dma, contiguous)
{
	const char *address = reaching();
	struct kplug *edu = opened(address);
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	uint8_t *memory;

	OK(kplug_dma_buffer_alloc(edu, 300000, &buffer));
	ck_assert_uint_eq(buffer.length, 74 * PAGE);
	memory = buffer.addr;
	dma_check_all(memory, buffer.length, 0);
	ck_assert(!is_master(address));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert(is_master(address));
	segment = first_segment(edu, &mapping);
	/* A copy is in pieces of 256 KiB. */
	if (!dma_copies())
		ck_assert_uint_eq(mapping.num_segments, 1);
	if (mapping.num_segments != 1)
		test_skip("the copies do not follow each other");
	ck_assert_uint_eq(segment.length, buffer.length);
	if (!dma_copies())
		ck_assert_uint_eq((segment.address + segment.length - 1) >> EDU_DMA_BITS, 0);

	dma_fill(memory, buffer.length, 0);
	for (uint32_t count = 1; count < EDU_DMA_BUFFER_SIZE; count = count * 5 + 1) {
		const uint64_t from = 5 * PAGE + count, to = 250000 + count;

		OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_DEVICE, 0, 0));
		to_device(edu, segment.address + from, count);
		from_device(edu, segment.address + to, count);
		OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, to, count));
		dma_check(memory + to, count, from);
		dma_check(memory + to - MARGIN, MARGIN, to - MARGIN);
		dma_check(memory + to + count, MARGIN, to + count);
		dma_fill(memory + to, count, to);
	}
	dma_check(memory, buffer.length, 0);
	OK(kplug_dma_unmap(edu, mapping.id));
	ck_assert(!is_master(address));
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}

/* Memory without a sync. */
TEST(dma, coherent)
{
	struct kplug *edu = opened(reaching());
	struct kplug_dma_buffer_make made = { .size = sizeof(made),
					      .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
					      .length = PAGE };
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	uint64_t address, offset;

	if (dma_copies() || getenv("KPLUG_NONCOHERENT")) {
		ck_assert_int_eq(kplug_dma_buffer_alloc_coherent(edu, PAGE, &buffer), -EOPNOTSUPP);
		return;
	}
	OK(kplug_dma_buffer_alloc_coherent(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	address = first_segment(edu, &mapping).address;
	dma_fill(buffer.addr, PAGE, 9);
	to_device(edu, address, PAGE / 2);
	from_device(edu, address + PAGE / 2, PAGE / 2);
	dma_check(buffer.addr, PAGE / 2, 9);
	dma_check((uint8_t *)buffer.addr + PAGE / 2, PAGE / 2, 9);
	kplug_dma_buffer_free(&buffer);
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, &mapping, sizeof(mapping),
					      KPLUG_DMA_BUFFER_COHERENT, &offset),
			 -EOPNOTSUPP);
	made.flags = KPLUG_DMA_BUFFER_COHERENT | KPLUG_DMA_BUFFER_READ_ONLY;
	ck_assert_int_eq(command(edu, KPLUG_DMA_BUFFER, &made), -EOPNOTSUPP);
	kplug_close(edu);
	objects_settle();
}

/* The memory of a program, of any size and anywhere in its pages. */
TEST(dma, user_memory)
{
	const size_t length = 1000000, skip = 123;
	struct kplug *edu = opened(EDU2);
	uint8_t *memory = malloc(length + skip + PAGE), *from = memory + skip;
	struct kplug_dma_segment *segments;
	struct kplug_dma_mapping mapping;
	uint64_t offset, total = 0;
	int fd;

	memset(memory, 0, length + skip + PAGE);
	dma_fill(from, length, 7);
	fd = kplug_dma_buffer_pin(edu, from, length, 0, &offset);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(offset, (uintptr_t)from % PAGE);
	OK(kplug_dma_map(edu, fd, offset, length, KPLUG_DMA_BOTH, &mapping));
	/* The mapping keeps the memory. */
	close(fd);
	segments = calloc(mapping.num_segments, sizeof(*segments));
	OK(kplug_dma_segments(edu, mapping.id, 0, segments, mapping.num_segments));
	for (uint32_t i = 0; i < mapping.num_segments; i++) {
		uint32_t count = (uint32_t)(segments[i].length < 100 ? segments[i].length : 100);

		/* Copies the first bytes to the last ones. */
		if (i % (mapping.num_segments / 8 + 1) == 0) {
			OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_DEVICE, total,
					  segments[i].length));
			to_device(edu, segments[i].address, count);
			from_device(edu, segments[i].address + segments[i].length - count, count);
			OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, total,
					  segments[i].length));
			dma_check(from + total + segments[i].length - count, count, 7 + total);
			dma_fill(from + total + segments[i].length - count, count,
				 7 + total + segments[i].length - count);
			OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_DEVICE, total,
					  segments[i].length));
		}
		if (i)
			ck_assert_uint_ne(segments[i - 1].address + segments[i - 1].length,
					  segments[i].address);
		total += segments[i].length;
	}
	ck_assert_uint_eq(total, length);
	dma_check(from, length, 7);
	dma_check_all(memory, skip, 0);
	free(segments);
	kplug_close(edu);
	objects_settle();
	dma_check(from, length, 7);
	free(memory);
}

/*
 * A buffer that the device only reads cannot be written by the device, nor through the descriptor.
 */
TEST(dma, read_only_memory)
{
	struct kplug *edu = opened(EDU2);
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	void *map;
	int fd;

	dma_fill(memory, PAGE, 0);
	OK(mprotect(memory, PAGE, PROT_READ));
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, memory, PAGE, 0, &offset), -EFAULT);
	fd = kplug_dma_buffer_pin(edu, memory, PAGE, KPLUG_DMA_BUFFER_READ_ONLY, &offset);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_FROM_DEVICE, &mapping),
			 -EOPNOTSUPP);
	OK(kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_TO_DEVICE, &mapping));
	to_device(edu, first_segment(edu, &mapping).address, PAGE / 2);
	ck_assert_ptr_eq(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	dma_check(map, PAGE, 0);
	ck_assert_int_lt(mprotect(map, PAGE, PROT_READ | PROT_WRITE), 0);
	close(fd);
	kplug_close(edu);
}

/* A buffer outlives its device and its maker, and others see the same bytes. */
TEST(dma, shared_and_outlived, .smoke = true, .variants = VARIANTS("contiguous", "user"))
{
	struct kplug *edu = opened(EDU2);
	uint8_t *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0),
		*map;
	struct kplug_dma_buffer buffer = { .fd = -1 };
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	int status, fd;
	pid_t child;

	if (!strcmp(variant, "user")) {
		fd = kplug_dma_buffer_pin(edu, memory, 4 * PAGE, 0, &offset);
		ck_assert_int_ge(fd, 0);
	} else {
		OK(kplug_dma_buffer_alloc(edu, 4 * PAGE, &buffer));
		memory = buffer.addr;
		fd = buffer.fd;
	}
	OK(kplug_dma_map(edu, fd, PAGE, PAGE, KPLUG_DMA_BOTH, &mapping));
	OK(ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
	dma_fill(memory, 4 * PAGE, 3);
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	OK(ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
	to_device(edu, first_segment(edu, &mapping).address, PAGE / 2);
	device_unbind(EDU2);
	ck_assert_int_eq(kplug_dma_unmap(edu, mapping.id), -ENODEV);
	ck_assert_int_eq(kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -ENODEV);
	kplug_close(edu);
	ck_assert_int_eq(objects_live("mapping"), 0);
	ck_assert_int_eq(objects_live("buffer"), 1);

	child = fork();
	if (!child) {
		map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED || map[PAGE] != dma_byte(3 + PAGE))
			_exit(1);
		map[5] = (uint8_t)~map[5];
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	ck_assert_int_eq(map[5], (uint8_t)~dma_byte(3 + 5));
	close(fd);
	ck_assert_int_eq(objects_live("buffer"), 1);
	dma_check(map + 6, 4 * PAGE - 6, 3 + 6);
	OK(munmap(map, 4 * PAGE));
	if (buffer.addr)
		OK(munmap(buffer.addr, buffer.length));
	objects_settle();
	device_bind(EDU2);
}

static int of_dma_heap(size_t length)
{
	struct dma_heap_allocation_data data = { .len = length, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR);

	if (heap < 0)
		test_skip("this kernel has no DMA heaps");
	OK(ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data));
	close(heap);
	return (int)data.fd;
}

TEST(dma, imported, .smoke = true, .variants = VARIANTS("udmabuf", "dma_heap"))
{
	int fd = !strcmp(variant, "udmabuf") ? dma_udmabuf(8 * PAGE) : of_dma_heap(8 * PAGE);
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	struct kplug *edu;
	uint8_t *memory;

	ck_assert_int_ge(fd, 0);
	edu = opened(EDU2);
	memory = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	dma_fill(memory, 8 * PAGE, 11);
	OK(kplug_dma_map(edu, fd, 3 * PAGE + 8, 100, KPLUG_DMA_BOTH, &mapping));
	close(fd);
	segment = first_segment(edu, &mapping);
	ck_assert_uint_eq(segment.length, 100);
	OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_DEVICE, 0, 0));
	to_device(edu, segment.address, 50);
	from_device(edu, segment.address + 50, 50);
	OK(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, 0, 0));
	dma_check(memory + 3 * PAGE + 8 + 50, 50, 11 + 3 * PAGE + 8);
	dma_check(memory, 3 * PAGE + 8 + 50, 11);
	dma_check(memory + 3 * PAGE + 108, 5 * PAGE - 108, 11 + 3 * PAGE + 108);
	kplug_close(edu);
}

/* Killed in the middle: no mastery, and the memory stays. */
TEST(dma, killed, .smoke = true)
{
	const char *address = reaching();
	struct kplug *other;
	int status;

	core_start();
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child) {
			struct kplug *edu = edu_open(address, NULL);
			struct kplug_dma_buffer buffer;
			struct kplug_dma_mapping mapping;

			OK(kplug_dma_set_limits(edu, &(struct kplug_dma_limits){
							     .address_bits = bits_of(address) }));
			OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
			/* With mastery now, the last transfer would write to freed memory. */
			ck_assert(WAIT_UNTIL(idle(edu), 10000));
			OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
			start(edu, EDU_DMA_BUFFER, first_segment(edu, &mapping).address, PAGE / 2,
			      EDU_DMA_FROM_DEVICE);
			raise(SIGKILL);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ck_assert(!is_master(address));
		/* There is no reset: what the device may still write stays. */
		ck_assert_int_eq(objects_live("quarantine"), i + 1);
	}
	/* Its last transfer may still be under way. */
	other = edu_open(address, NULL);
	ck_assert(WAIT_UNTIL(idle(other), 10000));
}

/* The mapping and interrupts of another client go on. */
TEST(dma, mastery_of_others)
{
	const char *address = reaching();
	struct kplug *edu = opened(address), *other = edu_open(address, NULL);
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping first, second;

	OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &first));
	OK(kplug_dma_map(other, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &second));
	ck_assert_int_eq(kplug_dma_unmap(other, 77), -ENOENT);
	ck_assert_int_eq(kplug_dma_unmap(other, 0), -ENOENT);
	OK(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0) != 1);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	edu_check_interrupt(edu, 1);
	kplug_close(other);
	ck_assert(is_master(address));
	edu_check_interrupt(edu, 2);
	OK(kplug_detach(edu, 0));
	ck_assert(is_master(address));
	to_device(edu, first_segment(edu, &first).address, 16);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	OK(kplug_dma_unmap(edu, first.id));
	edu_check_interrupt(edu, 4);
	OK(kplug_detach(edu, 0));
	ck_assert(!is_master(address));
	kplug_dma_buffer_free(&buffer);
}

TEST(dma, limits)
{
	struct kplug *edu = opened(reaching());
	struct kplug_dma_limits limits = { .address_bits = bits_of(reaching()),
					   .max_segment = 2 * PAGE };
	struct kplug_dma_segment segments[8];
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;

	OK(kplug_dma_set_limits(edu, &limits));
	OK(kplug_dma_buffer_alloc(edu, 5 * PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert_uint_eq(mapping.num_segments, 3);
	OK(kplug_dma_segments(edu, mapping.id, 0, segments, 3));
	ck_assert_uint_eq(segments[0].length, 2 * PAGE);
	ck_assert_uint_eq(segments[1].length, 2 * PAGE);
	ck_assert_uint_eq(segments[2].length, PAGE);
	OK(kplug_dma_segments(edu, mapping.id, 2, segments + 5, 1));
	ck_assert_uint_eq(segments[5].address, segments[2].address);
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id, 2, segments, 2), -EINVAL);
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id, 3, segments, 1), -EINVAL);
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id, 0, segments, 0), -EINVAL);
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id, ~0u, segments, ~0u), -EINVAL);
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id + 1, 0, segments, 1), -ENOENT);
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id, 0, (void *)8, 1), -EFAULT);

	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EBUSY);
	OK(kplug_dma_unmap(edu, mapping.id));
	ck_assert_int_eq(kplug_dma_unmap(edu, mapping.id), -ENOENT);
	limits.max_segment = 100;
	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EINVAL);
	limits = (struct kplug_dma_limits){ .address_bits = 65 };
	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EINVAL);
	limits = (struct kplug_dma_limits){ .boundary = 3 * PAGE };
	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EINVAL);
	limits = (struct kplug_dma_limits){ .flags = 1 };
	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EOPNOTSUPP);
	kplug_dma_buffer_free(&buffer);
	/* A plugin knows its device. */
	OK(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin) != KPLUG_HANDLER_PLUGIN);
	limits = (struct kplug_dma_limits){ 0 };
	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EBUSY);
}

/* Also in memory that follows itself across one. */
TEST(dma, boundary)
{
	const char *address = reaching();
	const struct kplug_dma_limits limits = { .address_bits = bits_of(address),
						 .boundary = 2 * PAGE };
	struct kplug *edu = opened(address);
	struct kplug_dma_segment segments[8];
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	uint64_t total = 0;

	OK(kplug_dma_set_limits(edu, &limits));
	OK(kplug_dma_buffer_alloc(edu, 7 * PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert_uint_ge(mapping.num_segments, 4);
	ck_assert_uint_le(mapping.num_segments, 7);
	OK(kplug_dma_segments(edu, mapping.id, 0, segments, mapping.num_segments));
	for (uint32_t i = 0; i < mapping.num_segments; i++) {
		ck_assert_uint_eq(segments[i].address / (2 * PAGE),
				  (segments[i].address + segments[i].length - 1) / (2 * PAGE));
		total += segments[i].length;
	}
	ck_assert_uint_eq(total, 7 * PAGE);
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
}

TEST(dma, refused)
{
	const char *address = reaching();
	struct kplug *edu = opened(address), *restricted = device_open_restricted(address), *null;
	const int file = open("/proc/self/exe", O_RDONLY);
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_sync sync = { .size = sizeof(sync) };
	char memory[PAGE];
	uint64_t offset;

	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, 0, &buffer), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, SIZE_MAX / 2 + 1, &buffer), -ENOMEM);
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, SIZE_MAX, &buffer), -ENOMEM);
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, memory, 0, 0, &offset), -EINVAL);
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, memory, 1, 2, &offset), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, NULL, PAGE, 0, &offset), -EFAULT);
	/* Of 32 bits: within the addresses of a process, but more memory than there is. */
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, memory, SIZE_MAX, 0, &offset),
			 SIZE_MAX == UINT32_MAX ? -ENOMEM : -EFAULT);
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, (void *)0xffff888000000000, PAGE, 0, &offset),
			 -EFAULT);
	ck_assert_int_eq(kplug_dma_buffer_alloc(restricted, PAGE, &buffer), -EPERM);
	ck_assert_int_eq(kplug_dma_buffer_pin(restricted, memory, PAGE, 0, &offset), -EPERM);

	OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
	ck_assert_int_eq(kplug_dma_map(restricted, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping),
			 -EPERM);
	ck_assert_int_eq(kplug_dma_map(edu, -1, 0, 0, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, file, 0, 0, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, PAGE, 0, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, 1, PAGE, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, ~0ull, 2, KPLUG_DMA_BOTH, &mapping),
			 -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, 0, 0, 3, &mapping), -EINVAL);
	ck_assert(!is_master(address));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	sync.id = mapping.id;
	ck_assert_int_eq(command(edu, KPLUG_DMA_SYNC, &sync), -EINVAL);
	sync.sync_for = KPLUG_DMA_SYNC_FOR_CPU;
	OK(command(edu, KPLUG_DMA_SYNC, &sync));
	sync.flags = 1;
	ck_assert_int_eq(command(edu, KPLUG_DMA_SYNC, &sync), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, PAGE, 0), -EINVAL);
	ck_assert_int_eq(kplug_dma_sync(edu, mapping.id, KPLUG_DMA_SYNC_FOR_CPU, 1, PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_sync(edu, mapping.id + 1, KPLUG_DMA_SYNC_FOR_CPU, 0, 0),
			 -ENOENT);
	kplug_dma_buffer_free(&buffer);
	null = null_open(0);
	ck_assert_int_eq(kplug_dma_buffer_alloc(null, PAGE, &buffer), -EOPNOTSUPP);
}

/* Beyond its reach without an IOMMU: an error, and no warning of the kernel. */
TEST(dma, out_of_reach)
{
	const size_t length = 64 << 20;
	struct kplug *edu = opened(EDU1);
	char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	int fd, err;

	fd = kplug_dma_buffer_pin(edu, memory, length, 0, &offset);
	ck_assert_int_ge(fd, 0);
	err = kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_BOTH, &mapping);
	if (leg_is("iommu"))
		OK(err);
	else
		ck_assert(err == 0 || err == -EOPNOTSUPP);
	close(fd);
	kplug_close(edu);
}

TEST(dma, memlock_limit)
{
	struct kplug_dma_buffer buffer, more;
	struct kplug *edu;
	static char memory[32 * PAGE];
	uint64_t offset;
	int fd;

	core_start();
	device_bind(EDU2);
	/* A ring counts, too. */
	edu = device_open_ring(EDU2, 0);
	memlock_limit(16 * PAGE);
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, 17 * PAGE, &buffer), -ENOMEM);
	OK(kplug_dma_buffer_alloc(edu, 10 * PAGE, &buffer));
	ck_assert_int_eq(kplug_dma_buffer_pin(edu, memory, 8 * PAGE, 0, &offset), -ENOMEM);
	fd = kplug_dma_buffer_pin(edu, memory, 5 * PAGE, 0, &offset);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, PAGE, &more), -ENOMEM);
	close(fd);
	kplug_dma_buffer_free(&buffer);
	OK(kplug_dma_buffer_alloc(edu, 16 * PAGE, &buffer));
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}

static bool tainted_by_user(void)
{
	char text[32];

	OK(file_read(text, sizeof(text), "/proc/sys/kernel/tainted"));
	return strtoul(text, NULL, 10) & 1u << 6; /* TAINT_USER */
}

/* A mapping is harmless; a client that knows addresses is not, without an IOMMU. */
TEST(dma, taint)
{
	static const char message[] =
		"program kplug-guest \\(process [0-9]+\\) gets addresses for DMA";
	const bool iommu = leg_is("iommu");
	struct kplug *edu = opened(EDU2);
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;

	OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert_int_eq(kplug_dma_segments(edu, mapping.id, 5, &segment, 1), -EINVAL);
	ck_assert(!log_contains(message));
	first_segment(edu, &mapping);
	ck_assert_int_eq(log_contains(message), !iommu);
	ck_assert_int_eq(tainted_by_user(), !iommu);
}
