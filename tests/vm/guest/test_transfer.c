// SPDX-License-Identifier: MIT
// Blocks, FIFOs and lists of register accesses, in the program, through the kernel and in a plugin.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TESTDEV_MEMORY 0
#define TESTDEV_PORTS  1
#define NAME           16 /* of pci-testdev's registers: the name of the selected test */
#define RAM_SIZE       65536 /* of ivshmem's memory, the part that these tests use */

static struct kplug *opened(const char *address)
{
	struct kplug *k;

	core_start();
	device_bind(address);
	k = device_open_ring(address, 0);
	kplug_map(k, KPLUG_ALL_REGIONS);
	return k;
}

/* Differs from its neighbours in every width and place. */
static uint8_t pattern(uint64_t at)
{
	return (uint8_t)(at * 0x9e3779b97f4a7c15 >> 56);
}

static void fill_ram(struct kplug *ivshmem)
{
	for (uint64_t at = 0; at < RAM_SIZE; at++)
		kplug_write8(kplug_io_user(ivshmem), IVSHMEM_MEMORY, at, pattern(at));
}

/* The ways to move a block. */
struct way {
	const char *name;
	int (*read)(struct kplug *k, uint64_t offset, unsigned int width, void *buffer,
		    uint32_t count, unsigned int flags);
	int (*write)(struct kplug *k, uint64_t offset, unsigned int width, const void *buffer,
		     uint32_t count, unsigned int flags);
};

static int direct_read(struct kplug *k, uint64_t offset, unsigned int width, void *buffer,
		       uint32_t count, unsigned int flags)
{
	return kplug_read_block(kplug_io_user(k), IVSHMEM_MEMORY, offset, width, buffer, count,
				flags);
}

static int direct_write(struct kplug *k, uint64_t offset, unsigned int width, const void *buffer,
			uint32_t count, unsigned int flags)
{
	return kplug_write_block(kplug_io_user(k), IVSHMEM_MEMORY, offset, width, buffer, count,
				 flags);
}

static int call_read(struct kplug *k, uint64_t offset, unsigned int width, void *buffer,
		     uint32_t count, unsigned int flags)
{
	return kplug_transfer_read(k, IVSHMEM_MEMORY, offset, width, buffer, count, flags);
}

static int call_write(struct kplug *k, uint64_t offset, unsigned int width, const void *buffer,
		      uint32_t count, unsigned int flags)
{
	return kplug_transfer_write(k, IVSHMEM_MEMORY, offset, width, buffer, count, flags);
}

static const struct way *way_of(const char *variant)
{
	static const struct way ways[] = {
		{ "mapped", direct_read, direct_write },
		{ "kernel", call_read, call_write },
	};

	return &ways[strcmp(variant, "mapped") != 0];
}

/* Numbers of accesses around the sizes of one step: words and pages. */
static const uint32_t runs[] = { 1, 2, 3, 7, 8, 9, 15, 63, 511, 512, 513, 1024, 4095, 4096, 4097 };

static void check_ram(struct kplug *ivshmem, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at++)
		assert_same(kplug_read8(kplug_io_user(ivshmem), IVSHMEM_MEMORY, at), pattern(at));
}

/* A read comes from the right place, and writes nothing beyond its buffer. */
TEST(transfer, block_read, .variants = VARIANTS("mapped", "kernel"), .timeout = 60)
{
	const struct way *way = way_of(variant);
	struct kplug *ivshmem = opened(IVSHMEM);
	uint8_t *buffer = malloc(RAM_SIZE + 16);

	fill_ram(ivshmem);
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
			uint64_t offset = width * (3 + i), length = (uint64_t)runs[i] * width;

			memset(buffer, 0xa5, RAM_SIZE + 16);
			OK(way->read(ivshmem, offset, width, buffer, runs[i], 0));
			for (uint64_t at = 0; at < length; at++)
				assert_same(buffer[at], pattern(offset + at));
			for (uint64_t at = length; at < length + 16; at++)
				assert_same(buffer[at], 0xa5);
		}
	check_ram(ivshmem, 0, RAM_SIZE);
	free(buffer);
}

