// SPDX-License-Identifier: MIT
// Maps of registers, rings, shared memory and buffers, also after their device has gone.
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <uapi/kplug_abi.h>
#include <unistd.h>

#include "memory.h"
#include "message.h"
#include "process.h"
#include "random.h"

/* As in the kernel: four bits select the object, forty are the offset in it. */
#define KIND_SHIFT 40
#define SHM_SHIFT  24
#define RING       8ull
#define SHM        9ull

#define IVSHMEM_MEMORY 2 /* the region that is plain memory */

static uint64_t any_offset(void)
{
	uint64_t kinds[] = { below(8), RING, SHM, chance(50) ? below(16) : odd_value() };
	uint64_t kind = pick(kinds), offset = kind << KIND_SHIFT;

	if (kind == SHM)
		offset |= (uint64_t)small_id() << SHM_SHIFT;
	if (chance(30))
		offset += below(16) * PAGE;
	return offset;
}

static int any_protection(void)
{
	return chance(60) ? PROT_READ : chance(80) ? PROT_READ | PROT_WRITE : below(8);
}

/* Registers are only read. */
static bool is_memory(enum device_type type, uint64_t kind)
{
	return kind >= RING || (type == IVSHMEM && kind == IVSHMEM_MEMORY);
}

long do_mmap(unsigned int slot)
{
	size_t length = (1 + below(chance(80) ? 4 : chance(80) ? 64 : 2048)) * PAGE;
	bool buffer = chance(25);
	uint64_t offset = buffer ? (chance(70) ? 0 : below(16) * PAGE) : any_offset();
	int flags = (chance(90) ? MAP_SHARED : MAP_PRIVATE) | (chance(5) ? MAP_POPULATE : 0) |
		    (chance(3) ? MAP_LOCKED : 0);
	void *address = mmap(NULL, length, any_protection(), flags,
			     buffer ? pick(buffers) : client_fd(slot), offset);

	if (address == MAP_FAILED)
		return -errno;
	map_keep(address, length, buffer || is_memory(client_type(slot), offset >> KIND_SHIFT));
	return 0;
}

long do_munmap(unsigned int slot)
{
	struct map *map = &pick(maps);
	char *address = map->address;
	bool later = chance(20);

	(void)slot;
	if (!address)
		return -ENOENT;
	map->address = NULL;
	return munmap(address + (later ? PAGE : 0), chance(70) ? map->length : PAGE) ? -errno : 0;
}

long do_mremap(unsigned int slot)
{
	struct map *map = &pick(maps);
	size_t length = chance(50) ? map->length : (1 + below(16)) * PAGE;
	void *address;

	(void)slot;
	if (!map->address)
		return -ENOENT;
	address = mremap(map->address, chance(20) ? 0 : map->length, length, MREMAP_MAYMOVE);
	if (address == MAP_FAILED)
		return -errno;
	map->address = address;
	map->length = length;
	return 0;
}

long do_advise(unsigned int slot)
{
	static const int advices[] = { MADV_DONTNEED, MADV_DONTFORK,      MADV_WILLNEED,
				       MADV_DODUMP,   MADV_FREE,          MADV_PAGEOUT,
				       MADV_DOFORK,   MADV_POPULATE_READ, MADV_MERGEABLE };
	const struct map *map = &pick(maps);
	int result;

	(void)slot;
	if (!map->address)
		return -ENOENT;
	if (chance(70))
		result = madvise(map->address, map->length, pick(advices));
	else if (chance(50))
		result = mprotect(map->address, map->length, below(4));
	else
		result = mlock(map->address, map->length);
	return result ? -errno : 0;
}

long do_touch(unsigned int slot)
{
	const struct map *map = &pick(maps);
	char *address = map->address;
	size_t offset = below(map->length) & ~3u;
	uint32_t value;
	bool reached;

	(void)slot;
	if (!address)
		return -ENOENT;
	if (map->may_write && chance(50))
		reached = memory_write32(address + offset, odd_value());
	else
		reached = memory_read32(address + offset, &value);
	return reached ? 0 : -EFAULT;
}

/* As a debugger does, which needs the fault handlers of the kernel in another way. */
long do_peek(unsigned int slot)
{
	const struct map *map = &pick(maps);
	uint64_t data[8], offset = below(map->length) & (chance(70) ? ~7u : ~0u);
	size_t length = chance(80) ? 8 : 1 + below(sizeof(data));
	ssize_t done;
	int fd;

	(void)slot;
	if (!map->address)
		return -ENOENT;
	fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (map->may_write && chance(30))
		done = pwrite(fd, data, length, (uintptr_t)map->address + offset);
	else
		done = pread(fd, data, length, (uintptr_t)map->address + offset);
	close(fd);
	return done < 0 ? -errno : done;
}

long do_disturb(unsigned int slot)
{
	(void)slot;
	return memory_disturb();
}

/* The tail as a program moves it, or nonsense. */
long do_ring_page(unsigned int slot)
{
	struct kplug_ring_page *ring = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
					    client_fd(slot), RING << KIND_SHIFT);
	uint64_t tail;

	if (ring == MAP_FAILED)
		return -errno;
	tail = odd_value();
	if (chance(70))
		memory_copy(&tail, &ring->head, sizeof(tail));
	memory_copy(&ring->tail, &tail, sizeof(tail));
	if (chance(10))
		memory_write32(&ring->entries, odd_value());
	return munmap(ring, PAGE) ? -errno : 0;
}
