// SPDX-License-Identifier: MIT
// Memory set aside when a device is bound: handed out first, free again, and gone with the device.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#define KIB 1024u
#define MIB (1024u * KIB)

/* edu2 reaches all of memory. */
static const struct kplug_dma_limits everything = { .address_bits = 64 };

static void pool_is(const char *expected)
{
	char text[256];

	OK(file_read(text, sizeof(text), "/sys/class/kplug/" EDU2 "/pool"));
	ck_assert_str_eq(text, expected);
}

static struct kplug *opened(const char *pool)
{
	struct kplug *edu;

	core_start();
	OK(file_write(pool, "/sys/module/kplug/parameters/pool"));
	edu = edu_open(EDU2, NULL);
	OK(kplug_dma_set_limits(edu, &everything));
	return edu;
}

static struct kplug_dma_buffer buffer_of(struct kplug *edu, size_t length)
{
	struct kplug_dma_buffer buffer;

	OK(kplug_dma_buffer_alloc(edu, length, &buffer));
	return buffer;
}

static uint64_t bus_address(struct kplug *edu, const struct kplug_dma_buffer *buffer)
{
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;

	OK(kplug_dma_map(edu, buffer->fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert_uint_eq(mapping.num_segments, 1);
	OK(kplug_dma_segments(edu, mapping.id, 0, &segment, 1));
	OK(kplug_dma_unmap(edu, mapping.id));
	return segment.address;
}

static void check_is(const struct kplug_dma_buffer *buffer, uint8_t value)
{
	dma_check_all(buffer->addr, buffer->length, value);
}

/* The same memory each time, always cleared. */
TEST(pool, handed_out_first)
{
	struct kplug *edu = opened("1x64K\n");
	struct kplug_dma_buffer buffer;
	uint64_t first = 0, address;

	pool_is("65536 1 1");
	for (int i = 0; i < 5; i++) {
		buffer = buffer_of(edu, 64 * KIB);
		pool_is("65536 1 0");
		check_is(&buffer, 0);
		memset(buffer.addr, 0xa5, buffer.length);
		address = bus_address(edu, &buffer);
		first = first ?: address;
		if (!leg_is("iommu") && !dma_copies())
			ck_assert_uint_eq(address, first);
		kplug_dma_buffer_free(&buffer);
		pool_is("65536 1 1");
	}
	kplug_close(edu);
	objects_settle();
	ck_assert_int_eq(objects_live("pool"), 1);
	device_unbind(EDU2);
	ck_assert(WAIT_UNTIL(objects_live("pool") == 0, 20000));
}

TEST(pool, smallest_that_fits)
{
	struct kplug *edu = opened("1x1M,2x16K,1x4K");
	struct kplug_dma_buffer buffers[5];

	pool_is("1048576 1 1\n16384 2 2\n4096 1 1");
	buffers[0] = buffer_of(edu, 1);
	pool_is("1048576 1 1\n16384 2 2\n4096 1 0");
	buffers[1] = buffer_of(edu, 4097);
	pool_is("1048576 1 1\n16384 2 1\n4096 1 0");
	buffers[2] = buffer_of(edu, 1);
	pool_is("1048576 1 1\n16384 2 0\n4096 1 0");
	buffers[3] = buffer_of(edu, 1);
	pool_is("1048576 1 0\n16384 2 0\n4096 1 0");
	buffers[4] = buffer_of(edu, 1);
	for (int i = 0; i < 5; i++) {
		ck_assert_uint_eq(buffers[i].length, i == 1 ? 8192 : 4096);
		kplug_dma_buffer_free(&buffers[i]);
	}
	pool_is("1048576 1 1\n16384 2 2\n4096 1 1");
	buffers[0] = buffer_of(edu, 2 * MIB);
	pool_is("1048576 1 1\n16384 2 2\n4096 1 1");
	kplug_dma_buffer_free(&buffers[0]);
	kplug_close(edu);
}

/* The only free pieces of 4 MiB are those of the pool. */
TEST(pool, survives_fragmentation, .timeout = 300)
{
	struct kplug *edu = opened("2x4M");
	static struct kplug_dma_buffer pool[2], rest[4096];
	const struct rlimit files = { ARRAY_SIZE(rest) + 64, ARRAY_SIZE(rest) + 64 };
	unsigned int num = 0;

	OK(setrlimit(RLIMIT_NOFILE, &files));
	for (int i = 0; i < 2; i++)
		pool[i] = buffer_of(edu, 4 * MIB);
	pool_is("4194304 2 0");
	while (num < ARRAY_SIZE(rest) && !kplug_dma_buffer_alloc(edu, 4 * MIB, &rest[num]))
		num++;
	ck_assert_uint_lt(num, ARRAY_SIZE(rest));
	for (int i = 0; i < 2; i++) {
		kplug_dma_buffer_free(&pool[i]);
		pool[i] = buffer_of(edu, 4 * MIB);
		pool_is("4194304 2 0");
	}
	while (num)
		kplug_dma_buffer_free(&rest[--num]);
	for (int i = 0; i < 2; i++)
		kplug_dma_buffer_free(&pool[i]);
	pool_is("4194304 2 2");
	kplug_close(edu);
	ck_assert_int_eq(objects_live("buffer"), 0);
}

TEST(pool, outlives_its_device, .smoke = true)
{
	struct kplug *edu = opened("4x16K");
	struct kplug_dma_buffer buffer = buffer_of(edu, 16 * KIB), more;

	memset(buffer.addr, 0x5a, buffer.length);
	device_unbind(EDU2);
	check_is(&buffer, 0x5a);
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, 16 * KIB, &more), -ENODEV);
	kplug_close(edu);
	ck_assert_int_eq(objects_live("pool"), 1);
	check_is(&buffer, 0x5a);
	device_bind(EDU2);
	pool_is("16384 4 4");
	kplug_dma_buffer_free(&buffer);
	pool_is("16384 4 4");
	ck_assert(WAIT_UNTIL(objects_live("pool") == 1, 20000));
	device_unbind(EDU2);
	ck_assert(WAIT_UNTIL(objects_live("pool") + objects_live("buffer") == 0, 20000));
}

