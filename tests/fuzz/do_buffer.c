// SPDX-License-Identifier: MIT
// Buffers: those of other drivers, and what any dma-buf can do.
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "process.h"
#include "random.h"

#define MEMFD_PAGES 16

static int from_heap(void)
{
	struct dma_heap_allocation_data wanted = { .len = (1 + below(16)) * PAGE,
						   .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC), result;

	if (heap < 0)
		return -errno;
	result = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &wanted) ? -errno : (int)wanted.fd;
	close(heap);
	return result;
}

static int from_memfd(void)
{
	int memory = memfd_create("fuzz", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	int maker = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), result = -EIO;
	struct udmabuf_create create = { .memfd = memory,
					 .flags = UDMABUF_FLAGS_CLOEXEC,
					 .offset = below(2) * PAGE,
					 .size = (1 + below(8)) * PAGE };

	if (!ftruncate(memory, MEMFD_PAGES * PAGE) && !fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK)) {
		result = ioctl(maker, UDMABUF_CREATE, &create);
		if (result < 0)
			result = -errno;
	}
	close(memory);
	close(maker);
	return result;
}

long do_dmabuf(unsigned int slot)
{
	int fd = chance(40) ? from_heap() : from_memfd();

	(void)slot;
	descriptor_keep(buffers, NUM_BUFFERS, fd);
	return fd < 0 ? fd : 0;
}

long do_sync_buffer(unsigned int slot)
{
	struct dma_buf_sync sync = { chance(95) ? below(4) | below(2) << 2 : odd_value() };

	(void)slot;
	return ioctl(pick(buffers), DMA_BUF_IOCTL_SYNC, &sync) ? -errno : 0;
}

long do_seek_buffer(unsigned int slot)
{
	off_t size = lseek(pick(buffers), 0, below(4));

	(void)slot;
	return size < 0 ? -errno : 0;
}
