// SPDX-License-Identifier: MIT
/* kplug dma: memory, and what the device sees of it. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dma.h"

static int pin_memory(struct kplug *k, const struct dma_options *o, struct area *area,
		      uint64_t *offset)
{
	area->addr =
		mmap(NULL, o->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area->addr == MAP_FAILED) {
		area->addr = NULL;
		return -ENOMEM;
	}
	memset(area->addr, 0, o->size);
	area->pinned = kplug_dma_buffer_pin(k, area->addr, o->size, 0, offset);
	return area->pinned < 0 ? area->pinned : 0;
}

static int allocate(struct kplug *k, const struct dma_options *o, struct area *area)
{
	uint64_t offset = 0;
	int err;

	*area = (struct area){ .pinned = -1 };
	if (o->memory == MEMORY_USER)
		err = pin_memory(k, o, area, &offset);
	else if (o->memory == MEMORY_COHERENT)
		err = kplug_dma_buffer_alloc_coherent(k, o->size, &area->buffer);
	else
		err = kplug_dma_buffer_alloc(k, o->size, &area->buffer);
	if (err)
		return fail(o->arguments.words[0], "allocate memory", err);
	if (o->memory != MEMORY_USER)
		area->addr = area->buffer.addr;
	err = kplug_dma_map(k, o->memory == MEMORY_USER ? area->pinned : area->buffer.fd, offset,
			    o->size, KPLUG_DMA_BOTH, &area->mapping);
	return err ? fail(o->arguments.words[0], "map memory", err) : COMMAND_OK;
}

/* The kernel unmaps with the device. */
void area_free(const struct dma_options *o, struct area *area)
{
	if (o->memory != MEMORY_USER && area->addr)
		kplug_dma_buffer_free(&area->buffer);
	if (o->memory == MEMORY_USER && area->addr)
		munmap(area->addr, o->size);
	if (area->pinned >= 0)
		close(area->pinned);
}

static int get_segments(struct kplug *k, const struct dma_options *o, struct area *area)
{
	int err;

	if (!o->segments)
		return COMMAND_OK;
	area->num_shown =
		area->mapping.num_segments < DMA_SHOWN ? area->mapping.num_segments : DMA_SHOWN;
	err = kplug_dma_segments(k, area->mapping.id, 0, area->segments, area->num_shown);
	return err ? fail(o->arguments.words[0], "get segments", err) : COMMAND_OK;
}

int area_make(struct kplug *k, const struct dma_options *o, struct area *area)
{
	int result = allocate(k, o, area);

	return result ? result : get_segments(k, o, area);
}
