// SPDX-License-Identifier: GPL-2.0
/* Rings: a channel from the card fills the memory of a program again and again. */
#include "xdma.h"

/* The bus address of a part of a mapping, which the engine must see in one piece; 0: it is not. */
static u64 address_of(const struct kplug_dma_segment *segments, u32 num, u64 offset, u32 length)
{
	u32 i;

	for (i = 0; i < num && offset >= segments[i].length; i++)
		offset -= segments[i].length;
	return i < num && length <= segments[i].length - offset ? segments[i].address + offset : 0;
}

/* "Descriptors": the next one of the last one is the first one, and none stops. */
static int describe(struct xdma_channel *c, const struct xdma_ring_start *in)
{
	bool fixed = in->flags & XDMA_FLAG_FIXED;
	enum kplug_dma_direction direction;
	const struct kplug_dma_segment *segments;
	u64 records = (u64)in->periods * in->bytes;
	u32 i, num;

	segments = kplug_dma_mapping_segments(c->ring.mapping, &num, &direction);
	if (direction == KPLUG_DMA_TO_DEVICE)
		return -EINVAL;
	for (i = 0; i < in->periods; i++) {
		struct xdma_descriptor *d = &xdma_descriptors(c->ring.slot)[i];
		u32 next = i + 1 < in->periods ? i + 1 : 0;
		u64 to = address_of(segments, num, (u64)i * in->bytes, in->bytes);
		u64 from = in->card + (fixed ? 0 : (u64)i * in->bytes);

		if (c->stream)
			from = address_of(segments, num, records + i * 8ull, 8);
		if (!to || (c->stream && !from))
			return -EINVAL;
		d->control = cpu_to_le32(XDMA_MAGIC | XDMA_COMPLETED_BIT |
					 XDMA_NEXT(xdma_adjacent(next, in->periods)));
		d->length = cpu_to_le32(in->bytes);
		d->source = cpu_to_le64(from);
		d->destination = cpu_to_le64(to);
		d->next = cpu_to_le64(xdma_descriptor_bus(c->ring.slot, next));
	}
	return 0;
}

static int claim(struct xdma_channel *c, struct kplug_client *client)
{
	int err = -EBUSY;

	raw_spin_lock_irq(&c->xdma->lock);
	if (!c->num && !c->halted && !c->ring.owner) {
		c->ring.owner = client;
		err = 0;
	}
	raw_spin_unlock_irq(&c->xdma->lock);
	return err;
}

static void release(struct xdma_channel *c)
{
	struct kplug_dma_mapping *mapping = c->ring.mapping;

	raw_spin_lock_irq(&c->xdma->lock);
	c->ring.owner = NULL;
	c->ring.mapping = NULL;
	c->ring.periods = 0;
	raw_spin_unlock_irq(&c->xdma->lock);
	if (mapping)
		kplug_dma_mapping_put(mapping);
}

/* Until the card has seen the start, it counts what an earlier run has done. */
static int begin(struct xdma_channel *c, const struct xdma_ring_start *in)
{
	u32 fixed = in->flags & XDMA_FLAG_FIXED ? XDMA_FIXED_ADDRESS : 0;
	bool runs;

	raw_spin_lock_irq(&c->xdma->lock);
	c->ring.counted = 0;
	c->ring.filled = c->ring.tail = c->ring.lost = 0;
	c->ring.given = c->ring.status = 0;
	c->mask = XDMA_FINISHED | XDMA_ERRORS;
	xdma_put(c, XDMA_INTERRUPTS, c->mask);
	xdma_channel_run(c, c->ring.slot, in->periods,
			 XDMA_RUN | XDMA_FINISHED | XDMA_ERRORS | fixed);
	runs = xdma_channel_runs(c);
	c->ring.periods = runs ? in->periods : 0;
	raw_spin_unlock_irq(&c->xdma->lock);
	return runs ? 0 : -EIO;
}

static bool is_valid(const struct xdma_channel *c, const struct xdma_ring_start *in)
{
	u32 align = c->xdma->info.alignment - 1;
	bool stream_with_card = c->stream && (in->card || in->flags);

	return in->periods > 1 && in->periods <= XDMA_DESCRIPTORS && in->bytes &&
	       in->bytes <= XDMA_MAX_LENGTH && !((in->bytes | in->card) & align) &&
	       !(in->flags & ~XDMA_FLAG_FIXED) && !stream_with_card;
}

long xdma_ring_start(struct xdma_channel *c, struct kplug_client *client,
		     const struct xdma_ring_start *in)
{
	int err;

	if (!is_valid(c, in))
		return -EINVAL;
	err = claim(c, client);
	if (err)
		return err;
	c->ring.mapping = kplug_dma_mapping_get(client, in->mapping);
	err = c->ring.mapping ? describe(c, in) ?: begin(c, in) : -EINVAL;
	if (err)
		release(c);
	return err;
}

/* The engine counts what it fills. A device that is gone fills nothing. */
static void count(struct xdma_channel *c)
{
	u32 now = xdma_get(c, XDMA_COMPLETED);

	if (now == ~0u)
		return;
	c->ring.filled += (u32)(now - c->ring.counted);
	c->ring.counted = now;
}

/*
 * The program gives @release periods back and gets those that are filled. A period is whole until
 * the engine begins the one that takes its place.
 */
long xdma_ring_take(struct xdma_channel *c, u32 released, struct xdma_ring_state *out)
{
	struct xdma_ring *ring = &c->ring;
	u64 oldest, spoilt;

	if (released > ring->given)
		return -EINVAL;
	count(c);
	oldest = ring->filled < ring->periods ? 0 : ring->filled - ring->periods + 1;
	spoilt = oldest > ring->tail ? min_t(u64, oldest - ring->tail, released) : 0;
	ring->tail += released;
	ring->lost += spoilt;
	if (ring->tail < oldest) {
		ring->lost += oldest - ring->tail;
		ring->tail = oldest;
	}
	ring->given = ring->filled - ring->tail;
	out->first = ring->tail;
	out->lost = ring->lost;
	out->ready = ring->given;
	out->spoilt = spoilt;
	out->status = ring->status;
	return sizeof(*out);
}

/* Returns whether there are new periods, or none will come any more. */
bool xdma_ring_hard(struct xdma_channel *c)
{
	u32 status = xdma_get(c, XDMA_STATUS_TAKE);

	if (status == ~0u)
		return false;
	count(c);
	c->ring.status |= status & XDMA_ERRORS;
	return true;
}

void xdma_ring_stop(struct xdma_channel *c, struct kplug_device *dev)
{
	if (!xdma_channel_stop(c)) {
		c->halted = true;
		kplug_dma_stuck(dev);
	}
	release(c);
}
