// SPDX-License-Identifier: MIT
// 32-bit programs on a 64-bit kernel: pointers, lengths and offsets beyond 32 bits.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WIDE 0x123456789abcdef0ull

static void need_32_bits(void)
{
	if (sizeof(void *) != 4)
		test_skip("this is a program of 64 bits");
	core_start();
}

/* The offsets of rings, regions and shared memory are beyond 4 GiB: each maps the right object. */
TEST(m32, offsets)
{
	static const uint8_t text[] = "not a register";
	struct kplug *null, *ivshmem;
	struct null_sum sum_of;
	volatile void *memory;
	struct kplug_shm shm;
	uint64_t value;

	need_32_bits();
	null = null_open(64);
	ck_assert_uint_eq(null->ring->entries, 64);
	ck_assert_uint_eq(null->ring->record_size, sizeof(struct kplug_event));
	OK(kplug_shm_alloc(null, sizeof(text), &shm));
	memcpy(shm.addr, text, sizeof(text));
	sum_of = (struct null_sum){ .id = shm.id, .length = 3 };
	ck_assert_int_eq(kplug_call(null, NULL_CALL_SUM, &sum_of, sizeof(sum_of), &value,
				    sizeof(value)),
			 sizeof(value));
	ck_assert_uint_eq(value, 'n' + 'o' + 't');
	OK(kplug_shm_free(null, &shm));
	kplug_close(null);

	device_bind(IVSHMEM);
	ivshmem = device_open(IVSHMEM);
	OK(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 4096, 4096, &memory));
	*(volatile uint32_t *)memory = 0x32323232;
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 4096, 4, &value));
	ck_assert_uint_eq(value, 0x32323232);
	ck_assert_int_eq(kplug_map_range(ivshmem, IVSHMEM_MEMORY, 1ull << 32, 4096, &memory),
			 -EINVAL);
	kplug_close(ivshmem);
	objects_settle();
}

/* A 64-bit register is one access from the program too, and arrives whole, by every way. */
TEST(m32, wide_registers)
{
	const struct kplug_io *io;
	struct kplug *ivshmem;
	uint64_t value;

	need_32_bits();
	device_bind(IVSHMEM);
	ivshmem = device_open(IVSHMEM);
	OK(kplug_map(ivshmem, IVSHMEM_MEMORY));
	io = kplug_io_user(ivshmem);
	kplug_write64(io, IVSHMEM_MEMORY, 8, WIDE);
	ck_assert_uint_eq(kplug_read64(io, IVSHMEM_MEMORY, 8), WIDE);
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 8, 8, &value));
	ck_assert_uint_eq(value, WIDE);
	OK(kplug_access_write(ivshmem, IVSHMEM_MEMORY, 16, 8, ~WIDE));
	OK(kplug_transfer_read(ivshmem, IVSHMEM_MEMORY, 16, 8, &value, 1, 0));
	ck_assert_uint_eq(value, ~WIDE);
	ck_assert_uint_eq(kplug_read32(io, IVSHMEM_MEMORY, 20), (uint32_t)(~WIDE >> 32));
	kplug_close(ivshmem);
	objects_settle();
}

/* The stack of a 32-bit program is above 2 GiB: no pointer may become negative. */
TEST(m32, high_pointers)
{
	const struct kplug_handler recipe = { .steps = edu_recipe,
					      .num_steps = ARRAY_SIZE(edu_recipe) };
	uint32_t words[4] = { 1, 2, 3, 4 }, answer[4] = { 0 };
	struct kplug_transfer list[2] = {
		{ .op = KPLUG_TRANSFER_READ,
		  .width = 4,
		  .count = 1,
		  .offset = EDU_ID,
		  .buffer = (uintptr_t)words },
		{ .op = KPLUG_TRANSFER_WRITE,
		  .width = 4,
		  .count = 1,
		  .offset = EDU_LIVENESS,
		  .value = 5 },
	};
	struct kplug *null, *edu;
	unsigned int done;

	need_32_bits();
	ck_assert_uint_gt((uintptr_t)words, INT32_MAX);
	null = null_open(0);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, words, sizeof(words), answer,
				    sizeof(answer)),
			 sizeof(answer));
	ck_assert_mem_eq(answer, words, sizeof(words));
	kplug_close(null);

	edu = edu_open(EDU1, NULL);
	OK(kplug_transfer(edu, list, 2, &done));
	ck_assert_uint_eq(words[0] & EDU_ID_MASK, EDU_ID_VALUE);
	OK(kplug_set_cleanup(edu, &list[1], 1));
	ck_assert_int_eq(kplug_attach(edu, 0, &recipe), KPLUG_HANDLER_RECIPE);
	edu_check_interrupt(edu, 0x80000001);
	kplug_close(edu);
	objects_settle();
}

/* Pinned memory above 2 GiB, and segments whose addresses may need more than 32 bits. */
TEST(m32, pinned_memory)
{
	const struct kplug_dma_limits limits = { .address_bits = 64 };
	uint8_t bytes[3 * 4096];
	struct kplug_dma_segment segment;
	struct kplug_dma_mapping mapping;
	struct kplug *edu;
	uint64_t offset;
	int fd;

	need_32_bits();
	edu = edu_open(EDU2, NULL);
	OK(kplug_dma_set_limits(edu, &limits));
	fd = kplug_dma_buffer_pin(edu, bytes + 100, 2 * 4096, 0, &offset);
	ck_assert_int_ge(fd, 0);
	OK(kplug_dma_map(edu, fd, offset, 2 * 4096, KPLUG_DMA_BOTH, &mapping));
	ck_assert_uint_ge(mapping.num_segments, 1);
	OK(kplug_dma_segments(edu, mapping.id, 0, &segment, 1));
	ck_assert_uint_eq(segment.address % 4096, (uintptr_t)(bytes + 100) % 4096);
	OK(kplug_dma_unmap(edu, mapping.id));
	close(fd);
	kplug_close(edu);
	objects_settle();
}
