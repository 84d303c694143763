// SPDX-License-Identifier: MIT
// Buffers: made, pinned, imported, shared; reached by the device; and gone with whoever had them.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/pci_regs.h>
#include <linux/udmabuf.h>
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
#define MARGIN 64	/* bytes around a transfer that must stay as they are */

static struct kplug *opened(const char *address)
{
	const struct kplug_dma_limits limits = { .address_bits = !strcmp(address, EDU2) ? 64 : EDU_DMA_BITS };
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
static void start(struct kplug *edu, uint64_t source, uint64_t destination, uint32_t count, uint32_t command)
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
	char path[64];
	uint16_t value;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(pread(fd, &value, sizeof(value), PCI_COMMAND), sizeof(value));
	close(fd);
	return value & PCI_COMMAND_MASTER;
}

static struct kplug_segment first_segment(struct kplug *k, const struct kplug_mapping *mapping)
{
	struct kplug_segment segment;

	OK(kplug_dma_segments(k, mapping->id, 0, &segment, 1));
	return segment;
}

/* There and back again, and nothing beside it. */
TEST(dma, contiguous)
{
	struct kplug *edu = opened(EDU1);
	struct kplug_dma_buffer buffer;
	struct kplug_mapping mapping;
	struct kplug_segment segment;
	uint8_t *memory;

	OK(kplug_buffer_alloc(edu, 300000, &buffer));
	ck_assert_uint_eq(buffer.length, 74 * PAGE);
	memory = buffer.addr;
	for (size_t i = 0; i < buffer.length; i++)
		ck_assert_int_eq(memory[i], 0);
	ck_assert(!is_master(EDU1));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert(is_master(EDU1));
	ck_assert_uint_eq(mapping.num_segments, 1);
	segment = first_segment(edu, &mapping);
	ck_assert_uint_eq(segment.length, buffer.length);
	ck_assert_uint_eq((segment.address + segment.length - 1) >> EDU_DMA_BITS, 0);

	dma_fill(memory, buffer.length, 0);
	for (uint32_t count = 1; count < EDU_DMA_BUFFER_SIZE; count = count * 5 + 1) {
		const uint64_t from = 5 * PAGE + count, to = 250000 + count;

		OK(kplug_dma_sync(edu, mapping.id, KPLUG_SYNC_FOR_DEVICE, 0, 0));
		to_device(edu, segment.address + from, count);
		from_device(edu, segment.address + to, count);
		OK(kplug_dma_sync(edu, mapping.id, KPLUG_SYNC_FOR_CPU, to, count));
		dma_check(memory + to, count, from);
		dma_check(memory + to - MARGIN, MARGIN, to - MARGIN);
		dma_check(memory + to + count, MARGIN, to + count);
		dma_fill(memory + to, count, to);
	}
	dma_check(memory, buffer.length, 0);
	OK(kplug_dma_unmap(edu, mapping.id));
	ck_assert(!is_master(EDU1));
	kplug_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}

