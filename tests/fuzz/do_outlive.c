// SPDX-License-Identifier: MIT
// What a program still has of a device that has gone: maps, events, buffers, mappings.
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "admin.h"
#include "command.h"
#include "fault.h"
#include "memory.h"
#include "operation.h"
#include "process.h"
#include "random.h"

#define MAPPED 3 /* regions */
#define SHARED 2 /* the region of ivshmem that is plain memory */

struct kept {
	int fd, buffer;
	char *regions[MAPPED], *memory;
};

static char *map_shared(int fd, uint64_t offset)
{
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	return at == MAP_FAILED ? NULL : at;
}

/* Some before the device goes, and some not: a page that was never there comes later. */
static void map_all(struct kept *kept)
{
	struct kplug_region_info info = { .size = sizeof(info) };
	uint32_t value;

	for (info.index = 0; info.index < MAPPED; info.index++) {
		if (command(kept->fd, KPLUG_REGION_INFO, &info) ||
		    !(info.out_flags & KPLUG_REGION_MMAP))
			continue;
		kept->regions[info.index] = map_shared(kept->fd, info.out_mmap_offset);
		if (kept->regions[info.index] && chance(50))
			memory_read32(kept->regions[info.index], &value);
	}
}

static void make_memory(struct kept *kept, enum device_type type)
{
	struct kplug_dma_buffer_make make = { .size = sizeof(make),
					      .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
					      .length = PAGE };
	struct kplug_dma_map map = { .size = sizeof(map) };

	if (chance(30)) {
		make.source = KPLUG_DMA_BUFFER_USER;
		make.address = (uintptr_t)arena_page(type);
	} else if (type == IVSHMEM || (type == EDU && chance(50))) {
		make.source = KPLUG_DMA_BUFFER_REGION;
		make.region = type == IVSHMEM ? SHARED : 0;
		make.address = PAGE;
	}
	if (command(kept->fd, KPLUG_DMA_BUFFER, &make))
		return;
	kept->buffer = make.out_fd;
	kept->memory = map_shared(kept->buffer, 0);
	map.fd = kept->buffer;
	command(kept->fd, KPLUG_DMA_MAP, &map);
}

static void use_all(const struct kept *kept, unsigned int slot)
{
	static const char *const operations[] = { "read",      "poll",   "fdinfo",   "mmap",
						  "DMA_UNMAP", "DETACH", "ACCESS",   "REGION_INFO",
						  "peek",      "UNMASK", "ring_page" };
	uint32_t value;

	for (unsigned int i = 0; i < MAPPED; i++)
		if (kept->regions[i])
			memory_read32(kept->regions[i] + below(PAGE / 4) * 4, &value);
	if (kept->memory)
		memory_read32(kept->memory, &value);
	for (unsigned int i = 0; i < 3; i++)
		operation_run(operation_find(pick(operations)), slot);
}

/* The maps stay for others to use. */
static void keep_all(const struct kept *kept)
{
	for (unsigned int i = 0; i < MAPPED; i++)
		if (kept->regions[i])
			map_keep(kept->regions[i], PAGE, false);
	if (kept->memory)
		map_keep(kept->memory, PAGE, false);
	descriptor_keep(buffers, NUM_BUFFERS, kept->buffer);
}

long do_outlive(unsigned int slot)
{
	struct kept kept = { .fd = client_renew(slot), .buffer = -1 };
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 8 };
	const char *name = devices[client_device(slot)].name;
	enum device_type type = client_type(slot);
	long result;

	if (kept.fd < 0)
		return kept.fd;
	/* See UPHEAVAL(): faults are not for PCI. */
	if (type < NULL_DEVICE)
		fault_set(0);
	map_all(&kept);
	command(kept.fd, KPLUG_RING, &ring);
	make_memory(&kept, type);
	result = admin_take_away(name, type);
	use_all(&kept, slot);
	admin_bring_back(name, type);
	keep_all(&kept);
	return result;
}