/* A write goes to the right place, and the registers before and after do not change. */
TEST(transfer, block_write, .variants = VARIANTS("mapped", "kernel"), .timeout = 120)
{
	const struct way *way = way_of(variant);
	struct kplug *ivshmem = opened(IVSHMEM);
	uint8_t *buffer = malloc(RAM_SIZE);

	fill_ram(ivshmem);
	for (uint64_t at = 0; at < RAM_SIZE; at++)
		buffer[at] = ~pattern(at);
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
			uint64_t offset = width * (5 + i), length = (uint64_t)runs[i] * width;
			uint64_t before = offset < 32 ? 0 : offset - 32;

			OK(way->write(ivshmem, offset, width, buffer, runs[i], 0));
			for (uint64_t at = 0; at < length; at++)
				assert_same(kplug_read8(kplug_io_user(ivshmem), IVSHMEM_MEMORY,
							offset + at),
					    buffer[at]);
			check_ram(ivshmem, before, offset);
			check_ram(ivshmem, offset + length, offset + length + 32);
			for (uint64_t at = offset; at < offset + length; at++)
				kplug_write8(kplug_io_user(ivshmem), IVSHMEM_MEMORY, at,
					     pattern(at));
		}
	check_ram(ivshmem, 0, RAM_SIZE);
	free(buffer);
}

/* A FIFO is one register: the last value stays in it, its neighbours never change. */
TEST(transfer, fifo_in_memory, .variants = VARIANTS("mapped", "kernel"))
{
	const struct way *way = way_of(variant);
	struct kplug *ivshmem = opened(IVSHMEM);
	uint8_t *buffer = malloc(RAM_SIZE);

	fill_ram(ivshmem);
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
			const uint64_t offset = 64 * width, last = (uint64_t)(runs[i] - 1) * width;

			for (uint64_t at = 0; at < last + width; at++)
				buffer[at] = (uint8_t)~at;
			OK(way->write(ivshmem, offset, width, buffer, runs[i],
				      KPLUG_TRANSFER_FIFO));
			for (unsigned int at = 0; at < width; at++)
				assert_same(kplug_read8(kplug_io_user(ivshmem), IVSHMEM_MEMORY,
							offset + at),
					    buffer[last + at]);
			memset(buffer, 0xa5, last + 2 * width);
			OK(way->read(ivshmem, offset, width, buffer, runs[i], KPLUG_TRANSFER_FIFO));
			for (uint64_t at = 0; at < last + width; at++)
				assert_same(buffer[at], (uint8_t) ~(last + at % width));
			ck_assert_uint_eq(buffer[last + width], 0xa5);
			check_ram(ivshmem, 0, offset);
			check_ram(ivshmem, offset + width, offset + 512);
			fill_ram(ivshmem);
		}
	free(buffer);
}

