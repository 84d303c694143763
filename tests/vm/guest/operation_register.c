// SPDX-License-Identifier: MIT
// Operations of failnth: the device, its registers and the client's rights.
#include "operation.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define WORDS 2048 /* in a block of registers: more than a page */

static uint32_t block[WORDS];
static struct kplug_transfer transfers[512];

static void info(void)
{
	subject.argument.device_info = ARGUMENT(kplug_device_info);
}

static void region_info(void)
{
	static struct kplug_map_range ranges[KPLUG_MAX_RANGES];

	subject.argument.region_info =
		ARGUMENT(kplug_region_info, .ranges = (uintptr_t)ranges,
			 .num_ranges = ARRAY_SIZE(ranges), .stride = sizeof(ranges[0]));
}

static void features(void)
{
	subject.argument.features = ARGUMENT(kplug_features, .command = KPLUG_ARM);
}

static void access_read(void)
{
	subject.argument.access = ARGUMENT(kplug_access, .width = 4);
}

static void access_write(void)
{
	subject.argument.access = ARGUMENT(kplug_access, .flags = KPLUG_ACCESS_WRITE, .width = 4,
					   .offset = EDU_LIVENESS, .value = 5);
}

static void access_config(void)
{
	subject.argument.access = ARGUMENT(kplug_access, .region = KPLUG_CONFIG_REGION, .width = 8);
}

static void transfer_list(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(transfers); i++)
		transfers[i] = (struct kplug_transfer){
			.op = KPLUG_TRANSFER_READ, .width = 4, .count = 1, .offset = EDU_ID
		};
	subject.argument.transfer =
		ARGUMENT(kplug_transfers, .transfers = (uintptr_t)transfers,
			 .num_transfers = ARRAY_SIZE(transfers), .stride = sizeof(transfers[0]));
}

static void transfer_one(void)
{
	transfer_list();
	subject.argument.transfer.num_transfers = 1;
}

/* A block in, and one out. A page of it that cannot be there would be EFAULT. */
static void transfer_blocks(void)
{
	memset(block, 1, sizeof(block));
	for (int i = 0; i < 2; i++)
		transfers[i] = (struct kplug_transfer){ .op = i ? KPLUG_TRANSFER_WRITE :
								  KPLUG_TRANSFER_READ,
							.region = IVSHMEM_MEMORY,
							.width = 4,
							.count = WORDS,
							.buffer = (uintptr_t)block };
	subject.argument.transfer = ARGUMENT(kplug_transfers, .transfers = (uintptr_t)transfers,
					     .num_transfers = 2, .stride = sizeof(transfers[0]));
}

static void cleanup_of(unsigned int count)
{
	static struct kplug_transfer writes[KPLUG_MAX_CLEANUP];

	for (unsigned int i = 0; i < count; i++)
		writes[i] = (struct kplug_transfer){ .op = KPLUG_TRANSFER_WRITE,
						     .width = 4,
						     .count = 1,
						     .offset = EDU_LIVENESS,
						     .value = i };
	subject.argument.cleanup = ARGUMENT(kplug_cleanup, .writes = (uintptr_t)writes,
					    .num_writes = count, .stride = sizeof(writes[0]));
}

static void cleanup_small(void)
{
	cleanup_of(1);
}

/* It replaces another list. */
static void cleanup_big(void)
{
	cleanup_of(3);
	operation_issue(KPLUG_CLEANUP, &subject.argument.cleanup);
	cleanup_of(KPLUG_MAX_CLEANUP);
}

static void caching(void)
{
	subject.argument.caching =
		ARGUMENT(kplug_caching_set, .region = IVSHMEM_MEMORY, .caching = KPLUG_CACHING_WC);
}

static void caching_undo(void)
{
	ISSUE(CACHING, kplug_caching_set, .region = IVSHMEM_MEMORY, .caching = KPLUG_CACHING_UC);
}

static void reset(void)
{
	subject.argument.reset = ARGUMENT(kplug_reset);
}

/* With an armed vector, a ring and a map. */
static void reset_busy(void)
{
	ISSUE(RING, kplug_ring, .entries = 64);
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_USER);
	OK(operation_map(subject.k, 0, 4096));
	reset();
}

static void restrict_trust(void)
{
	subject.argument.restrict_trust = ARGUMENT(kplug_restrict);
}

/* What the client then may not have any more. */
static void restrict_busy(void)
{
	struct kplug_region_info region = ISSUE(REGION_INFO, kplug_region_info, .index = 0);

	cleanup_of(1);
	operation_issue(KPLUG_CLEANUP, &subject.argument.cleanup);
	ISSUE(RING, kplug_ring, .entries = 64);
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_USER);
	subject.fd = ISSUE(DMA_BUFFER, kplug_dma_buffer_make, .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
			   .length = 4096)
			     .out_fd;
	ISSUE(DMA_MAP, kplug_dma_map, .fd = subject.fd);
	OK(operation_map(subject.k, region.out_mmap_offset, 4096));
	restrict_trust();
}

const struct operation register_operations[] = {
	COMMAND("device_info", DEVICE_INFO, EDU1, "edu", info),
	COMMAND("region_info", REGION_INFO, NVME, NULL, region_info),
	COMMAND("features", FEATURES, EDU1, NULL, features),
	COMMAND("access read", ACCESS, EDU1, NULL, access_read),
	COMMAND("access write", ACCESS, EDU1, NULL, access_write),
	COMMAND("access configuration", ACCESS, EDU1, NULL, access_config),
	COMMAND("transfer one", TRANSFER, EDU1, NULL, transfer_one),
	COMMAND("transfer 512", TRANSFER, EDU1, NULL, transfer_list),
	COMMAND("transfer blocks", TRANSFER, IVSHMEM, NULL, transfer_blocks),
	COMMAND("cleanup 1", CLEANUP, EDU1, NULL, cleanup_small),
	COMMAND("cleanup 64", CLEANUP, EDU1, NULL, cleanup_big),
	COMMAND("caching", CACHING, IVSHMEM, NULL, caching, .undo = caching_undo),
	COMMAND("reset", RESET, NVME, NULL, reset),
	COMMAND("reset nvme", RESET, NVME, "nvme", reset),
	COMMAND("reset busy", RESET, NVME, NULL, reset_busy),
	COMMAND("restrict", RESTRICT, EDU1, NULL, restrict_trust),
	COMMAND("restrict busy", RESTRICT, EDU1, NULL, restrict_busy),
	COMMAND("restrict edu", RESTRICT, EDU1, "edu", restrict_trust),
	{ .name = NULL },
};
