// SPDX-License-Identifier: MIT
// Who pays for memory, and until when: the user's RLIMIT_MEMLOCK, and the memory cgroup.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  4096u
#define LIMIT 16u /* pages that a user may lock in these tests */
#define MOST  12u /* of them: no two of these fit */
#define USER  4321

/* In processes outside of Check: they end with the line of the failed assertion. */
#define MUST(condition)                                                \
	do {                                                           \
		if (!(condition)) {                                    \
			printf("line %d: %s\n", __LINE__, #condition); \
			_exit(1);                                      \
		}                                                      \
	} while (0)

/* What children leave to other processes after they have ended. */
struct shared {
	int fd;
	int ready;
};

static struct shared *share(void)
{
	struct shared *shared =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(shared, MAP_FAILED);
	shared->fd = -1;
	return shared;
}

static bool ended_well(pid_t child)
{
	int status;

	return waitpid(child, &status, 0) == child && !status;
}

static void become_user(void)
{
	const struct rlimit limit = { LIMIT * PAGE, LIMIT * PAGE };

	MUST(!setrlimit(RLIMIT_MEMLOCK, &limit));
	MUST(!setgid(USER) && !setuid(USER));
}

static void null_for_all(void)
{
	core_start();
	null_open(0);
	OK(chmod("/dev/kplug/" NULL0, 0666));
}

static int shm_alloc(struct kplug *k, unsigned int pages, struct kplug_shm_alloc *alloc)
{
	*alloc = (struct kplug_shm_alloc){ .size = sizeof(*alloc), .length = pages * PAGE };
	return command(k, KPLUG_SHM_ALLOC, alloc);
}

static int shm_free(struct kplug *k, const struct kplug_shm_alloc *alloc)
{
	struct kplug_shm_free arg = { .size = sizeof(arg), .id = alloc->out_id };

	return command(k, KPLUG_SHM_FREE, &arg);
}

/* One more client of the same user gets these pages and frees them, or gets -ENOMEM. */
static int try_pages(unsigned int pages)
{
	struct kplug_shm_alloc alloc;
	struct kplug *null;
	int err;

	null = device_open_ring(NULL0, 0);
	err = shm_alloc(null, pages, &alloc);
	kplug_close(null);
	return err;
}

static void keep_mapped(void)
{
	struct kplug_shm_alloc alloc;
	struct kplug *null;
	int pipes[2];
	uint8_t *map;
	pid_t child;

	null = device_open_ring(NULL0, 0);
	MUST(!shm_alloc(null, MOST, &alloc));
	map = mmap(NULL, MOST * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(null),
		   alloc.out_mmap_offset);
	MUST(map != MAP_FAILED);
	map[0] = 1;
	MUST(!shm_free(null, &alloc));
	MUST(try_pages(MOST) == -ENOMEM);
	/* A child inherits the map. */
	MUST(!pipe(pipes));
	child = fork();
	if (!child) {
		char byte;

		close(pipes[1]);
		_exit(read(pipes[0], &byte, 1) != 0 || map[0] != 1);
	}
	close(pipes[0]);
	MUST(!munmap(map, MOST * PAGE));
	MUST(try_pages(MOST) == -ENOMEM);
	close(pipes[1]);
	MUST(ended_well(child));
	MUST(!try_pages(LIMIT));
	/* A part of the map keeps all of it. */
	MUST(!shm_alloc(null, MOST, &alloc));
	map = mmap(NULL, MOST * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(null),
		   alloc.out_mmap_offset);
	MUST(map != MAP_FAILED);
	MUST(!shm_free(null, &alloc));
	MUST(!munmap(map + PAGE, PAGE));
	MUST(!munmap(map, PAGE));
	MUST(try_pages(MOST) == -ENOMEM);
	MUST(!munmap(map + 2 * PAGE, (MOST - 2) * PAGE));
	MUST(!try_pages(LIMIT));
}

/* Freed memory that is still mapped is still charged. */
TEST(charge, freed_while_mapped, .smoke = true)
{
	pid_t child;

	null_for_all();
	child = fork();
	if (!child) {
		become_user();
		keep_mapped();
		_exit(0);
	}
	ck_assert(ended_well(child));
}

static void exec_with_memory(void)
{
	int in[2], executed[2];
	struct kplug *null;
	pid_t child;
	char byte;

	null = device_open_ring(NULL0, 0);
	MUST(!pipe(in) && !pipe2(executed, O_CLOEXEC));
	child = fork();
	if (!child) {
		struct kplug_shm_alloc alloc;

		MUST(!shm_alloc(null, MOST, &alloc));
		MUST(!fcntl(kplug_fd(null), F_SETFD, 0));
		MUST(dup2(in[0], 0) == 0);
		close(in[1]);
		execl("/bin/sh", "sh", "-c", "read line; exit 0", NULL);
		_exit(1);
	}
	kplug_close(null);
	close(in[0]);
	close(executed[1]);
	MUST(read(executed[0], &byte, 1) == 0);
	MUST(try_pages(MOST) == -ENOMEM);
	close(in[1]);
	MUST(ended_well(child));
	MUST(!try_pages(LIMIT));
}

/* Another program in the same process still has the descriptor, and so the memory. */
TEST(charge, exec)
{
	pid_t child;

	null_for_all();
	child = fork();
	if (!child) {
		become_user();
		exec_with_memory();
		_exit(0);
	}
	ck_assert(ended_well(child));
}

/* A child with memory of its own, and the descriptors of its parent. */
static pid_t clone_with_files(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
}

static int make_buffer(struct kplug *edu, bool pins, void *memory, unsigned int pages)
{
	struct kplug_dma_buffer_make arg = {
		.size = sizeof(arg),
		.source = pins ? KPLUG_DMA_BUFFER_USER : KPLUG_DMA_BUFFER_CONTIGUOUS,
		.address = pins ? (uintptr_t)memory : 0,
		.length = pages * PAGE,
	};
	int err = command(edu, KPLUG_DMA_BUFFER, &arg);

	return err ?: arg.out_fd;
}

static void share_descriptors(struct kplug *edu, bool pins, struct shared *shared)
{
	void *memory = mmap(NULL, LIMIT * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	int fd;

	for (int i = 0; i < 3; i++) {
		pid_t child = clone_with_files();

		if (!child) {
			fd = make_buffer(edu, pins, memory, MOST);
			MUST(i ? fd == -ENOMEM : fd >= 0);
			if (!i)
				shared->fd = fd;
			_exit(0);
		}
		MUST(ended_well(child));
	}
	MUST(make_buffer(edu, pins, memory, MOST) == -ENOMEM);
	close(shared->fd);
	fd = make_buffer(edu, pins, memory, LIMIT);
	MUST(fd >= 0);
	close(fd);
}

/* One limit for all children, and for memory of those that are gone. */
TEST(charge, children, .smoke = true, .variants = VARIANTS("contiguous", "user"))
{
	struct shared *shared = share();
	struct kplug *edu;
	pid_t child;

	core_start();
	device_bind(EDU2);
	edu = device_open_ring(EDU2, 0);
	child = fork();
	if (!child) {
		become_user();
		share_descriptors(edu, !strcmp(variant, "user"), shared);
		_exit(0);
	}
	ck_assert(ended_well(child));
	kplug_close(edu);
	objects_settle();
}

static unsigned int pinned_kb(void)
{
	char status[4096];

	OK(file_read(status, sizeof(status), "/proc/self/status"));
	return (unsigned int)atoi(strstr(status, "VmPin:") + sizeof("VmPin:"));
}

/* What is pinned shows in /proc, also for those without a limit. */
TEST(charge, pinned)
{
	static uint8_t memory[LIMIT * PAGE] __attribute__((aligned(PAGE)));
	struct kplug *edu;
	int fd;

	core_start();
	device_bind(EDU2);
	edu = device_open_ring(EDU2, 0);
	for (int i = 0; i < 2; i++) {
		fd = make_buffer(edu, true, memory, LIMIT);
		ck_assert_int_ge(fd, 0);
		ck_assert_uint_eq(pinned_kb(), LIMIT * PAGE / 1024);
		close(fd);
		ck_assert_uint_eq(pinned_kb(), 0);
		/* A failure leaves no charge. */
		ck_assert_int_eq(make_buffer(edu, true, NULL, LIMIT), -EFAULT);
		ck_assert_uint_eq(pinned_kb(), 0);
	}
	kplug_close(edu);
}

/* A piece is charged whole; a client that cannot pay for it gets other memory. */
TEST(charge, pool)
{
	const struct kplug_dma_limits everything = { .address_bits = 64 };
	struct kplug_dma_buffer small, piece, other;
	struct kplug *edu;
	char text[64];

	core_start();
	OK(file_write("1x128K", "/sys/module/kplug/parameters/pool"));
	edu = edu_open(EDU2, NULL);
	OK(kplug_dma_set_limits(edu, &everything));
	kplug_close(edu);
	edu = device_open_ring(EDU2, 0);
	memlock_limit(LIMIT * PAGE);
	OK(kplug_dma_buffer_alloc(edu, PAGE, &small));
	OK(file_read(text, sizeof(text), "/sys/class/kplug/" EDU2 "/pool"));
	ck_assert_str_eq(text, "131072 1 1");
	kplug_dma_buffer_free(&small);
	memlock_limit(40 * PAGE);
	OK(kplug_dma_buffer_alloc(edu, PAGE, &piece));
	OK(file_read(text, sizeof(text), "/sys/class/kplug/" EDU2 "/pool"));
	ck_assert_str_eq(text, "131072 1 0");
	ck_assert_int_eq(kplug_dma_buffer_alloc(edu, 9 * PAGE, &other), -ENOMEM);
	OK(kplug_dma_buffer_alloc(edu, 8 * PAGE, &other));
	kplug_dma_buffer_free(&other);
	kplug_dma_buffer_free(&piece);
	kplug_close(edu);
	objects_settle();
}

/*
 * A user's program is killed while the device knows its memory; the other one tries to get as much.
 */
static void die_with_mapping(struct kplug *edu)
{
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	int fd = make_buffer(edu, false, NULL, MOST);

	MUST(fd >= 0);
	MUST(!kplug_dma_map(edu, fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	MUST(!kplug_dma_segments(edu, mapping.id, 0, &segment, 1));
	raise(SIGKILL);
}

static int try_buffer(void)
{
	struct kplug *edu = device_open_ring(EDU0, 0);
	pid_t child = fork();
	int status;

	if (!child) {
		int fd;

		become_user();
		fd = make_buffer(edu, false, NULL, MOST);
		_exit(fd < 0 ? -fd : 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	kplug_close(edu);
	return WEXITSTATUS(status);
}

/* Memory in quarantine is charged, and free when it leaves. */
TEST(charge, quarantine)
{
	struct kplug *keeper;
	pid_t child;
	int status;

	core_start();
	device_bind(EDU0);
	/* While a client has it open, the core does not reset it. */
	keeper = device_open_ring(EDU0, 0);
	OK(kplug_dma_set_limits(keeper,
				&(struct kplug_dma_limits){ .address_bits = EDU_DMA_BITS }));
	child = fork();
	if (!child) {
		struct kplug *edu = device_open_ring(EDU0, 0);

		become_user();
		die_with_mapping(edu);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(objects_live("quarantine"), 1);
	ck_assert_int_eq(try_buffer(), ENOMEM);
	OK(kplug_reset(keeper));
	ck_assert_int_eq(objects_live("quarantine"), 0);
	ck_assert_int_eq(try_buffer(), 0);
	kplug_close(keeper);
	objects_settle();
}

#define CGROUP "/run/cgroup"

static void cgroup_start(void)
{
	char controllers[256];

	mkdir(CGROUP, 0700);
	if (mount("cgroup2", CGROUP, "cgroup2", 0, NULL) && errno != EBUSY)
		test_skip("this kernel has no cgroups");
	OK(file_read(controllers, sizeof(controllers), CGROUP "/cgroup.controllers"));
	if (!strstr(controllers, "memory"))
		test_skip("this kernel has no memory cgroups");
	OK(file_write("+memory", CGROUP "/cgroup.subtree_control"));
	/* A new user: the pages of an earlier one may still be charged for a moment. */
	OK(mkdir(CGROUP "/test", 0700));
}

static unsigned long long cgroup_bytes(void)
{
	char text[32];

	OK(file_read(text, sizeof(text), CGROUP "/test/memory.current"));
	return strtoull(text, NULL, 10);
}

/* The length that it got. */
static size_t allocate(const char *what)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = KPLUG_MAX_RING };
	struct kplug_shm_alloc alloc;
	struct kplug *k;

	if (!strcmp(what, "contiguous")) {
		k = device_open_ring(EDU2, 0);
		MUST(make_buffer(k, false, NULL, 512) >= 0);
		return 512 * PAGE;
	}
	k = device_open_ring(NULL0, 0);
	if (!strcmp(what, "ring")) {
		MUST(!command(k, KPLUG_RING, &ring));
		return ring.out_mmap_size;
	}
	MUST(!shm_alloc(k, 1024, &alloc));
	return 1024 * PAGE;
}

/* The pages are in the cgroup of the program that asked for them. */
TEST(charge, cgroup, .variants = VARIANTS("shm", "ring", "contiguous"))
{
	struct shared *shared = share();
	int go[2];
	pid_t child;
	char byte;

	cgroup_start();
	null_for_all();
	device_bind(EDU2);
	OK(pipe(go));
	child = fork();
	if (!child) {
		close(go[1]);
		MUST(!file_write("0", CGROUP "/test/cgroup.procs"));
		shared->ready = (int)allocate(variant);
		_exit(read(go[0], &byte, 1) != 0);
	}
	close(go[0]);
	ck_assert(WAIT_UNTIL(__atomic_load_n(&shared->ready, __ATOMIC_ACQUIRE), 20000));
	ck_assert_uint_ge(cgroup_bytes(), (unsigned int)shared->ready);
	close(go[1]);
	ck_assert(ended_well(child));
	ck_assert(WAIT_UNTIL(!rmdir(CGROUP "/test"), 10000));
}
