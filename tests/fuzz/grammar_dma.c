// SPDX-License-Identifier: MIT
// The grammar of DMA: buffers, mappings, transactions.
#include <nvme/nvme_msg.h>

#include "command.h"
#include "list.h"
#include "memory.h"
#include "message.h"
#include "process.h"
#include "random.h"

#define BLOCK    512u
#define SHARED   2 /* the region of ivshmem that is plain memory */
#define MAX_RUNS 12

static void from_memory(enum device_type type, struct kplug_dma_buffer_make *make)
{
	const struct map *map = &pick(maps);

	make->address = chance(70) ? (uintptr_t)arena_page(type) + below(4 * PAGE) :
			chance(80) ? (uintptr_t)map->address :
				     odd_value();
	make->length = chance(80) ? 1 + below(8 * PAGE) : odd_value();
	make->flags = below(2);
}

/* Other devices write there: only where that programs nothing. */
static void from_region(enum device_type type, struct kplug_dma_buffer_make *make)
{
	make->region = type == IVSHMEM ? SHARED : 0;
	make->address = chance(90) ? (1 + below(16)) * PAGE : odd_value() | PAGE;
	make->length = chance(90) ? (1 + below(8)) * PAGE : odd_value();
	if (type == NVME || type == NIC || chance(5)) {
		make->region = KPLUG_MAX_REGIONS + 1;
		make->address = odd_value();
	}
}

void fill_dma_buffer(enum device_type type, union argument *a)
{
	struct kplug_dma_buffer_make *make = &a->dma_buffer;

	make->source = chance(95) ? 1 + below(3) : odd_value();
	make->flags = chance(70) ? 0 : below(4);
	make->length = chance(60) ? (1 + below(16)) * PAGE :
		       chance(80) ? 1 + below(200000) :
		       chance(30) ? (4ul << 20) - below(2) :
				    odd_value();
	if (make->source == KPLUG_DMA_BUFFER_USER)
		from_memory(type, make);
	else if (make->source == KPLUG_DMA_BUFFER_REGION)
		from_region(type, make);
	else if (chance(5))
		make->address = odd_value();
}

void fill_dma_map(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_map.fd = chance(90) ? pick(buffers) : descriptor_any();
	a->dma_map.direction = mostly(3);
	if (chance(70))
		return;
	a->dma_map.offset = chance(70) ? below(4 * PAGE) : odd_value();
	a->dma_map.length = chance(70) ? below(2 * PAGE) : odd_value();
}

void fill_dma_unmap(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_unmap.id = small_id();
}

void fill_dma_segments(enum device_type type, union argument *a)
{
	a->dma_segments.id = small_id();
	a->dma_segments.segments = memory_place(type, NULL, PAGE);
	a->dma_segments.first = chance(80) ? 0 : odd_value();
	a->dma_segments.num_segments = chance(80) ? 1 + below(3) : odd_value();
	a->dma_segments.stride = list_stride(sizeof(struct kplug_dma_segment));
}

void fill_dma_sync(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_sync.id = small_id();
	a->dma_sync.sync_for = chance(95) ? 1 + below(2) : odd_value();
	if (chance(60))
		return;
	a->dma_sync.offset = below(2 * PAGE);
	a->dma_sync.length = odd_value();
}

void fill_dma_limits(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_limits.address_bits = chance(50) ? 0 : chance(90) ? 12 + below(54) : odd_value();
	a->dma_limits.max_segment = chance(60) ? 0 : chance(90) ? below(16) * PAGE : odd_value();
	a->dma_limits.boundary = chance(60) ? 0 :
				 chance(90) ? 1ull << (12 + below(52)) :
					      odd_value();
}

void fill_dma_transaction(enum device_type type, union argument *a)
{
	struct kplug_dma_transaction *t = &a->dma_transaction;

	(void)type;
	t->mapping = small_id();
	t->direction = mostly(3);
	if (chance(40)) {
		t->offset = chance(80) ? below(16) * BLOCK : odd_value();
		t->length = chance(80) ? (1 + below(8)) * BLOCK : odd_value();
	}
	if (chance(30))
		t->max_chunk = chance(80) ? BLOCK << below(5) : odd_value();
	if (chance(20))
		t->alignment = chance(80) ? 1u << below(14) : odd_value();
}

static void set_arguments(enum device_type type, struct kplug_dma_execution *run)
{
	if (type != NVME) {
		run->args[0] = chance(80) ? 0 : odd_value();
		return;
	}
	run->args[0] = chance(95) ? NVME_WRITE + below(2) : odd_value();
	run->args[1] = mostly(4096);
	run->args[2] = chance(95) ? 1 : odd_value();
	run->args[3] = below(2);
}

static struct kplug_dma_execution make_run(enum device_type type)
{
	struct kplug_dma_execution run = { .id = small_id(), .cookie = any() };

	if (chance(60))
		run.timeout_ms = chance(90) ? 1 + below(300) :
				 chance(50) ? KPLUG_TIMEOUT_NONE :
					      odd_value();
	if (chance(50))
		run.poll_us = chance(50) ? KPLUG_POLL_ALWAYS : below(5000);
	if (chance(30)) {
		run.offset = chance(80) ? below(8) * BLOCK : odd_value();
		run.length = chance(80) ? (1 + below(8)) * BLOCK : odd_value();
	}
	if (chance(2))
		run.flags = 1;
	set_arguments(type, &run);
	return run;
}

void fill_dma_execute(enum device_type type, union argument *a)
{
	struct kplug_dma_execution runs[MAX_RUNS];
	uint32_t num = chance(80) ? 1 + below(3) : below(MAX_RUNS + 1);

	for (uint32_t i = 0; i < num; i++)
		runs[i] = make_run(type);
	a->dma_execute.num_executions = list_length(num);
	a->dma_execute.executions =
		list_place(type, runs, num, sizeof(runs[0]), &a->dma_execute.stride);
}

void fill_dma_abort(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_abort.id = small_id();
}

void fill_dma_release(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_release.id = small_id();
}

/* A wait without an end is one until a signal comes. */
void fill_dma_transaction_info(enum device_type type, union argument *a)
{
	(void)type;
	a->dma_transaction_info.id = small_id();
	if (chance(40))
		a->dma_transaction_info.timeout_ms = chance(95) ? below(60) : KPLUG_TIMEOUT_NONE;
}
