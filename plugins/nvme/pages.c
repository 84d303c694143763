// SPDX-License-Identifier: GPL-2.0
/* Describing a command's memory: by scatter gather lists (SGL) or page entries (PRP). */
#include "nvme.h"

/*
 * A command names a number of blocks, not a length. If another controller of the subsystem
 * formats the namespace with larger blocks, a command means more bytes than its chunk has,
 * until the plugin notices. Even then the command must reach nothing but its chunk.
 *
 * 4.4 "Scatter Gather List": descriptors have lengths. The controller compares their sum
 * with the length it expects, and rejects a command that does not match.
 *
 * 4.3 "Physical Region Page Entry and List": a controller without SGLs reads as many entries
 * as it needs. After the last entry of the chunk, the rest of the slot's page is filled with
 * entries of a scratch page. They have an offset, which only the first entry of a command may
 * have: the controller either rejects the command or transfers to the scratch page. The last
 * entry of the slot's page leads to the guard page, which is full of such entries, and the
 * guard page's last entry leads back to its start. No length leaves this memory.
 *
 * One case remains: a transfer of exactly two pages has no list, so with larger blocks the
 * controller would take the second page for a list. The next scan ends this. Therefore do not
 * share the namespaces of a controller without SGLs, with blocks smaller than a page, among
 * programs that do not trust each other.
 */

#define SCRATCH_SIZE   (2 * NVME_PAGE)
#define SCRATCH_OFFSET 8 /* not page-aligned: a controller that checks rejects it */
#define ENTRIES        (NVME_PAGE / sizeof(__le64))
#define LAST           (ENTRIES - 1)
#define GUARD          NVME_SLOTS /* the page after those of the slots */

#define PAGES_SIZE ((NVME_SLOTS + 1) * NVME_PAGE)

static void *page(const struct nvme_queue *q, unsigned int slot)
{
	return q->pages + slot * NVME_PAGE;
}

static u64 page_address(const struct nvme_queue *q, unsigned int slot)
{
	return q->pages_address + slot * NVME_PAGE;
}

static void set_scratch(const struct nvme_queue *q, __le64 *list, unsigned int from,
			unsigned int to)
{
	const __le64 entry = cpu_to_le64(q->nvme->scratch_address + SCRATCH_OFFSET);

	while (from < to)
		list[from++] = entry;
}

int nvme_pages_alloc_scratch(struct nvme *nvme)
{
	if (nvme->controller.sgl)
		return 0;
	nvme->scratch = kplug_dma_alloc(nvme->dev, SCRATCH_SIZE, &nvme->scratch_address);
	return nvme->scratch ? 0 : -ENOMEM;
}

void nvme_pages_free_scratch(struct nvme *nvme)
{
	kplug_dma_free(nvme->dev, SCRATCH_SIZE, nvme->scratch, nvme->scratch_address);
}

int nvme_pages_alloc(struct nvme_queue *q)
{
	unsigned int slot;

	q->pages = kplug_dma_alloc(q->nvme->dev, PAGES_SIZE, &q->pages_address);
	if (!q->pages)
		return -ENOMEM;
	for (slot = 0; !q->nvme->controller.sgl && slot <= GUARD; slot++) {
		__le64 *list = page(q, slot);

		set_scratch(q, list, 0, LAST);
		list[LAST] = cpu_to_le64(page_address(q, GUARD));
	}
	return 0;
}

void nvme_pages_free(struct nvme_queue *q)
{
	kplug_dma_free(q->nvme->dev, PAGES_SIZE, q->pages, q->pages_address);
}

/* PRP entries: only the first segment may start inside a page, only the last may end inside one. */
bool nvme_pages_fit(const struct nvme *nvme, const struct kplug_dma_chunk *chunk)
{
	u32 i;

	for (i = 0; !nvme->controller.sgl && i + 1 < chunk->num_segments; i++)
		if ((chunk->segments[i].address + chunk->segments[i].length) % NVME_PAGE ||
		    chunk->segments[i + 1].address % NVME_PAGE)
			return false;
	return true;
}

static struct nvme_sgl descriptor(u64 address, u32 length, u8 type)
{
	return (struct nvme_sgl){
		.address = cpu_to_le64(address),
		.length = cpu_to_le32(length),
		.type = type,
	};
}

/* Several segments go into the page of the slot. */
static noinline void set_list(struct nvme_queue *q, unsigned int slot, struct nvme_command *command,
			      const struct kplug_dma_chunk *chunk)
{
	const struct kplug_dma_segment *s = chunk->segments;
	struct nvme_sgl *list = page(q, slot);
	u32 i;

	for (i = 0; i < chunk->num_segments; i++)
		list[i] = descriptor(s[i].address, s[i].length, NVME_SGL_DATA);
	command->sgl = descriptor(page_address(q, slot), i * sizeof(*list), NVME_SGL_LAST);
}

/* A single segment goes into the command itself, several go into the slot's page. */
static void set_segments(struct nvme_queue *q, unsigned int slot, struct nvme_command *command,
			 const struct kplug_dma_chunk *chunk)
{
	const struct kplug_dma_segment *s = chunk->segments;

	command->flags = NVME_SGL;
	if (chunk->num_segments == 1)
		command->sgl = descriptor(s->address, s->length, NVME_SGL_DATA);
	else
		set_list(q, slot, command, chunk);
}

/* Lists all pages but the first. Returns the number of entries. */
static unsigned int list_pages(__le64 *list, const struct kplug_dma_chunk *chunk)
{
	const struct kplug_dma_segment *s = chunk->segments;
	u64 at = ALIGN_DOWN(s->address, NVME_PAGE) + NVME_PAGE;
	unsigned int n = 0;
	u32 i;

	for (i = 0; i < chunk->num_segments; i++)
		for (at = i ? s[i].address : at; at < s[i].address + s[i].length; at += NVME_PAGE)
			list[n++] = cpu_to_le64(at);
	return n;
}

/* The command gets the first page, and the second page or the address of the list. */
static noinline void set_entries(struct nvme_queue *q, unsigned int slot,
				 struct nvme_command *command, const struct kplug_dma_chunk *chunk)
{
	__le64 *list = page(q, slot);
	unsigned int n = list_pages(list, chunk);

	/* Overwrite entries of the slot's previous command that name memory of its program. */
	set_scratch(q, list, n, q->listed[slot]);
	q->listed[slot] = n;
	command->prp1 = cpu_to_le64(chunk->segments[0].address);
	if (n == 1)
		command->prp2 = list[0];
	else
		command->prp2 = cpu_to_le64(page_address(q, n ? slot : GUARD));
}

/**
 * nvme_pages_set() - describe the memory of a chunk in its command
 * @q: the queue, under its lock
 * @slot: index of the command's slot; the controller must not be reading its page
 * @command: complete otherwise
 * @chunk: satisfies nvme_pages_fit()
 */
void nvme_pages_set(struct nvme_queue *q, unsigned int slot, struct nvme_command *command,
		    const struct kplug_dma_chunk *chunk)
{
	if (likely(q->nvme->controller.sgl))
		set_segments(q, slot, command, chunk);
	else
		set_entries(q, slot, command, chunk);
}