/* Otherwise the pipe would show the memory of the next owner. */
TEST(pool, still_in_use, .smoke = true)
{
	struct kplug *edu = opened("1x4K");
	struct kplug_dma_buffer buffer = buffer_of(edu, 4 * KIB), other;
	struct iovec piece = { buffer.addr, buffer.length };
	static char bytes[4 * KIB];
	int ends[2];

	memset(buffer.addr, 0x77, buffer.length);
	OK(pipe(ends));
	ck_assert_int_eq(vmsplice(ends[1], &piece, 1, 0), 4 * KIB);
	kplug_dma_buffer_free(&buffer);
	ck_assert_int_eq(objects_live("buffer"), 0);
	pool_is("4096 1 0");
	other = buffer_of(edu, 4 * KIB);
	memset(other.addr, 0x11, other.length);
	ck_assert_int_eq(read(ends[0], bytes, sizeof(bytes)), sizeof(bytes));
	dma_check_all(bytes, sizeof(bytes), 0x77);
	pool_is("4096 1 1");
	kplug_dma_buffer_free(&other);
	pool_is("4096 1 1");
	kplug_close(edu);
}

/* The program sets narrow limits after the pool was filled. */
TEST(pool, out_of_reach)
{
	const struct kplug_dma_limits few = { .address_bits = 24 };
	struct kplug *edu = opened("1x16K");
	struct kplug_dma_buffer buffer;

	OK(kplug_dma_set_limits(edu, &few));
	buffer = buffer_of(edu, 16 * KIB);
	if (leg_is("iommu")) {
		pool_is("16384 1 0");
	} else {
		pool_is("16384 1 1");
		/* The machine's memory for copies is beyond its reach. */
		if (dma_copies())
			test_skip("the device reaches no memory at all");
		ck_assert_uint_lt(bus_address(edu, &buffer), 1u << 24);
	}
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
}

/* The kernel's default has to do. */
TEST(pool, more_than_there_is, .timeout = 120)
{
	unsigned int size, total, available;
	struct kplug_dma_buffer buffer;
	struct kplug *edu = opened("2000x4M");
	char text[64];

	ck_assert(log_contains("the pool has [0-9]+ of 2000 pieces"));
	OK(file_read(text, sizeof(text), "/sys/class/kplug/" EDU2 "/pool"));
	ck_assert_int_eq(sscanf(text, "%u %u %u", &size, &total, &available), 3);
	ck_assert_uint_eq(size, 4 * MIB);
	ck_assert_uint_ge(total, 1);
	ck_assert_uint_lt(total, 2000);
	ck_assert_uint_eq(available, total);
	buffer = buffer_of(edu, 4 * MIB);
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	device_unbind(EDU2);
	ck_assert(WAIT_UNTIL(objects_live("pool") == 0, 20000));
}

TEST(pool, parameter, .timeout = 120)
{
	static const char *const bad[] = {
		"x",
		"1x",
		"x4K",
		"0x4K",
		"1x0",
		"-1x4K",
		"1x-4K",
		"1x4K,",
		",1x4K",
		"1x4Kx",
		"1x8M",
		"4097x4K",
		"1 x4K",
		"1x4K,1x4K,1x4K,1x4K,1x4K,1x4K,1x4K,1x4K,1x4K",
		"99999999999x4K",
		"1x99999999999999999999",
	};
	struct kplug *edu = opened("3x5000,1x1M");
	char text[64];

	pool_is("8192 3 3\n1048576 1 1");
	kplug_close(edu);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(file_write(bad[i], "/sys/module/kplug/parameters/pool"), -EINVAL);
	OK(file_read(text, sizeof(text), "/sys/module/kplug/parameters/pool"));
	ck_assert_str_eq(text, "3x8K,1x1024K");
	device_unbind(EDU2);
	OK(file_write("\n", "/sys/module/kplug/parameters/pool"));
	device_bind(EDU2);
	pool_is("");
	device_unbind(EDU2);
	ck_assert(WAIT_UNTIL(!module_unload("kplug"), 20000));
	ck_assert_int_ne(module_load("kplug pool=lots"), 0);
	ck_assert(log_contains("pool is COUNTxSIZE"));
	OK(module_load("kplug pool=2x8K"));
	device_bind(EDU2);
	pool_is("8192 2 2");
	device_unbind(EDU2);
}
