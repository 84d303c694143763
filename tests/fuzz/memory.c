// SPDX-License-Identifier: MIT
// Memory for arguments.
#include "memory.h"

#include <err.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "random.h"

#define ARENA_PAGES   16 /* of each type of device */
#define PLACES        8 /* first pages of these that are given out */
#define ARENA         ((char *)0x10000000) /* system calls of 32 bits reach it */
#define ARENA_SIZE    (ARENA_PAGES * PAGE * NUM_TYPES)
#define OWN_SIZE      (1 << 17)
#define LARGEST_PLACE (OWN_SIZE / 2)

static char *constant, *constant_to_write; /* one page, seen twice */

static __thread sigjmp_buf resume;
static __thread volatile sig_atomic_t may_fault;

static void on_fault(int number)
{
	if (may_fault) {
		may_fault = 0;
		siglongjmp(resume, 1);
	}
	signal(number, SIG_DFL);
}

/* GUARDED() - runs a statement, and returns false when it reached memory that is gone */
#define GUARDED(statement)                \
	do {                              \
		if (sigsetjmp(resume, 1)) \
			return false;     \
		may_fault = 1;            \
		statement;                \
		may_fault = 0;            \
		return true;              \
	} while (0)

bool memory_copy(void *to, const void *from, size_t length)
{
	GUARDED(memcpy(to, from, length));
}

bool memory_read32(const volatile void *from, uint32_t *value)
{
	GUARDED(*value = *(const volatile uint32_t *)from);
}

bool memory_write32(volatile void *to, uint32_t value)
{
	GUARDED(*(volatile uint32_t *)to = value);
}

static long renew(char *page, size_t length)
{
	void *fresh = mmap(page, length, PROT_READ | PROT_WRITE,
			   MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED, -1, 0);

	return fresh == MAP_FAILED ? -errno : 0;
}

/* A page that the kernel can read and not write, and how it is filled. */
static void make_constant(void)
{
	int fd = memfd_create("constant", MFD_CLOEXEC);

	if (ftruncate(fd, PAGE))
		err(2, "memfd_create");
	constant = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	constant_to_write = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (constant == MAP_FAILED || constant_to_write == MAP_FAILED)
		err(2, "mmap");
	close(fd);
}

void memory_set_up(void)
{
	struct sigaction fault = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	renew(ARENA, ARENA_SIZE);
	make_constant();
}

char *arena_page(enum device_type type)
{
	return ARENA + (ARENA_PAGES * type + below(PLACES)) * PAGE;
}

long memory_disturb(void)
{
	size_t length = (1 + below(3)) * PAGE;
	char *page = arena_page(below(NUM_TYPES));

	switch (below(4)) {
	case 0:
		munmap(page, length);
		break;
	case 1:
		mprotect(page, length, below(4));
		break;
	case 2:
		madvise(page, length, MADV_DONTNEED);
		break;
	}
	return renew(page, length);
}

/* Memory of this thread, where nothing is disturbed. */
static char *own_place(size_t length)
{
	static __thread char own[OWN_SIZE] __attribute__((aligned(4096)));
	static __thread size_t used;

	used = (used + length + 64) % (OWN_SIZE - LARGEST_PLACE) & ~7ul;
	return own + used;
}

uint64_t memory_place(enum device_type type, const void *data, size_t length)
{
	char *to;

	if (chance(3))
		return odd_value();
	if (chance(3))
		return (uintptr_t)ARENA + ARENA_SIZE - below(64); /* ends in the middle */
	if (length > LARGEST_PLACE)
		return 0;
	if (chance(3) && length <= PAGE) {
		if (data)
			memcpy(constant_to_write, data, length);
		return (uintptr_t)constant;
	}
	if (chance(15) && length <= PLACES * PAGE)
		to = arena_page(type) + (chance(30) ? below(PAGE) : below(64) * 8);
	else
		to = own_place(length);
	if (data)
		memory_copy(to, data, length);
	return (uintptr_t)to;
}
