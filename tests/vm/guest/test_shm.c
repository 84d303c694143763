// SPDX-License-Identifier: MIT
// Memory shared with a plugin: limits, privacy, lifetime, charges.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long sum(struct kplug *null, uint32_t id, uint32_t length)
{
	const struct null_sum in = { .id = id, .length = length };
	uint64_t out;
	int result = kplug_call(null, NULL_CALL_SUM, &in, sizeof(in), &out, sizeof(out));

	return result < 0 ? result : (long long)out;
}

TEST(shm, plugin_sees_it)
{
	static const size_t lengths[] = { 1, 4095, 4096, 4097, 100000, 1 << 20 };
	struct kplug_shm shm;
	struct kplug *null;

	core_start();
	null = null_open(0);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		uint8_t *bytes;
		long long expected = 0;

		OK(kplug_shm_alloc(null, lengths[i], &shm));
		ck_assert_int_eq(shm.length, (lengths[i] + 4095) / 4096 * 4096);
		bytes = shm.addr;
		ck_assert_int_eq(sum(null, shm.id, shm.length), 0); /* zeroed */
		for (size_t at = 0; at < shm.length; at += 61)
			expected += bytes[at] = at;
		ck_assert_int_eq(sum(null, shm.id, shm.length), expected);
		ck_assert_int_eq(sum(null, shm.id, shm.length + 1), -EINVAL);
		OK(kplug_shm_free(null, &shm));
	}
	ck_assert_int_eq(objects_live("shm"), 0);
}

TEST(shm, limits)
{
	static const uint64_t bad[] = { 0, KPLUG_MAX_SHM + 1, 1ull << 32, ~0ull, ~0ull - 4095 };
	struct kplug_shm_alloc alloc;
	struct kplug_shm shm[KPLUG_MAX_SHMS], one_more;
	struct kplug *null;

	core_start();
	null = null_open(0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		alloc = (struct kplug_shm_alloc){ .size = sizeof(alloc), .length = bad[i] };
		ck_assert_int_eq(command(null, KPLUG_SHM_ALLOC, &alloc), -EINVAL);
	}
	OK(kplug_shm_alloc(null, KPLUG_MAX_SHM, &one_more));
	((uint8_t *)one_more.addr)[KPLUG_MAX_SHM - 1] = 3;
	ck_assert_int_eq(sum(null, one_more.id, KPLUG_MAX_SHM), 3);
	OK(kplug_shm_free(null, &one_more));

	for (size_t i = 0; i < KPLUG_MAX_SHMS; i++)
		OK(kplug_shm_alloc(null, 1, &shm[i]));
	ck_assert_int_eq(kplug_shm_alloc(null, 1, &one_more), -ENOSPC);
	ck_assert_int_eq(objects_live("shm"), KPLUG_MAX_SHMS);
	OK(kplug_shm_free(null, &shm[17]));
	OK(kplug_shm_alloc(null, 1, &one_more));
	kplug_close(null);
}

TEST(shm, ids_belong_to_the_client, .smoke = true)
{
	struct kplug_shm_free free_cmd = { .size = sizeof(free_cmd) };
	struct kplug *mine, *theirs;
	struct kplug_shm shm;

	core_start();
	mine = null_open(0);
	theirs = null_open(0);
	OK(kplug_shm_alloc(mine, 4096, &shm));
	free_cmd.id = shm.id;
	ck_assert_int_eq(sum(theirs, shm.id, 1), -ENOENT);
	ck_assert_int_eq(command(theirs, KPLUG_SHM_FREE, &free_cmd), -ENOENT);
	ck_assert_int_eq(sum(mine, shm.id, 4096), 0);
	OK(command(mine, KPLUG_SHM_FREE, &free_cmd));
	ck_assert_int_eq(command(mine, KPLUG_SHM_FREE, &free_cmd), -ENOENT);
	ck_assert_int_eq(sum(mine, shm.id, 1), -ENOENT);
	free_cmd.id = 0;
	ck_assert_int_eq(command(mine, KPLUG_SHM_FREE, &free_cmd), -ENOENT);
}

/* A map stays after kplug_shm_free() and after close(). */
TEST(shm, mapping_lives_on, .smoke = true, .variants = VARIANTS("free", "close"))
{
	struct kplug_shm_alloc alloc = { .size = sizeof(alloc), .length = 8192 };
	struct kplug_shm_free free_cmd = { .size = sizeof(free_cmd) };
	volatile uint8_t *map;
	struct kplug *null;

	core_start();
	null = null_open(0);
	OK(command(null, KPLUG_SHM_ALLOC, &alloc));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(null),
		   alloc.out_mmap_offset);
	ck_assert_ptr_ne((void *)map, MAP_FAILED);
	map[8191] = 7;
	free_cmd.id = alloc.out_id;
	if (!strcmp(variant, "free"))
		OK(command(null, KPLUG_SHM_FREE, &free_cmd));
	kplug_close(null);
	ck_assert_int_eq(map[8191], 7);
	map[0] = 5;
	ck_assert_int_eq(map[0], 5);
	munmap((void *)map, 8192);
	objects_settle();
}