/* Ports: a block reads consecutive ports, a FIFO reads one port repeatedly. */
TEST(transfer, ports)
{
	struct kplug *testdev = opened(TESTDEV);
	uint8_t name[16], again[5000];
	uint64_t byte;

	OK(kplug_access_write(testdev, TESTDEV_PORTS, 0, 1, 0));
	for (unsigned int width = 1; width <= 4; width *= 2) {
		memset(name, 0xa5, sizeof(name));
		OK(kplug_transfer_read(testdev, TESTDEV_PORTS, NAME, width, name, 8 / width, 0));
		for (unsigned int at = 0; at < 8; at++) {
			OK(kplug_access_read(testdev, TESTDEV_PORTS, NAME + at, 1, &byte));
			ck_assert_uint_eq(name[at], byte);
		}
		ck_assert_uint_eq(name[8], 0xa5);
	}
	ck_assert_int_ne(memcmp(name, "\0\0\0\0\0\0\0\0", 8), 0);
	memset(again, 0xa5, sizeof(again));
	OK(kplug_transfer_read(testdev, TESTDEV_PORTS, NAME + 1, 1, again, sizeof(again) - 1,
			       KPLUG_TRANSFER_FIFO));
	for (size_t i = 0; i < sizeof(again) - 1; i++)
		assert_same(again[i], name[1]);
	ck_assert_uint_eq(again[sizeof(again) - 1], 0xa5);

	/* Written as a FIFO, the last value selects the test. */
	OK(kplug_transfer_write(testdev, TESTDEV_PORTS, 0, 1, "\1\2\1\0", 4, KPLUG_TRANSFER_FIFO));
	OK(kplug_transfer_read(testdev, TESTDEV_PORTS, NAME, 1, again, 8, 0));
	ck_assert_mem_eq(again, name, 8);
	ck_assert_int_eq(kplug_transfer_read(testdev, TESTDEV_PORTS, NAME, 8, name, 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_transfer_read(testdev, TESTDEV_PORTS, 0, 1, again, 257, 0), -EINVAL);
}

static struct kplug_transfer single(unsigned int op, unsigned int region, uint64_t offset,
				    uint64_t value)
{
	return (struct kplug_transfer){
		.op = op, .region = region, .width = 4, .count = 1, .offset = offset, .value = value
	};
}

#define READ(offset)         single(KPLUG_TRANSFER_READ, EDU_REGION, offset, 0)
#define WRITE(offset, value) single(KPLUG_TRANSFER_WRITE, EDU_REGION, offset, value)

static uint32_t liveness(struct kplug *edu)
{
	return ~kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_LIVENESS);
}

/*
 * In order, each read with its value, in lists of one and of the greatest length; writes do not
 * change.
 */
TEST(transfer, list, .variants = VARIANTS("2", "255", "256", "257", "4096"))
{
	unsigned int done, num = strtoul(variant, NULL, 10);
	struct kplug_transfer *list = calloc(num, sizeof(*list));
	struct kplug *edu = opened(EDU1);

	for (unsigned int i = 0; i < num; i++) {
		list[i] = i % 2 ? READ(EDU_LIVENESS) : WRITE(EDU_LIVENESS, i * 0x10001);
		list[i].out_value = 0xa5;
	}
	OK(kplug_transfer(edu, list, num, &done));
	ck_assert_uint_eq(done, num);
	for (unsigned int i = 0; i < num; i++)
		assert_same(list[i].out_value, i % 2 ? (uint32_t) ~((i - 1) * 0x10001) : 0xa5);
	free(list);
}

/* Blocks and single accesses in turn. */
TEST(transfer, mixed_list)
{
	struct kplug *ivshmem = opened(IVSHMEM);
	uint32_t out[2048], in[2048] = { 0 };
	struct kplug_transfer list[4];

	for (unsigned int i = 0; i < ARRAY_SIZE(out); i++)
		out[i] = i * 0x01010101;
	list[0] = single(KPLUG_TRANSFER_WRITE, IVSHMEM_MEMORY, 4, 0x12345678);
	list[1] = (struct kplug_transfer){
		.op = KPLUG_TRANSFER_WRITE,
		.region = IVSHMEM_MEMORY,
		.width = 4,
		.count = ARRAY_SIZE(out),
		.offset = 8,
		.buffer = (uintptr_t)out,
	};
	list[2] = single(KPLUG_TRANSFER_READ, IVSHMEM_MEMORY, 8 + 4 * 100, 0);
	list[3] = (struct kplug_transfer){
		.op = KPLUG_TRANSFER_READ,
		.region = IVSHMEM_MEMORY,
		.width = 4,
		.count = ARRAY_SIZE(in),
		.offset = 4,
		.buffer = (uintptr_t)in,
	};
	OK(kplug_transfer(ivshmem, list, 4, NULL));
	ck_assert_uint_eq(list[2].out_value, 100 * 0x01010101);
	ck_assert_uint_eq(in[0], 0x12345678);
	ck_assert_mem_eq(&in[1], out, sizeof(in) - 4);
}