/* No sync at all. */
TEST(dma, coherent)
{
	struct kplug *edu = opened(EDU1);
	struct kplug_buffer made = { .size = sizeof(made), .source = KPLUG_BUFFER_CONTIGUOUS, .length = PAGE };
	struct kplug_dma_buffer buffer;
	struct kplug_mapping mapping;
	uint64_t address, offset;

	OK(kplug_buffer_alloc_coherent(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	address = first_segment(edu, &mapping).address;
	dma_fill(buffer.addr, PAGE, 9);
	to_device(edu, address, PAGE / 2);
	from_device(edu, address + PAGE / 2, PAGE / 2);
	dma_check(buffer.addr, PAGE / 2, 9);
	dma_check((uint8_t *)buffer.addr + PAGE / 2, PAGE / 2, 9);
	kplug_buffer_free(&buffer);
	ck_assert_int_eq(kplug_buffer_pin(edu, &mapping, sizeof(mapping), KPLUG_BUFFER_COHERENT, &offset), -EOPNOTSUPP);
	made.flags = KPLUG_BUFFER_COHERENT | KPLUG_BUFFER_READ_ONLY;
	ck_assert_int_eq(command(edu, KPLUG_BUFFER, &made), -EOPNOTSUPP);
	kplug_close(edu);
	objects_settle();
}

/* The memory of a program, of any size and anywhere in its pages. */
TEST(dma, user_memory)
{
	const size_t length = 1000000, skip = 123;
	struct kplug *edu = opened(EDU2);
	uint8_t *memory = malloc(length + skip + PAGE), *from = memory + skip;
	struct kplug_segment *segments;
	struct kplug_mapping mapping;
	uint64_t offset, total = 0;
	int fd;

	memset(memory, 0, length + skip + PAGE);
	dma_fill(from, length, 7);
	fd = kplug_buffer_pin(edu, from, length, 0, &offset);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(offset, (uintptr_t)from % PAGE);
	OK(kplug_dma_map(edu, fd, offset, length, KPLUG_DMA_BOTH, &mapping));
	/* The mapping is enough. */
	close(fd);
	segments = calloc(mapping.num_segments, sizeof(*segments));
	OK(kplug_dma_segments(edu, mapping.id, 0, segments, mapping.num_segments));
	for (uint32_t i = 0; i < mapping.num_segments; i++) {
		uint32_t count = (uint32_t)(segments[i].length < 100 ? segments[i].length : 100);

		/* Its first bytes, turned over to its last ones. */
		if (i % (mapping.num_segments / 8 + 1) == 0) {
			to_device(edu, segments[i].address, count);
			from_device(edu, segments[i].address + segments[i].length - count, count);
			dma_check(from + total + segments[i].length - count, count, 7 + total);
			dma_fill(from + total + segments[i].length - count, count, 7 + total + segments[i].length - count);
		}
		if (i)
			ck_assert_uint_ne(segments[i - 1].address + segments[i - 1].length, segments[i].address);
		total += segments[i].length;
	}
	ck_assert_uint_eq(total, length);
	dma_check(from, length, 7);
	for (size_t i = 0; i < skip; i++)
		ck_assert_int_eq(memory[i], 0);
	free(segments);
	kplug_close(edu);
	objects_settle();
	dma_check(from, length, 7);
	free(memory);
}

/* What the device only reads cannot be written through it, nor through the descriptor. */
TEST(dma, read_only_memory)
{
	struct kplug *edu = opened(EDU2);
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug_mapping mapping;
	uint64_t offset;
	void *map;
	int fd;

	dma_fill(memory, PAGE, 0);
	OK(mprotect(memory, PAGE, PROT_READ));
	ck_assert_int_eq(kplug_buffer_pin(edu, memory, PAGE, 0, &offset), -EFAULT);
	fd = kplug_buffer_pin(edu, memory, PAGE, KPLUG_BUFFER_READ_ONLY, &offset);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_FROM_DEVICE, &mapping), -EOPNOTSUPP);
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
TEST(dma, shared_and_outlived, .variants = VARIANTS("contiguous", "user"))
{
	struct kplug *edu = opened(EDU2);
	uint8_t *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *map;
	struct kplug_dma_buffer buffer = { .fd = -1 };
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct kplug_mapping mapping;
	uint64_t offset;
	int status, fd;
	pid_t child;

	if (!strcmp(variant, "user")) {
		fd = kplug_buffer_pin(edu, memory, 4 * PAGE, 0, &offset);
		ck_assert_int_ge(fd, 0);
	} else {
		OK(kplug_buffer_alloc(edu, 4 * PAGE, &buffer));
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

/* Memory of another driver's. */
static int of_udmabuf(size_t length)
{
	struct udmabuf_create create = { .size = length };
	int driver = open("/dev/udmabuf", O_RDWR), fd;

	if (driver < 0)
		test_skip("this kernel has no udmabuf");
	create.memfd = memfd_create("memory", MFD_ALLOW_SEALING);
	OK(ftruncate(create.memfd, length));
	OK(fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	fd = ioctl(driver, UDMABUF_CREATE, &create);
	close(create.memfd);
	close(driver);
	return fd;
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

TEST(dma, imported, .variants = VARIANTS("udmabuf", "dma_heap"))
{
	int fd = !strcmp(variant, "udmabuf") ? of_udmabuf(8 * PAGE) : of_dma_heap(8 * PAGE);
	struct kplug_mapping mapping;
	struct kplug_segment segment;
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
	to_device(edu, segment.address, 50);
	from_device(edu, segment.address + 50, 50);
	dma_check(memory + 3 * PAGE + 8 + 50, 50, 11 + 3 * PAGE + 8);
	dma_check(memory, 3 * PAGE + 8 + 50, 11);
	dma_check(memory + 3 * PAGE + 108, 5 * PAGE - 108, 11 + 3 * PAGE + 108);
	kplug_close(edu);
}

/* Killed in the middle: no mastery, and then no memory. */
TEST(dma, killed)
{
	struct kplug *other;
	int status;

	core_start();
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child) {
			struct kplug *edu = edu_open(EDU1, NULL);
			struct kplug_dma_buffer buffer;
			struct kplug_mapping mapping;

			OK(kplug_dma_set_limits(edu, &(struct kplug_dma_limits){ .address_bits = EDU_DMA_BITS }));
			OK(kplug_buffer_alloc(edu, PAGE, &buffer));
			/* Mastery now would help the last one to write where nothing is. */
			ck_assert(WAIT_UNTIL(idle(edu), 10000));
			OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
			start(edu, EDU_DMA_BUFFER, first_segment(edu, &mapping).address, PAGE / 2, EDU_DMA_FROM_DEVICE);
			raise(SIGKILL);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		ck_assert(!is_master(EDU1));
		ck_assert_int_eq(objects_live("mapping") + objects_live("buffer"), 0);
	}
	/* Its last transfer may still be under way. */
	other = edu_open(EDU1, NULL);
	ck_assert(WAIT_UNTIL(idle(other), 10000));
}

/* Another's mapping, and its interrupts, go on. */
TEST(dma, mastery_of_others)
{
	struct kplug *edu = opened(EDU1), *other = edu_open(EDU1, NULL);
	struct kplug_dma_buffer buffer;
	struct kplug_mapping first, second;

	OK(kplug_buffer_alloc(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &first));
	OK(kplug_dma_map(other, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &second));
	ck_assert_int_eq(kplug_dma_unmap(other, 77), -ENOENT);
	OK(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0) != 1);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	edu_check_interrupt(edu, 1);
	kplug_close(other);
	ck_assert(is_master(EDU1));
	edu_check_interrupt(edu, 2);
	OK(kplug_detach(edu, 0));
	ck_assert(is_master(EDU1));
	to_device(edu, first_segment(edu, &first).address, 16);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	OK(kplug_dma_unmap(edu, first.id));
	edu_check_interrupt(edu, 4);
	OK(kplug_detach(edu, 0));
	ck_assert(!is_master(EDU1));
	kplug_buffer_free(&buffer);
}

TEST(dma, limits)
{
	struct kplug *edu = opened(EDU1);
	struct kplug_dma_limits limits = { .address_bits = EDU_DMA_BITS, .max_segment = 2 * PAGE };
	struct kplug_segment segments[8];
	struct kplug_dma_buffer buffer;
	struct kplug_mapping mapping;

	OK(kplug_dma_set_limits(edu, &limits));
	OK(kplug_buffer_alloc(edu, 5 * PAGE, &buffer));
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
	kplug_buffer_free(&buffer);
	/* A plugin knows its device. */
	OK(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin) != KPLUG_HANDLER_PLUGIN);
	limits = (struct kplug_dma_limits){ 0 };
	ck_assert_int_eq(kplug_dma_set_limits(edu, &limits), -EBUSY);
}

TEST(dma, refused)
{
	struct kplug *edu = opened(EDU1), *restricted = device_open_restricted(EDU1), *null;
	const int file = open("/proc/self/exe", O_RDONLY);
	struct kplug_dma_buffer buffer;
	struct kplug_mapping mapping;
	struct kplug_sync sync = { .size = sizeof(sync) };
	char memory[PAGE];
	uint64_t offset;

	ck_assert_int_eq(kplug_buffer_alloc(edu, 0, &buffer), -EINVAL);
	ck_assert_int_eq(kplug_buffer_alloc(edu, 1ul << 40, &buffer), -ENOMEM);
	ck_assert_int_eq(kplug_buffer_alloc(edu, SIZE_MAX, &buffer), -ENOMEM);
	ck_assert_int_eq(kplug_buffer_pin(edu, memory, 0, 0, &offset), -EINVAL);
	ck_assert_int_eq(kplug_buffer_pin(edu, memory, 1, 2, &offset), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_buffer_pin(edu, NULL, PAGE, 0, &offset), -EFAULT);
	ck_assert_int_eq(kplug_buffer_pin(edu, memory, SIZE_MAX, 0, &offset), -EFAULT);
	ck_assert_int_eq(kplug_buffer_pin(edu, (void *)0xffff888000000000, PAGE, 0, &offset), -EFAULT);
	ck_assert_int_eq(kplug_buffer_alloc(restricted, PAGE, &buffer), -EPERM);
	ck_assert_int_eq(kplug_buffer_pin(restricted, memory, PAGE, 0, &offset), -EPERM);

	OK(kplug_buffer_alloc(edu, PAGE, &buffer));
	ck_assert_int_eq(kplug_dma_map(restricted, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -EPERM);
	ck_assert_int_eq(kplug_dma_map(edu, -1, 0, 0, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, file, 0, 0, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, PAGE, 0, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, 1, PAGE, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, ~0ull, 2, KPLUG_DMA_BOTH, &mapping), -EINVAL);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, 0, 0, 3, &mapping), -EINVAL);
	ck_assert(!is_master(EDU1));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	sync.id = mapping.id;
	ck_assert_int_eq(command(edu, KPLUG_SYNC, &sync), -EINVAL);
	sync.sync_for = KPLUG_SYNC_FOR_CPU;
	OK(command(edu, KPLUG_SYNC, &sync));
	sync.__reserved = 1;
	ck_assert_int_eq(command(edu, KPLUG_SYNC, &sync), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_dma_sync(edu, mapping.id, KPLUG_SYNC_FOR_CPU, PAGE, 0), -EINVAL);
	ck_assert_int_eq(kplug_dma_sync(edu, mapping.id, KPLUG_SYNC_FOR_CPU, 1, PAGE), -EINVAL);
	ck_assert_int_eq(kplug_dma_sync(edu, mapping.id + 1, KPLUG_SYNC_FOR_CPU, 0, 0), -ENOENT);
	kplug_buffer_free(&buffer);
	null = null_open(0);
	ck_assert_int_eq(kplug_buffer_alloc(null, PAGE, &buffer), -EOPNOTSUPP);
}

/* Beyond its reach without an IOMMU: an answer, and no complaint of the kernel's. */
TEST(dma, out_of_reach)
{
	const size_t length = 64 << 20;
	struct kplug *edu = opened(EDU1);
	char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct kplug_mapping mapping;
	uint64_t offset;
	int fd, err;

	fd = kplug_buffer_pin(edu, memory, length, 0, &offset);
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
	struct rlimit limit = { 16 * PAGE, 16 * PAGE };
	struct kplug_dma_buffer buffer, more;
	struct kplug *edu;
	static char memory[32 * PAGE];
	uint64_t offset;
	int fd;

	core_start();
	device_bind(EDU2);
	/* A ring counts, too. */
	edu = device_open_ring(EDU2, 0);
	OK(setrlimit(RLIMIT_MEMLOCK, &limit));
	capability_set(14, false); /* CAP_IPC_LOCK */
	ck_assert_int_eq(kplug_buffer_alloc(edu, 17 * PAGE, &buffer), -ENOMEM);
	OK(kplug_buffer_alloc(edu, 10 * PAGE, &buffer));
	ck_assert_int_eq(kplug_buffer_pin(edu, memory, 8 * PAGE, 0, &offset), -ENOMEM);
	fd = kplug_buffer_pin(edu, memory, 5 * PAGE, 0, &offset);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(kplug_buffer_alloc(edu, PAGE, &more), -ENOMEM);
	close(fd);
	kplug_buffer_free(&buffer);
	OK(kplug_buffer_alloc(edu, 16 * PAGE, &buffer));
	kplug_buffer_free(&buffer);
	kplug_close(edu);
	objects_settle();
}
