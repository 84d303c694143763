// SPDX-License-Identifier: MIT
// Operations of failnth: opening, mapping, touching, forking, closing.
#define _GNU_SOURCE
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH (64u << 10)

/* Opens and closes, so that the next try finds the device as it was. */
static int open_node(const char *device, int flags)
{
	int fd = operation_open(device, flags);

	return fd < 0 ? fd : close(fd);
}

static int open_edu(void)
{
	return open_node(EDU1, O_RDWR);
}

static int open_read_only(void)
{
	return open_node(EDU1, O_RDONLY);
}

static int open_null(void)
{
	return open_node(NULL0, O_RDWR);
}

static int open_board(void)
{
	return open_node(BOARD_CARD, O_RDWR);
}

static int open_card(void)
{
	return open_node(UART, O_RDWR);
}

static void be_restricted(void)
{
	capability_set(CAP_SYS_RAWIO, false);
}

/* What to map. */
static struct {
	int fd;
	uint64_t offset;
	size_t length;
} area;

static void area_region(void)
{
	area.fd = subject.k;
	area.offset =
		ISSUE(REGION_INFO, kplug_region_info, .index = IVSHMEM_MEMORY).out_mmap_offset;
	area.length = LENGTH;
}

static void area_ring(void)
{
	const struct kplug_ring ring = ISSUE(RING, kplug_ring, .entries = 1024);

	area.fd = subject.k;
	area.offset = ring.out_mmap_offset;
	area.length = ring.out_mmap_size;
}

static void area_shm(void)
{
	area.fd = subject.k;
	area.offset = ISSUE(SHM_ALLOC, kplug_shm_alloc, .length = LENGTH).out_mmap_offset;
	area.length = LENGTH;
}

static void area_buffer(void)
{
	area.fd = ISSUE(DMA_BUFFER, kplug_dma_buffer_make, .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
			.length = LENGTH)
			  .out_fd;
	area.length = LENGTH;
}

static void area_pinned(void)
{
	static uint8_t memory[LENGTH] __attribute__((aligned(4096)));

	memset(memory, 1, sizeof(memory));
	area.fd = ISSUE(DMA_BUFFER, kplug_dma_buffer_make, .source = KPLUG_DMA_BUFFER_USER,
			.address = (uintptr_t)memory, .length = LENGTH)
			  .out_fd;
	area.length = LENGTH;
}

static void area_peer(void)
{
	area.fd = ISSUE(DMA_BUFFER, kplug_dma_buffer_make, .source = KPLUG_DMA_BUFFER_REGION,
			.region = IVSHMEM_MEMORY, .length = LENGTH)
			  .out_fd;
	area.length = LENGTH;
}

static int run_map(void)
{
	return operation_map(area.fd, area.offset, area.length);
}

static void map_area(void)
{
	OK(run_map());
}

static void map_region(void)
{
	area_region();
	map_area();
}

static void map_ring(void)
{
	area_ring();
	map_area();
}

static void map_shm(void)
{
	area_shm();
	map_area();
}

static void map_buffer(void)
{
	area_buffer();
	map_area();
}

static void map_pinned(void)
{
	area_pinned();
	map_area();
}

static void map_peer(void)
{
	area_peer();
	map_area();
}

/* Each page for the first time. A program that the kernel has no memory for must not die. */
static int run_touch(void)
{
	for (size_t at = 0; at < subject.map_length; at += 4096)
		(void)*(volatile uint32_t *)(subject.map + at);
	return 0;
}

static int run_unmap(void)
{
	if (!subject.map)
		return 0;
	if (munmap(subject.map, subject.map_length))
		return -errno;
	subject.map = NULL;
	return 0;
}

/* A client with something of everything. */
static void busy(void)
{
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_PLUGIN);
	ISSUE(EVENTFD, kplug_eventfd, .fd = eventfd(0, EFD_CLOEXEC));
	area_buffer();
	map_area();
	ISSUE(DMA_MAP, kplug_dma_map, .fd = area.fd);
	area_ring();
	map_area();
}

static int run_fork(void)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(0);
	if (child < 0)
		return -errno;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EFAULT)
			return -errno;
	return 0;
}

static int run_close(void)
{
	int k = subject.k;

	subject.k = -1;
	return k >= 0 && close(k) ? -errno : 0;
}

/* The last reference to a buffer. */
static int run_close_buffer(void)
{
	int fd = area.fd;

	area.fd = -1;
	return fd >= 0 && close(fd) ? -errno : 0;
}

static int run_fdinfo(void)
{
	char path[64], text[1024];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", subject.k);
	return file_read(text, sizeof(text), "%s", path);
}

const struct operation file_operations[] = {
	{ "open edu", .run = open_edu },
	{ "open edu O_RDONLY", .run = open_read_only },
	{ "open edu restricted", .set_up = be_restricted, .run = open_edu },
	{ "open null", .run = open_null },
	{ "open platform", .run = open_board },
	{ "open isa", .run = open_card },
	FUNCTION("mmap region", IVSHMEM, NULL, area_region, run_map),
	FUNCTION("mmap ring", EDU1, NULL, area_ring, run_map),
	FUNCTION("mmap shm", NULL0, "null", area_shm, run_map),
	FUNCTION("mmap buffer", EDU1, NULL, area_buffer, run_map),
	FUNCTION("mmap program's buffer", EDU1, NULL, area_pinned, run_map),
	FUNCTION("mmap region's buffer", IVSHMEM, NULL, area_peer, run_map),
	FUNCTION("touch region", IVSHMEM, NULL, map_region, run_touch),
	FUNCTION("touch ring", EDU1, NULL, map_ring, run_touch),
	FUNCTION("touch shm", NULL0, "null", map_shm, run_touch),
	FUNCTION("touch buffer", EDU1, NULL, map_buffer, run_touch),
	FUNCTION("touch program's buffer", EDU1, NULL, map_pinned, run_touch),
	FUNCTION("touch region's buffer", IVSHMEM, NULL, map_peer, run_touch),
	FUNCTION("munmap region", IVSHMEM, NULL, map_region, run_unmap),
	FUNCTION("munmap shm", NULL0, "null", map_shm, run_unmap),
	FUNCTION("fork", EDU1, "edu", busy, run_fork, .sparse = 23),
	FUNCTION("fdinfo", EDU1, "edu", busy, run_fdinfo, .also = -ENOENT,
		 .because = "what proc says without memory for the file"),
	FUNCTION("close", EDU1, NULL, NULL, run_close),
	FUNCTION("close busy", EDU1, "edu", busy, run_close),
	FUNCTION("close nvme", NVME, "nvme", NULL, run_close),
	FUNCTION("close buffer", EDU1, NULL, area_buffer, run_close_buffer),
	FUNCTION("close program's buffer", EDU1, NULL, area_pinned, run_close_buffer),
	{ .name = NULL },
};
