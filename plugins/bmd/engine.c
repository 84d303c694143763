// SPDX-License-Identifier: GPL-2.0
/* The initiator of the card: parts of chunks, their start in both directions, end and abort. */
#include <linux/delay.h>

#include "bmd.h"

/* Registers and bits of a direction. */
struct way {
	u32 address, size, count, pattern, clocks;
	u32 start, quiet, done;
};

static const struct way ways[] = {
	[BMD_FROM_CARD] = { .address = BMD_WRITE_ADDRESS,
			    .size = BMD_WRITE_SIZE,
			    .count = BMD_WRITE_COUNT,
			    .pattern = BMD_WRITE_PATTERN,
			    .clocks = BMD_WRITE_CLOCKS,
			    .start = BMD_WRITE_START,
			    .quiet = BMD_WRITE_QUIET,
			    .done = BMD_WRITE_DONE },
	[BMD_TO_CARD] = { .address = BMD_READ_ADDRESS,
			  .size = BMD_READ_SIZE,
			  .count = BMD_READ_COUNT,
			  .pattern = BMD_READ_PATTERN,
			  .clocks = BMD_READ_CLOCKS,
			  .start = BMD_READ_START,
			  .quiet = BMD_READ_QUIET,
			  .done = BMD_READ_DONE },
};

static enum bmd_way way_of(const struct bmd_slot *slot)
{
	return slot->dma->direction == KPLUG_DMA_FROM_DEVICE ? BMD_FROM_CARD : BMD_TO_CARD;
}

/*
 * Chapter "Using BMD": flushed by a read. It also takes back an interrupt by INTx. If the card does
 * not react, nothing starts: the last transfer's end would pass for that of the next one.
 */
static void initiator_reset(struct bmd *bmd)
{
	u32 bits;

	bmd_write(bmd, BMD_DCSR, BMD_DCSR_RESET);
	bits = bmd_read(bmd, BMD_DCSR);
	bmd_write(bmd, BMD_DCSR, 0);
	if (bits & BMD_DCSR_RESET && bits != ~0u)
		bmd->control = 0;
}

void bmd_engine_setup(struct bmd *bmd)
{
	u32 sizes = bmd_read(bmd, BMD_LINK_SIZES);

	bmd->control = BMD_WRITE_START | BMD_READ_START;
	initiator_reset(bmd);
	bmd->state.max_payload = min(BMD_PAYLOAD_CAPABLE(sizes), BMD_PAYLOAD(sizes));
	bmd->state.max_read_request = BMD_READ_REQUEST(sizes);
	bmd->max_packet[BMD_FROM_CARD] = bmd->state.max_payload;
	bmd->max_packet[BMD_TO_CARD] = bmd->state.max_read_request;
}

/*
 * packet_size() - of the next part, in bytes. A packet may not cross 4 KiB: all have the largest
 * size and lie at multiples of it, but those before the first and behind the last such place, which
 * are one word each.
 */
static u32 packet_size(u64 address, u32 left, u32 most, u32 *packets)
{
	u32 before = -(u32)address & (most - 1);

	if (!before && left >= most) {
		*packets = min(left / most, BMD_MAX_COUNT);
		return most;
	}
	*packets = (before ? min(before, left) : left) / sizeof(u32);
	return sizeof(u32);
}

static void start_part(struct bmd *bmd, struct bmd_slot *slot)
{
	const struct way *way = &ways[way_of(slot)];
	const struct kplug_dma_segment *segment = &slot->dma->chunk.segments[0];
	u64 address = segment->address + slot->moved;
	u32 packets, size;

	size = packet_size(address, slot->dma->chunk.length - slot->moved,
			   bmd->max_packet[way_of(slot)], &packets);
	slot->part = size * packets;
	bmd_write(bmd, way->address, lower_32_bits(address));
	bmd_write(bmd, way->size, BMD_SIZE(size / 4, upper_32_bits(address)));
	bmd_write(bmd, way->count, packets);
	bmd_write(bmd, way->pattern, slot->dma->args[BMD_ARG_PATTERN]);
	bmd->control |= way->start | (slot->dma->polled ? way->quiet : 0);
	bmd_write(bmd, BMD_DDMACR, bmd->control);
}

static bool is_idle(const struct bmd *bmd)
{
	unsigned int i;

	for (i = 0; i < BMD_SLOTS; i++)
		if (bmd->slots[i].dma && (bmd->slots[i].part || bmd->slots[i].aborted))
			return false;
	return true;
}

/* A direction that has run since the last reset waits until the other one is done. */
static void start_waiting(struct bmd *bmd)
{
	unsigned int i;

	if (bmd->control && is_idle(bmd))
		initiator_reset(bmd);
	for (i = 0; i < BMD_SLOTS; i++) {
		struct bmd_slot *slot = &bmd->slots[i];

		if (slot->dma && !slot->part && !slot->aborted &&
		    !(bmd->control & ways[way_of(slot)].start))
			start_part(bmd, slot);
	}
}

