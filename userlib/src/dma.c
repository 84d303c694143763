// SPDX-License-Identifier: MIT
/* DMA: buffers as descriptors, and their mappings. */
#include "private.h"

#include <errno.h>
#include <unistd.h>

static size_t whole_pages(size_t length)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (length + page - 1) / page * page;
}

static int alloc_buffer(struct kplug *k, size_t length, unsigned int flags,
			struct kplug_dma_buffer *buffer)
{
	struct kplug_dma_buffer_make cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.source = KPLUG_DMA_BUFFER_CONTIGUOUS,
		.length = length,
	};
	int err = kplug_ioctl(k, KPLUG_DMA_BUFFER, &cmd);
	void *addr;

	if (err)
		return err;
	length = whole_pages(length);
	err = kplug_mmap(k, cmd.out_fd, length, 0, &addr);
	if (err) {
		kplug_sys_close(cmd.out_fd);
		return err;
	}
	*buffer = (struct kplug_dma_buffer){
		.addr = addr,
		.length = length,
		.fd = cmd.out_fd,
	};
	return 0;
}

int kplug_dma_buffer_alloc(struct kplug *k, size_t length, struct kplug_dma_buffer *buffer)
{
	return alloc_buffer(k, length, 0, buffer);
}

int kplug_dma_buffer_alloc_coherent(struct kplug *k, size_t length, struct kplug_dma_buffer *buffer)
{
	return alloc_buffer(k, length, KPLUG_DMA_BUFFER_COHERENT, buffer);
}

void kplug_dma_buffer_free(struct kplug_dma_buffer *buffer)
{
	kplug_sys_munmap(buffer->addr, buffer->length);
	kplug_sys_close(buffer->fd);
	*buffer = (struct kplug_dma_buffer){ .fd = -1 };
}

int kplug_dma_buffer_pin(struct kplug *k, const void *addr, size_t length, unsigned int flags,
			 uint64_t *offset)
{
	struct kplug_dma_buffer_make cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.source = KPLUG_DMA_BUFFER_USER,
		.address = (uintptr_t)addr,
		.length = length,
	};
	int err = kplug_ioctl(k, KPLUG_DMA_BUFFER, &cmd);

	if (err)
		return err;
	*offset = cmd.out_offset;
	return cmd.out_fd;
}

int kplug_dma_buffer_region(struct kplug *k, unsigned int region, uint64_t offset, size_t length)
{
	struct kplug_dma_buffer_make cmd = {
		.size = sizeof(cmd),
		.source = KPLUG_DMA_BUFFER_REGION,
		.region = region,
		.address = offset,
		.length = length,
	};
	int err = kplug_ioctl(k, KPLUG_DMA_BUFFER, &cmd);

	return err ? err : cmd.out_fd;
}

int kplug_dma_map(struct kplug *k, int fd, uint64_t offset, uint64_t length,
		  enum kplug_dma_direction direction, struct kplug_dma_mapping *mapping)
{
	struct kplug_dma_map cmd = {
		.size = sizeof(cmd),
		.fd = fd,
		.direction = direction,
		.offset = offset,
		.length = length,
	};
	int err = kplug_ioctl(k, KPLUG_DMA_MAP, &cmd);

	if (err)
		return err;
	*mapping = (struct kplug_dma_mapping){
		.id = cmd.out_id,
		.num_segments = cmd.out_segments,
	};
	return 0;
}

int kplug_dma_unmap(struct kplug *k, uint32_t id)
{
	struct kplug_dma_unmap cmd = { .size = sizeof(cmd), .id = id };

	return kplug_ioctl(k, KPLUG_DMA_UNMAP, &cmd);
}

int kplug_dma_segments(struct kplug *k, uint32_t id, uint32_t first,
		       struct kplug_dma_segment *segments, uint32_t num)
{
	struct kplug_dma_segments cmd = {
		.size = sizeof(cmd),
		.id = id,
		.segments = (uintptr_t)segments,
		.first = first,
		.num_segments = num,
		.stride = sizeof(*segments),
	};

	return kplug_ioctl(k, KPLUG_DMA_SEGMENTS, &cmd);
}

int kplug_dma_sync(struct kplug *k, uint32_t id, enum kplug_dma_sync_for sync_for, uint64_t offset,
		   uint64_t length)
{
	struct kplug_dma_sync cmd = {
		.size = sizeof(cmd),
		.id = id,
		.sync_for = sync_for,
		.offset = offset,
		.length = length,
	};

	return kplug_ioctl(k, KPLUG_DMA_SYNC, &cmd);
}

int kplug_dma_set_limits(struct kplug *k, const struct kplug_dma_limits *limits)
{
	struct kplug_dma_limits cmd = *limits;

	cmd.size = sizeof(cmd);
	return kplug_ioctl(k, KPLUG_DMA_LIMITS, &cmd);
}