static int map_error(struct kplug *k, size_t length, int flags, uint64_t offset)
{
	void *map = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, kplug_fd(k), offset);

	return map == MAP_FAILED ? -errno : munmap(map, length);
}

#define RACING_LENGTH (32 * 4096)

static uint64_t racing_offset;
static bool race_over;

static void *map_and_unmap(void *null)
{
	while (!__atomic_load_n(&race_over, __ATOMIC_RELAXED)) {
		void *at = mmap(NULL, RACING_LENGTH, PROT_READ, MAP_SHARED, kplug_fd(null),
				__atomic_load_n(&racing_offset, __ATOMIC_RELAXED));

		if (at != MAP_FAILED)
			munmap(at, RACING_LENGTH);
	}
	return NULL;
}

/* The last reference may be that of an mmap() that has just looked it up. */
TEST(shm, mapped_against_free)
{
	struct kplug *null;
	pthread_t mapper;

	core_start();
	null = null_open(0);
	race_over = false;
	OK(pthread_create(&mapper, NULL, map_and_unmap, null));
	for (int i = 0; i < rounds(5000); i++) {
		struct kplug_shm_alloc alloc = { .size = sizeof(alloc), .length = RACING_LENGTH };
		struct kplug_shm_free free = { .size = sizeof(free) };

		OK(command(null, KPLUG_SHM_ALLOC, &alloc));
		__atomic_store_n(&racing_offset, alloc.out_mmap_offset, __ATOMIC_RELAXED);
		free.id = alloc.out_id;
		OK(command(null, KPLUG_SHM_FREE, &free));
	}
	__atomic_store_n(&race_over, true, __ATOMIC_RELAXED);
	OK(pthread_join(mapper, NULL));
	kplug_close(null);
	objects_settle();
}

TEST(shm, mapping_is_checked)
{
	struct kplug_shm_alloc alloc = { .size = sizeof(alloc), .length = 8192 };
	struct kplug *null;

	core_start();
	null = null_open(0);
	OK(command(null, KPLUG_SHM_ALLOC, &alloc));
	OK(map_error(null, 8192, MAP_SHARED, alloc.out_mmap_offset));
	OK(map_error(null, 4096, MAP_SHARED, alloc.out_mmap_offset + 4096));
	ck_assert_int_eq(map_error(null, 8192, MAP_PRIVATE, alloc.out_mmap_offset), -EINVAL);
	ck_assert_int_eq(map_error(null, 12288, MAP_SHARED, alloc.out_mmap_offset), -EINVAL);
	ck_assert_int_eq(map_error(null, 8192, MAP_SHARED, alloc.out_mmap_offset + 4096), -EINVAL);
	ck_assert_int_eq(map_error(null, 4096, MAP_SHARED, alloc.out_mmap_offset + 8192), -EINVAL);
	ck_assert_int_eq(map_error(null, 4096, MAP_SHARED, alloc.out_mmap_offset + (1 << 24)),
			 -ENOENT);
	ck_assert_int_eq(map_error(null, 4096, MAP_SHARED, 10ull << 40), -EINVAL);
	ck_assert_int_eq(map_error(null, 4096, MAP_SHARED, 1ull << 44), -EINVAL);
}

/* An unprivileged process: rings and shared memory count against its limit until they are freed. */
TEST(shm, memlock_limit)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 1024 };
	struct kplug_shm shm, too_much;
	struct kplug *null;

	core_start();
	null = null_open(0);
	memlock_limit(64 << 10);
	ck_assert_int_eq(kplug_shm_alloc(null, (64 << 10) + 1, &too_much), -ENOMEM);
	ck_assert_int_eq(command(null, KPLUG_RING, &ring), -ENOMEM);
	for (int i = 0; i < 10; i++) {
		OK(kplug_shm_alloc(null, 60 << 10, &shm));
		ck_assert_int_eq(kplug_shm_alloc(null, 8 << 10, &too_much), -ENOMEM);
		OK(kplug_shm_free(null, &shm));
	}
	ring.entries = 64;
	OK(command(null, KPLUG_RING, &ring));
	ck_assert_int_eq(kplug_shm_alloc(null, 60 << 10, &shm), -ENOMEM);
}

/* The user who paid gets the charge back, also when another user frees the memory. */
TEST(shm, charged_to_the_allocator)
{
	struct kplug_shm_free free_cmd = { .size = sizeof(free_cmd) };
	struct kplug_shm shm, too_much;
	struct kplug *null;
	pid_t child;
	int status;

	core_start();
	null = null_open(0);
	memlock_limit(1 << 20);
	OK(kplug_shm_alloc(null, 1 << 20, &shm));
	munmap(shm.addr, shm.length);
	free_cmd.id = shm.id;
	child = fork();
	if (!child)
		_exit(kplug_shm_alloc(null, 1, &too_much) != -ENOMEM ||
		      command(null, KPLUG_SHM_FREE, &free_cmd));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	OK(kplug_shm_alloc(null, 1 << 20, &shm));
}
