// SPDX-License-Identifier: MIT
// What a trusted program sets and reads on a device of its own, in an order in which it succeeds
// unless others use the device.
#include <kplug_odd.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "list.h"
#include "memory.h"
#include "process.h"
#include "random.h"
#include "transfer.h"

#define SHARED 2 /* the region of ivshmem that is plain memory */

static void set_caching(int fd, uint32_t region)
{
	struct kplug_caching_set caching = { .size = sizeof(caching),
					     .region = region,
					     .caching = below(2) };

	command(fd, KPLUG_CACHING, &caching);
}

/* The map stays, so that the device may go while it is there. */
static void map_region(int fd, enum device_type type, uint32_t region)
{
	struct kplug_region_info info = { .size = sizeof(info), .index = region };
	uint32_t value;
	char *at;

	if (command(fd, KPLUG_REGION_INFO, &info) || !(info.out_flags & KPLUG_REGION_MMAP))
		return;
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, info.out_mmap_offset);
	if (at == MAP_FAILED)
		return;
	memory_read32(at, &value);
	map_keep(at, PAGE, type == IVSHMEM && region == SHARED);
}

static void leave_cleanup(int fd, enum device_type type)
{
	struct kplug_transfer list[3];
	struct kplug_cleanup cleanup = { .size = sizeof(cleanup),
					 .writes = (uintptr_t)list,
					 .num_writes = 1 + below(ARRAY_SIZE(list)),
					 .stride = sizeof(list[0]) };

	for (unsigned int i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = transfer_make(type, true);
	command(fd, KPLUG_CLEANUP, &cleanup);
}

static void choose_cpus(int fd, uint32_t vector)
{
	uint64_t mask[16] = { 1 + below(3) };
	struct kplug_affinity affinity = { .size = sizeof(affinity),
					   .flags = KPLUG_AFFINITY_SET,
					   .vector = vector,
					   .length = sizeof(mask),
					   .mask = (uintptr_t)mask };

	command(fd, KPLUG_AFFINITY, &affinity);
	affinity.flags = 0;
	command(fd, KPLUG_AFFINITY, &affinity);
}

/* Each mode, with as many vectors as it has, and one vector armed. */
static void use_vectors(int fd)
{
	struct kplug_irq_mode_set mode = { .size = sizeof(mode), .mode = below(6) };
	struct kplug_arm arm = { .size = sizeof(arm), .vector = below(3) };
	struct kplug_vector_cmd vector = { .size = sizeof(vector), .vector = arm.vector };
	struct kplug_vector_info info = { .size = sizeof(info), .index = arm.vector };

	command(fd, KPLUG_IRQ_MODE, &mode);
	command(fd, KPLUG_ARM, &arm);
	choose_cpus(fd, arm.vector);
	command(fd, KPLUG_UNMASK, &vector);
	command(fd, KPLUG_VECTOR_INFO, &info);
	if (chance(70))
		command(fd, KPLUG_DISARM, &vector);
}

long do_usual_settings(unsigned int slot)
{
	struct kplug_subscribe subscribe = { .size = sizeof(subscribe), .vectors = { below(8) } };
	struct kplug_reset reset = { .size = sizeof(reset) };
	int fd = client_renew(slot);
	enum device_type type = client_type(slot);
	uint32_t region = type == IVSHMEM && chance(50) ? SHARED : below(2);

	if (fd < 0)
		return fd;
	if (chance(70))
		set_caching(fd, region);
	map_region(fd, type, region);
	leave_cleanup(fd, type);
	command(fd, KPLUG_SUBSCRIBE, &subscribe);
	use_vectors(fd);
	return chance(10) ? command(fd, KPLUG_RESET, &reset) : 0;
}

static void use_mapping(int fd, uint32_t id)
{
	struct kplug_dma_segment list[8];
	struct kplug_dma_segments segments = { .size = sizeof(segments),
					       .id = id,
					       .segments = (uintptr_t)list,
					       .num_segments = 1,
					       .stride = list_stride(sizeof(list[0])) };
	struct kplug_dma_sync sync = { .size = sizeof(sync), .id = id };

	command(fd, KPLUG_DMA_SEGMENTS, &segments);
	for (sync.sync_for = 1; sync.sync_for <= 2; sync.sync_for++) {
		sync.offset = chance(50) ? below(PAGE) : 0;
		command(fd, KPLUG_DMA_SYNC, &sync);
	}
}

/* As a plugin does. */
static void lend_mapping(int fd, uint32_t id)
{
	struct odd_mapping mapping = { .id = id };
	struct kplug_attach attach = { .size = sizeof(attach), .name = "odd" };
	struct kplug_call call = { .size = sizeof(call),
				   .cmd = ODD_CALL_MAPPING,
				   .in = (uintptr_t)&mapping,
				   .in_len = sizeof(mapping),
				   .out = (uintptr_t)&mapping,
				   .out_len = sizeof(mapping) };

	command(fd, KPLUG_ATTACH, &attach);
	command(fd, KPLUG_CALL, &call);
}

/* As the program does with the memory itself. */
static void use_buffer(int buffer, size_t length)
{
	struct dma_buf_sync sync = { DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	char *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, buffer, 0);

	if (at == MAP_FAILED)
		return;
	ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync);
	memory_write32(at, any());
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync);
	map_keep(at, length, true);
}

static int make_buffer(int fd, enum device_type type, size_t *length)
{
	struct kplug_dma_buffer_make make = { .size = sizeof(make),
					      .source = 1 + below(2),
					      .length = (1 + below(8)) * PAGE };
	char *page = arena_page(type);

	if (make.source == KPLUG_DMA_BUFFER_USER) {
		make.address = (uintptr_t)page + below(PAGE);
		make.flags = chance(30) ? KPLUG_DMA_BUFFER_READ_ONLY : 0;
	} else if (chance(30)) {
		make.flags = KPLUG_DMA_BUFFER_COHERENT;
	}
	*length = make.length;
	return command(fd, KPLUG_DMA_BUFFER, &make) ?: make.out_fd;
}

/* The device has its buffer; with a plugin only if no other is attached. */
long do_usual_memory(unsigned int slot)
{
	struct kplug_dma_limits limits = { .size = sizeof(limits), .address_bits = 28 + below(37) };
	struct kplug_dma_map map = { .size = sizeof(map) };
	struct kplug_dma_unmap unmap = { .size = sizeof(unmap) };
	int fd = client_renew(slot), buffer;
	size_t length;
	long result;

	if (fd < 0)
		return fd;
	if (chance(30))
		command(fd, KPLUG_DMA_LIMITS, &limits);
	buffer = make_buffer(fd, client_type(slot), &length);
	if (buffer < 0)
		return buffer;
	map.fd = buffer;
	map.direction = below(3);
	result = command(fd, KPLUG_DMA_MAP, &map);
	if (!result)
		use_mapping(fd, map.out_id);
	if (!result && chance(20))
		lend_mapping(fd, map.out_id);
	use_buffer(buffer, length);
	descriptor_keep(buffers, NUM_BUFFERS, buffer);
	unmap.id = map.out_id;
	if (chance(60))
		command(fd, KPLUG_DMA_UNMAP, &unmap);
	return result;
}
