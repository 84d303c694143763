// SPDX-License-Identifier: GPL-2.0
/* A ring of descriptors, and the program's slots that it describes. */
#include "ring.h"

int ring_alloc(struct ring *ring, struct kplug_device *dev)
{
	ring->descriptors = kplug_dma_alloc(dev, RING_BYTES, &ring->address);
	return ring->descriptors ? 0 : -ENOMEM;
}

void ring_free(struct ring *ring, struct kplug_device *dev)
{
	kplug_dma_free(dev, RING_BYTES, ring->descriptors, ring->address);
}

/* No slot lies in two segments, so that one descriptor can describe it. */
static int find_slots(struct ring *ring, const struct kplug_dma_segment *segments, u32 num)
{
	u32 slot = 0;

	for (; num && slot < E1000E_SLOTS; num--, segments++) {
		u64 offset;

		if (segments->length % E1000E_SLOT_BYTES)
			return -EINVAL;
		for (offset = 0; offset < segments->length && slot < E1000E_SLOTS;
		     offset += E1000E_SLOT_BYTES)
			ring->slots[slot++] = segments->address + offset;
	}
	return slot == E1000E_SLOTS ? 0 : -EINVAL;
}

int ring_map(struct ring *ring, struct kplug_client *client, u32 id,
	     enum kplug_dma_direction direction)
{
	const struct kplug_dma_segment *segments;
	enum kplug_dma_direction mapped;
	int err;
	u32 num;

	ring->mapping = kplug_dma_mapping_get(client, id);
	if (!ring->mapping)
		return -ENOENT;
	segments = kplug_dma_mapping_segments(ring->mapping, &num, &mapped);
	err = mapped == direction || mapped == KPLUG_DMA_BOTH ? find_slots(ring, segments, num) :
								-EINVAL;
	if (err)
		ring_unmap(ring);
	return err;
}

void ring_unmap(struct ring *ring)
{
	if (ring->mapping)
		kplug_dma_mapping_put(ring->mapping);
	ring->mapping = NULL;
}

void ring_begin(struct ring *ring)
{
	memset(ring->descriptors, 0, RING_BYTES);
	ring->given = 0;
	ring->done = 0;
}

void ring_give(struct ring *ring, u16 length, u8 command)
{
	u32 slot = ring->given % E1000E_SLOTS;

	kplug_dma_mapping_sync(ring->mapping, KPLUG_DMA_SYNC_FOR_DEVICE, slot * E1000E_SLOT_BYTES,
			       E1000E_SLOT_BYTES);
	ring->descriptors[slot] = (struct descriptor){ .address = cpu_to_le64(ring->slots[slot]),
						       .length = cpu_to_le16(length),
						       .command = command };
	/* Pairs with ring_look(): it must not see what the descriptor was before. */
	smp_store_release(&ring->given, ring->given + 1);
}

void ring_look(struct ring *ring)
{
	u32 given = smp_load_acquire(&ring->given);

	while (ring->done != given &&
	       READ_ONCE(ring_at(ring, ring->done)->status) & DESCRIPTOR_DONE)
		ring->done++;
}