/* One bad element in any place: no register is accessed, and the call returns its index. */
TEST(transfer, checked_before_the_first)
{
	static const struct kplug_transfer bad[] = {
		{ .op = 0, .width = 4, .count = 1 },
		{ .op = 3, .width = 4, .count = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 0, .count = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 3, .count = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 16, .count = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 0 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 2 }, /* without a buffer */
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .offset = 2 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .offset = 1 << 20 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .offset = -4ull },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .value = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .region = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .region = KPLUG_MAX_REGIONS },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .region = 255 },
		{ .op = KPLUG_TRANSFER_WRITE, .width = 4, .count = 1, .value = 1ull << 32 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = ~0u, .buffer = 4096 },
		{ .op = KPLUG_TRANSFER_READ,
		  .width = 8,
		  .count = 2,
		  .offset = (1 << 20) - 8,
		  .buffer = 4096 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = (1 << 18) + 1, .buffer = 4096 },
		{ .op = KPLUG_TRANSFER_WRITE, .width = 4, .count = 2, .buffer = 4096, .value = 1 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .flags = 2 },
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .flags = 0x80 },
	};
	struct kplug_transfer list[4];
	struct kplug *edu = opened(EDU1);

	OK(kplug_access_write(edu, EDU_REGION, EDU_LIVENESS, 4, 77));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		for (unsigned int at = 0; at < 4; at++) {
			unsigned int done = 99;

			for (unsigned int j = 0; j < 4; j++)
				list[j] = WRITE(EDU_LIVENESS, 1000 + j);
			list[at] = bad[i];
			ck_assert_int_eq(kplug_transfer(edu, list, 4, &done),
					 bad[i].flags & ~1 ? -EOPNOTSUPP : -EINVAL);
			ck_assert_uint_eq(done, at);
			ck_assert_uint_eq(liveness(edu), 77);
		}
	ck_assert_int_eq(kplug_transfer(edu, list, 0, NULL), -EINVAL);
	ck_assert_int_eq(kplug_transfer(edu, list, KPLUG_MAX_TRANSFERS + 1, NULL), -EINVAL);
	ck_assert_int_eq(kplug_transfer(edu, NULL, 1, NULL), -EFAULT);
	ck_assert_int_eq(kplug_transfer_read(edu, 256, 0, 4, list, 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_transfer_read(edu, 0, 0, 260, list, 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_transfer_read(edu, 0, 0, 4, list, 1, 256), -EINVAL);
	ck_assert_int_eq(kplug_transfer_read(edu, 0, 0, 4, NULL, 1, 0), -EFAULT);
	ck_assert_int_eq(kplug_read_block(kplug_io_user(edu), 0, 1 << 20, 4, list, 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_write_block(kplug_io_user(edu), 0, 2, 4, list, 1, 0), -EINVAL);
}

/*
 * The program's memory ends in the middle: the accesses before that are made, those after it are
 * not.
 */
TEST(transfer, bad_memory_in_the_middle, .smoke = true)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *edge =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug *edu = opened(EDU1);
	unsigned int done;
	struct kplug_transfer list[3] = {
		WRITE(EDU_LIVENESS, 5),
		{ .op = KPLUG_TRANSFER_READ, .width = 4, .count = 2, .offset = EDU_DMA_BUFFER },
		WRITE(EDU_LIVENESS, 6),
	};

	munmap(edge + page, page);
	list[1].offset = 0;
	list[1].buffer = (uintptr_t)(edge + page - 4);
	ck_assert_int_eq(kplug_transfer(edu, list, 3, &done), -EFAULT);
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(liveness(edu), 5);
	list[1].op = KPLUG_TRANSFER_WRITE;
	list[1].offset = EDU_LIVENESS;
	list[1].flags = KPLUG_TRANSFER_FIFO;
	list[0].value = 7;
	ck_assert_int_eq(kplug_transfer(edu, list, 3, &done), -EFAULT);
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(liveness(edu), 7);
	list[1].buffer = 0xffff888000000000;
	ck_assert_int_eq(kplug_transfer(edu, list, 3, &done), -EFAULT);
}

/* Memory whose first page another thread supplies later. */
struct slow_memory {
	int fd;
	size_t page;
	void *at;
};

static struct slow_memory slow_memory(size_t length)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register whole = { .range.len = length,
					 .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct slow_memory slow = {
		.fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK),
		.page = (size_t)sysconf(_SC_PAGESIZE),
		.at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0),
	};

	if (slow.fd < 0 && errno == ENOSYS)
		test_skip("this kernel has no userfaultfd");
	ck_assert_int_ge(slow.fd, 0);
	OK(ioctl(slow.fd, UFFDIO_API, &api));
	whole.range.start = (uintptr_t)slow.at;
	OK(ioctl(slow.fd, UFFDIO_REGISTER, &whole));
	return slow;
}

