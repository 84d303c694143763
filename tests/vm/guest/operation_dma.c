// SPDX-License-Identifier: MIT
// Operations of failnth: buffers of every kind, mappings and transactions.
#define _GNU_SOURCE
#include "dma.h"
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nvme/nvme_msg.h>

#define SIZE (64u << 10) /* of a buffer */

static uint8_t memory[SIZE] __attribute__((aligned(4096)));

static void buffer(uint32_t source, uint32_t flags, uint64_t length)
{
	subject.argument.dma_buffer =
		ARGUMENT(kplug_dma_buffer_make, .source = source, .flags = flags, .length = length);
	if (source == KPLUG_DMA_BUFFER_USER)
		subject.argument.dma_buffer.address = (uintptr_t)memory;
	if (source == KPLUG_DMA_BUFFER_REGION)
		subject.argument.dma_buffer.region = IVSHMEM_MEMORY;
}

/* Leaves the descriptor in the subject. */
static void buffer_made(uint32_t source, uint32_t flags)
{
	buffer(source, flags, SIZE);
	operation_issue(KPLUG_DMA_BUFFER, &subject.argument.dma_buffer);
	subject.fd = subject.argument.dma_buffer.out_fd;
}

static void buffer_page(void)
{
	buffer(KPLUG_DMA_BUFFER_CONTIGUOUS, 0, 4096);
}

static void buffer_big(void)
{
	buffer(KPLUG_DMA_BUFFER_CONTIGUOUS, 0, 1 << 20);
}

static void buffer_coherent(void)
{
	buffer(KPLUG_DMA_BUFFER_CONTIGUOUS, KPLUG_DMA_BUFFER_COHERENT, SIZE);
}

static void buffer_user(void)
{
	memset(memory, 1, SIZE);
	buffer(KPLUG_DMA_BUFFER_USER, 0, SIZE);
}

/* None of its pages is there yet. */
static void buffer_untouched(void)
{
	void *fresh = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(fresh, MAP_FAILED);
	buffer(KPLUG_DMA_BUFFER_USER, 0, SIZE);
	subject.argument.dma_buffer.address = (uintptr_t)fresh;
}

static void buffer_read_only(void)
{
	memset(memory, 1, SIZE);
	buffer(KPLUG_DMA_BUFFER_USER, KPLUG_DMA_BUFFER_READ_ONLY, SIZE);
}

static void buffer_region(void)
{
	buffer(KPLUG_DMA_BUFFER_REGION, 0, SIZE);
}

/* A mapping of the subject's buffer. */
static void map_fd(void)
{
	subject.argument.dma_map = ARGUMENT(kplug_dma_map, .fd = subject.fd);
}

static void map_contiguous(void)
{
	buffer_made(KPLUG_DMA_BUFFER_CONTIGUOUS, 0);
	map_fd();
}

static void map_coherent(void)
{
	buffer_made(KPLUG_DMA_BUFFER_CONTIGUOUS, KPLUG_DMA_BUFFER_COHERENT);
	map_fd();
}

static void map_user(void)
{
	memset(memory, 1, SIZE);
	buffer_made(KPLUG_DMA_BUFFER_USER, 0);
	map_fd();
}

static void map_heap(void)
{
	struct dma_heap_allocation_data heap = { .len = SIZE, .fd_flags = O_RDWR | O_CLOEXEC };
	int fd = open("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	OK(ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &heap));
	close(fd);
	subject.fd = heap.fd;
	map_fd();
}

static void map_udmabuf(void)
{
	subject.fd = dma_udmabuf(SIZE);
	ck_assert_int_ge(subject.fd, 0);
	map_fd();
}

/* Memory of another device, whose client has gone. */
static void map_peer(void)
{
	const int mapper = subject.k;

	subject.k = operation_open(IVSHMEM, O_RDWR);
	ck_assert_int_ge(subject.k, 0);
	buffer_made(KPLUG_DMA_BUFFER_REGION, 0);
	close(subject.k);
	subject.k = mapper;
	map_fd();
}

static uint32_t mapped(void)
{
	buffer_made(KPLUG_DMA_BUFFER_CONTIGUOUS, 0);
	return ISSUE(DMA_MAP, kplug_dma_map, .fd = subject.fd).out_id;
}

static uint32_t mapped_user(void)
{
	map_user();
	operation_issue(KPLUG_DMA_MAP, &subject.argument.dma_map);
	return subject.argument.dma_map.out_id;
}

static void unmap(void)
{
	subject.argument.dma_unmap = ARGUMENT(kplug_dma_unmap, .id = mapped_user());
}

static void segments(void)
{
	static struct kplug_dma_segment segments[1];

	subject.argument.dma_segments =
		ARGUMENT(kplug_dma_segments, .id = mapped(), .segments = (uintptr_t)segments,
			 .num_segments = 1, .stride = sizeof(segments[0]));
}

static void sync_for_cpu(void)
{
	subject.argument.dma_sync =
		ARGUMENT(kplug_dma_sync, .id = mapped_user(), .sync_for = KPLUG_DMA_SYNC_FOR_CPU);
}

static void limits(void)
{
	subject.argument.dma_limits = ARGUMENT(kplug_dma_limits, .address_bits = 64);
}

static void limits_undo(void)
{
	ISSUE(DMA_LIMITS, kplug_dma_limits, .address_bits = 0);
}

static void transaction(void)
{
	subject.argument.dma_transaction = ARGUMENT(kplug_dma_transaction, .mapping = mapped(),
						    .direction = KPLUG_DMA_FROM_DEVICE);
}

static uint32_t transaction_made(void)
{
	transaction();
	operation_issue(KPLUG_DMA_TRANSACTION, &subject.argument.dma_transaction);
	return subject.argument.dma_transaction.out_id;
}

#define EXECUTIONS 4

static struct kplug_dma_execution executions[EXECUTIONS];

static void execute(unsigned int count)
{
	subject.argument.dma_execute =
		ARGUMENT(kplug_dma_execute, .executions = (uintptr_t)executions,
			 .num_executions = count, .stride = sizeof(executions[0]));
}

/* The disk's first blocks. */
static void execute_nvme(uint32_t poll_us, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		executions[i] = (struct kplug_dma_execution){ .id = transaction_made(),
							      .poll_us = poll_us,
							      .args = { NVME_READ, 0, 1 } };
	execute(count);
}

static void execute_interrupt(void)
{
	execute_nvme(0, 1);
}

static void execute_polled(void)
{
	execute_nvme(KPLUG_POLL_ALWAYS, 1);
}

static void execute_list(void)
{
	ISSUE(RING, kplug_ring, .entries = 64);
	execute_nvme(0, EXECUTIONS);
}

static void execute_edu(void)
{
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_PLUGIN);
	executions[0] = (struct kplug_dma_execution){ .id = transaction_made(), .length = 64 };
	execute(1);
}