int bmd_dma_program(struct kplug_dma *dma)
{
	struct bmd *bmd = kplug_priv(dma->device);
	unsigned long flags;
	int err = -ENOTCONN;

	raw_spin_lock_irqsave(&bmd->lock, flags);
	if (dma->polled || bmd->armed) {
		struct bmd_slot *slot = &bmd->slots[!!bmd->slots[0].dma];

		*slot = (struct bmd_slot){ .dma = dma };
		start_waiting(bmd);
		err = 0;
	}
	raw_spin_unlock_irqrestore(&bmd->lock, flags);
	return err;
}

static void count(struct bmd *bmd, const struct bmd_slot *slot)
{
	bool from_card = way_of(slot) == BMD_FROM_CARD;
	struct bmd_count *sum = from_card ? &bmd->state.from_card : &bmd->state.to_card;

	sum->bytes += slot->part;
	sum->clocks += bmd_read(bmd, ways[way_of(slot)].clocks);
}

/* The part of a slot is done, and perhaps its chunk is, too. */
static void take_part(struct bmd *bmd, struct bmd_slot *slot, u32 bits, struct kplug_dma_ends *ends)
{
	bool wrong = way_of(slot) == BMD_TO_CARD && bits & BMD_READ_MISMATCH;

	count(bmd, slot);
	slot->moved += slot->part;
	slot->part = 0;
	if (!wrong && slot->moved != slot->dma->chunk.length)
		return;
	kplug_dma_ends_add(ends, slot->dma, slot->moved, wrong ? -EBADMSG : 0);
	slot->dma = NULL;
}

/* take_done() - false if no part is done. A device that is gone reads as all ones. */
static bool take_done(struct bmd *bmd, struct kplug_dma_ends *ends)
{
	u32 bits = bmd_read(bmd, BMD_DDMACR);
	bool some = false;
	unsigned int i;

	for (i = 0; i < BMD_SLOTS && bits != ~0u; i++) {
		struct bmd_slot *slot = &bmd->slots[i];

		if (!slot->dma || !slot->part || !(bits & ways[way_of(slot)].done))
			continue;
		some = true;
		take_part(bmd, slot, bits, ends);
	}
	return some;
}

/* INTx is deasserted by a reset, which the running direction does not allow, or by this. */
static void clear_line(struct bmd *bmd)
{
	bmd_write(bmd, BMD_INTERRUPT, BMD_LINE_CLEAR);
	bmd_write(bmd, BMD_INTERRUPT, 0);
}

bool bmd_engine_end(struct bmd *bmd)
{
	struct kplug_dma_ends ends;
	unsigned long flags;
	bool some;

	ends.num = 0;
	raw_spin_lock_irqsave(&bmd->lock, flags);
	some = take_done(bmd, &ends);
	if (some && bmd->line && !is_idle(bmd))
		clear_line(bmd);
	if (some)
		start_waiting(bmd);
	raw_spin_unlock_irqrestore(&bmd->lock, flags);
	kplug_dma_ends_report(&ends);
	return some;
}

void bmd_dma_poll(struct kplug_dma *dma)
{
	bmd_engine_end(kplug_priv(dma->device));
}

/*
 * halt_way() - the direction sends no more packets: false if the card does not obey. It loses its
 * start bit, which the transmitter looks at before each packet (BMD_TX_ENGINE.v): a reset would
 * also end the other direction. The last read returns behind all writes to memory.
 */
static bool halt_way(struct bmd *bmd, struct bmd_slot *slot)
{
	u32 start = ways[way_of(slot)].start, bits;

	bmd->state.refused_reads += BMD_READ_REFUSED(bmd_read(bmd, BMD_READ_STATUS));
	slot->part = 0;
	slot->aborted = true;
	bmd_write(bmd, BMD_DDMACR, bmd->control & ~start);
	bits = bmd_read(bmd, BMD_DDMACR);
	return bits == ~0u || !(bits & start);
}

void bmd_dma_abort(struct kplug_dma *dma)
{
	struct bmd *bmd = kplug_priv(dma->device);
	struct bmd_slot *slot;
	bool halted = true;

	bmd_engine_end(bmd);
	raw_spin_lock_irq(&bmd->lock);
	slot = &bmd->slots[bmd->slots[1].dma == dma];
	if (slot->dma == dma && slot->part)
		halted = halt_way(bmd, slot);
	raw_spin_unlock_irq(&bmd->lock);
	/* The answers to reads may still be on their way. */
	usleep_range(1000, 2000);
	if (!halted)
		kplug_dma_stuck(dma->device);
	raw_spin_lock_irq(&bmd->lock);
	if (slot->dma == dma)
		slot->dma = NULL;
	start_waiting(bmd);
	raw_spin_unlock_irq(&bmd->lock);
}