/* A task waits for the first page. */
static void slow_memory_wanted(const struct slow_memory *slow)
{
	struct pollfd wanted = { .fd = slow->fd, .events = POLLIN };

	ck_assert_int_eq(poll(&wanted, 1, 30000), 1);
	ck_assert_int_eq(wanted.revents, POLLIN);
}

static void slow_memory_give(const struct slow_memory *slow, const void *from, size_t length)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)slow->at,
		.src = (uintptr_t)from,
		.len = length,
	};

	OK(ioctl(slow->fd, UFFDIO_COPY, &copy));
}

struct slow_transfer {
	struct kplug *k;
	struct kplug_transfer *list;
	int result;
};

static void *transfer_slowly(void *argument)
{
	struct slow_transfer *slow = argument;

	slow->result = kplug_transfer(slow->k, slow->list, 1, NULL);
	return NULL;
}

/* A program whose memory is slow delays neither other programs nor the removal of the device. */
TEST(transfer, slow_memory, .variants = VARIANTS("read", "write", "list"))
{
	struct kplug *edu = opened(EDU1), *other = device_open_ring(EDU1, 0);
	struct slow_memory slow = slow_memory(4 * (size_t)sysconf(_SC_PAGESIZE));
	struct kplug_transfer block = {
		.op = strcmp(variant, "write") ? KPLUG_TRANSFER_READ : KPLUG_TRANSFER_WRITE,
		.width = 4,
		.flags = KPLUG_TRANSFER_FIFO,
		.offset = EDU_LIVENESS,
		.count = (uint32_t)(2 * slow.page / 4),
		.buffer = (uintptr_t)slow.at,
	};
	struct slow_transfer transfer = { .k = edu, .list = &block, .result = 1 };
	struct kplug_transfer quick = READ(EDU_ID);
	char *data = calloc(2, slow.page);
	uint64_t value;
	pthread_t thread;

	if (!strcmp(variant, "list")) {
		block = READ(EDU_ID);
		memcpy(data, &block, sizeof(block));
		transfer.list = slow.at;
	}
	OK(pthread_create(&thread, NULL, transfer_slowly, &transfer));
	slow_memory_wanted(&slow);
	OK(kplug_access_read(other, 0, EDU_ID, 4, &value));
	OK(kplug_transfer(other, &quick, 1, NULL));
	OK(kplug_access_read(edu, 0, EDU_ID, 4, &value));
	device_unbind(EDU1);
	ck_assert_int_eq(kplug_access_read(other, 0, EDU_ID, 4, &value), -ENODEV);
	ck_assert_int_eq(transfer.result, 1);
	slow_memory_give(&slow, data, 2 * slow.page);
	pthread_join(thread, NULL);
	ck_assert_int_eq(transfer.result, -ENODEV);
	free(data);
	kplug_close(edu);
	kplug_close(other);
}

/* Nor does it live longer than it should. */
TEST(transfer, killed_in_slow_memory)
{
	struct kplug *edu = opened(EDU1);
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child) {
		struct slow_memory slow = slow_memory((size_t)sysconf(_SC_PAGESIZE));

		_exit(kplug_transfer_read(edu, 0, EDU_LIVENESS, 4, slow.at, 4,
					  KPLUG_TRANSFER_FIFO) == 0);
	}
	sleep_ms(500);
	ck_assert_int_eq(waitpid(child, &status, WNOHANG), 0);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	kplug_close(edu);
	device_unbind(EDU1);
	objects_settle();
}