/* Until all have ended: the next try must not find one that runs. */
static int run_execute(void)
{
	struct kplug_dma_execute argument = subject.argument.dma_execute;
	int result = ioctl(subject.k, KPLUG_DMA_EXECUTE, &argument) < 0 ? -errno : 0;

	for (unsigned int i = 0; i < argument.num_executions; i++) {
		struct kplug_dma_transaction_info info = ARGUMENT(
			kplug_dma_transaction_info, .id = executions[i].id, .timeout_ms = 30000);

		/* Its answer may get lost too. */
		while (ioctl(subject.k, KPLUG_DMA_TRANSACTION_INFO, &info)) {
			if (result || errno != EFAULT)
				return -EPROTO;
			result = -EFAULT;
		}
		if (!result)
			result = info.out_status;
	}
	return result;
}

static void abort_running(void)
{
	execute_interrupt();
	operation_issue(KPLUG_DMA_EXECUTE, &subject.argument.dma_execute);
	subject.argument.dma_abort = ARGUMENT(kplug_dma_transaction_cmd, .id = executions[0].id);
}

static void transaction_info(void)
{
	execute_polled();
	operation_issue(KPLUG_DMA_EXECUTE, &subject.argument.dma_execute);
	subject.argument.dma_transaction_info =
		ARGUMENT(kplug_dma_transaction_info, .id = executions[0].id, .timeout_ms = 10000);
}

static void release(void)
{
	subject.argument.dma_release =
		ARGUMENT(kplug_dma_transaction_cmd, .id = transaction_made());
}

const struct operation dma_operations[] = {
	COMMAND("buffer 1 page", DMA_BUFFER, EDU1, NULL, buffer_page),
	COMMAND("buffer 1 MiB", DMA_BUFFER, EDU1, NULL, buffer_big, .sparse = 37),
	COMMAND("buffer coherent", DMA_BUFFER, EDU1, NULL, buffer_coherent),
	COMMAND("buffer of a program", DMA_BUFFER, EDU1, NULL, buffer_user),
	COMMAND("buffer of new pages", DMA_BUFFER, EDU1, NULL, buffer_untouched),
	COMMAND("buffer read only", DMA_BUFFER, EDU1, NULL, buffer_read_only),
	COMMAND("buffer of a region", DMA_BUFFER, IVSHMEM, NULL, buffer_region),
	COMMAND("map contiguous", DMA_MAP, NVME, NULL, map_contiguous),
	COMMAND("map coherent", DMA_MAP, NVME, NULL, map_coherent),
	COMMAND("map a program's", DMA_MAP, NVME, NULL, map_user),
	COMMAND("map a program's, 28 bits", DMA_MAP, EDU1, "edu", map_user),
	COMMAND("map a heap's", DMA_MAP, NVME, NULL, map_heap),
	COMMAND("map udmabuf's", DMA_MAP, NVME, NULL, map_udmabuf),
	COMMAND("map a peer's", DMA_MAP, NVME, NULL, map_peer),
	COMMAND("unmap", DMA_UNMAP, NVME, NULL, unmap),
	COMMAND("segments", DMA_SEGMENTS, NVME, NULL, segments),
	COMMAND("sync", DMA_SYNC, EDU1, "edu", sync_for_cpu),
	COMMAND("limits", DMA_LIMITS, NVME, NULL, limits, .undo = limits_undo),
	COMMAND("transaction", DMA_TRANSACTION, NVME, "nvme", transaction),
	COMMAND("execute", DMA_EXECUTE, NVME, "nvme", execute_interrupt, .run = run_execute),
	COMMAND("execute polled", DMA_EXECUTE, NVME, "nvme", execute_polled, .run = run_execute),
	COMMAND("execute 4", DMA_EXECUTE, NVME, "nvme", execute_list, .run = run_execute),
	COMMAND("execute edu", DMA_EXECUTE, EDU1, "edu", execute_edu, .run = run_execute),
	COMMAND("abort", DMA_ABORT, NVME, "nvme", abort_running),
	COMMAND("transaction_info", DMA_TRANSACTION_INFO, NVME, "nvme", transaction_info),
	COMMAND("release", DMA_RELEASE, NVME, "nvme", release),
	{ .name = NULL },
};