TEST(transfer, dead_device, .smoke = true)
{
	struct kplug_transfer list[2] = { READ(EDU_ID), READ(EDU_LIVENESS) };
	struct kplug *edu = opened(EDU1);
	unsigned int done = 99;
	uint32_t block[4];

	OK(kplug_transfer(edu, list, 2, NULL));
	device_unbind(EDU1);
	ck_assert_int_eq(kplug_transfer(edu, list, 2, &done), -ENODEV);
	ck_assert_uint_eq(done, 0);
	ck_assert_int_eq(kplug_transfer_read(edu, 0, 0, 4, block, 4, 0), -ENODEV);
	ck_assert_int_eq(kplug_set_cleanup(edu, list, 0), -ENODEV);
	ck_assert_int_eq(kplug_set_caching(edu, 0, KPLUG_CACHING_WC), -ENODEV);
	OK(kplug_read_block(kplug_io_user(edu), 0, 0, 4, block, 4, 0));
	ck_assert_uint_eq(block[0] & block[3], ~0u);
}

/* The same functions in a plugin. */
TEST(transfer, in_a_plugin)
{
	struct kplug_transfer block = { .op = KPLUG_TRANSFER_READ,
					.width = 4,
					.count = 3,
					.offset = EDU_LIVENESS,
					.flags = KPLUG_TRANSFER_FIFO };
	struct kplug_transfer list[3], answer[3];
	struct kplug *edu = opened(EDU1);
	uint32_t words[3];

	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	list[0] = WRITE(EDU_LIVENESS, 0x1234);
	list[1] = READ(EDU_LIVENESS);
	list[2] = READ(EDU_ID);
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_TRANSFER, list, sizeof(list), answer,
				    sizeof(answer)),
			 sizeof(answer));
	ck_assert_uint_eq(answer[1].out_value, (uint32_t)~0x1234);
	ck_assert_uint_eq(answer[2].out_value & EDU_ID_MASK, EDU_ID_VALUE);
	list[0].value = 0x5678;
	list[2].offset = 1 << 20;
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_TRANSFER, list, sizeof(list), answer,
				    sizeof(answer)),
			 -EINVAL);
	ck_assert_uint_eq(liveness(edu), 0x1234);
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_BLOCK, &block, sizeof(block), words,
				    sizeof(words)),
			 sizeof(words));
	for (unsigned int i = 0; i < 3; i++)
		assert_same(words[i], (uint32_t)~0x1234);
	block.offset = (1 << 20) - 4;
	block.flags = 0;
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_BLOCK, &block, sizeof(block), words,
				    sizeof(words)),
			 -EINVAL);
}

/* Two processes use one device at a time; each finds its own part as it left it. */
TEST(transfer, two_processes)
{
	struct kplug *first = opened(IVSHMEM), *second = device_open_ring(IVSHMEM, 0);
	uint32_t mine[512], theirs[512], back[512];

	for (unsigned int round = 0; round < 50; round++) {
		memset(mine, (int)round, sizeof(mine));
		memset(theirs, ~(int)round, sizeof(theirs));
		OK(kplug_transfer_write(first, IVSHMEM_MEMORY, 0, 4, mine, 512, 0));
		OK(kplug_transfer_write(second, IVSHMEM_MEMORY, sizeof(mine), 4, theirs, 512, 0));
		OK(kplug_transfer_read(second, IVSHMEM_MEMORY, 0, 4, back, 512, 0));
		ck_assert_mem_eq(back, mine, sizeof(back));
		OK(kplug_transfer_read(first, IVSHMEM_MEMORY, sizeof(mine), 4, back, 512, 0));
		ck_assert_mem_eq(back, theirs, sizeof(back));
	}
}
