// SPDX-License-Identifier: GPL-2.0
/* The DMA channels: a chunk is a block or a chain of descriptors; its start, end and abort. */
#include <linux/iopoll.h>

#include "plx.h"

#define STOP_US 1000000
#define POLL_US 1000

static u32 channel_of(const struct plx_slot *slot)
{
	return slot->dma->args[PLX_ARG_CHANNEL];
}

static u8 command_read(const struct plx *plx, u32 channel)
{
	return kplug_read8(plx->io, plx->region, PLX_DMACSR(channel));
}

static void command(const struct plx *plx, u32 channel, u8 bits)
{
	kplug_write8(plx->io, plx->region, PLX_DMACSR(channel), bits);
}

static u32 next_flags(const struct kplug_dma *dma)
{
	return dma->direction == KPLUG_DMA_FROM_DEVICE ? PLX_NEXT_TO_HOST : 0;
}

static u32 local_address(const struct kplug_dma *dma)
{
	bool fixed = dma->args[PLX_ARG_MODE] & PLX_MODE_FIXED_LOCAL;

	return dma->args[PLX_ARG_LOCAL] + (fixed ? 0 : dma->chunk.offset);
}

static bool has_long_addresses(const struct plx *plx)
{
	return plx->chip->address_bits > 32;
}

static u32 bus_of_chain(const struct plx *plx, u32 channel)
{
	return plx->block.address + channel * PLX_DESCRIPTORS * sizeof(struct plx_descriptor);
}

/* The last descriptor names a next one too, so that the register tells how far the chain is. */
static void describe_chain(struct plx *plx, u32 channel, const struct kplug_dma *dma)
{
	struct plx_descriptor *d = plx->block.memory;
	u32 local = local_address(dma), bus = bus_of_chain(plx, channel), i;
	const struct kplug_dma_chunk *chunk = &dma->chunk;

	d += channel * PLX_DESCRIPTORS;
	for (i = 0; i < chunk->num_segments; i++, d++) {
		const struct kplug_dma_segment *segment = &chunk->segments[i];
		u32 next = bus + (i + 1) * sizeof(*d);

		next |= PLX_NEXT_IN_PCI | next_flags(dma);
		next |= i + 1 == chunk->num_segments ? PLX_NEXT_END : 0;
		d->pci = cpu_to_le32(lower_32_bits(segment->address));
		d->upper = cpu_to_le32(upper_32_bits(segment->address));
		d->local = cpu_to_le32(local);
		d->size = cpu_to_le32(segment->length);
		d->next = cpu_to_le32(next);
		if (!(dma->args[PLX_ARG_MODE] & PLX_MODE_FIXED_LOCAL))
			local += segment->length;
	}
}

static void describe_block(struct plx *plx, u32 channel, const struct kplug_dma *dma)
{
	const struct kplug_dma_segment *segment = &dma->chunk.segments[0];

	plx_write(plx, PLX_PCI_ADDRESS(channel), lower_32_bits(segment->address));
	plx_write(plx, PLX_LOCAL_ADDRESS(channel), local_address(dma));
	plx_write(plx, PLX_SIZE(channel), segment->length);
	plx_write(plx, PLX_NEXT(channel), next_flags(dma));
	if (has_long_addresses(plx))
		plx_write(plx, PLX_DAC(channel), upper_32_bits(segment->address));
}

static void start(struct plx *plx, struct plx_slot *slot)
{
	const struct kplug_dma *dma = slot->dma;
	u32 channel = channel_of(slot), mode = dma->args[PLX_ARG_MODE];
	bool chain = dma->chunk.num_segments > 1;

	mode |= PLX_MODE_DONE_INT | PLX_MODE_TO_PCI;
	mode |= chain ? PLX_MODE_CHAIN : 0;
	mode |= chain && has_long_addresses(plx) ? PLX_MODE_LONG : 0;
	plx_write(plx, PLX_MODE(channel), mode);
	if (chain) {
		describe_chain(plx, channel, dma);
		plx_write(plx, PLX_NEXT(channel),
			  bus_of_chain(plx, channel) | PLX_NEXT_IN_PCI | next_flags(dma));
	} else {
		describe_block(plx, channel, dma);
	}
	/* The write is ordered behind the descriptors in memory. */
	command(plx, channel, PLX_DMACSR_ENABLE | PLX_DMACSR_START);
	plx->aborts &= ~BIT(channel);
	slot->running = true;
}

static bool is_busy(const struct plx *plx, u32 channel)
{
	unsigned int i;

	for (i = 0; i < PLX_CHANNELS; i++) {
		const struct plx_slot *slot = &plx->slots[i];

		if (slot->dma && channel_of(slot) == channel && (slot->running || slot->aborted))
			return true;
	}
	return false;
}

/*
 * is_cleared() - the flag of the channel's last end is down. If it is not, the card did not react,
 * and the flag would pass for the next end.
 */
static bool is_cleared(const struct plx *plx, u32 channel)
{
	if (!(plx_read(plx, PLX_INTCSR) & PLX_IS_DMA(channel)))
		return true;
	command(plx, channel, PLX_DMACSR_CLEAR);
	return !(plx_read(plx, PLX_INTCSR) & PLX_IS_DMA(channel));
}

static void start_waiting(struct plx *plx)
{
	unsigned int i;

	for (i = 0; i < PLX_CHANNELS && !plx->held; i++) {
		struct plx_slot *slot = &plx->slots[i];

		if (slot->dma && !slot->running && !is_busy(plx, channel_of(slot)) &&
		    is_cleared(plx, channel_of(slot)))
			start(plx, slot);
	}
}

int plx_dma_program(struct kplug_dma *dma)
{
	struct plx *plx = kplug_priv(dma->device);
	unsigned long flags;
	int err = 0;

	raw_spin_lock_irqsave(&plx->lock, flags);
	if (plx->resetting)
		err = -EBUSY;
	else if (!dma->polled && !plx->armed)
		err = -ENOTCONN;
	if (!err) {
		plx->slots[!!plx->slots[0].dma] = (struct plx_slot){ .dma = dma };
		start_waiting(plx);
	}
	raw_spin_unlock_irqrestore(&plx->lock, flags);
	return err;
}

/* The bytes of the descriptors before the one that the channel has loaded. */
static u64 transferred(const struct plx *plx, const struct plx_slot *slot)
{
	const struct kplug_dma_chunk *chunk = &slot->dma->chunk;
	u32 channel = channel_of(slot);
	u32 next = plx_read(plx, PLX_NEXT(channel)) & PLX_NEXT_ADDRESS;
	u32 loaded = (next - bus_of_chain(plx, channel)) / sizeof(struct plx_descriptor);

	if (chunk->num_segments == 1 || !loaded || loaded > chunk->num_segments)
		return 0;
	return kplug_dma_chunk_bytes(chunk, loaded - 1);
}

/*
 * has_ended() - the channel raises its flag at the end, also when the program polls. After an abort
 * of the bus it may only be done.
 */
static bool has_ended(const struct plx *plx, u32 channel, u32 intcsr)
{
	if (intcsr & PLX_IS_DMA(channel))
		return true;
	return plx->aborts & BIT(channel) && command_read(plx, channel) & PLX_DMACSR_DONE;
}

static void take(struct plx *plx, struct plx_slot *slot, u32 intcsr, struct kplug_dma_ends *ends)
{
	u32 channel;

	if (!slot->dma || !slot->running)
		return;
	channel = channel_of(slot);
	if (!has_ended(plx, channel, intcsr))
		return;
	if (plx->aborts & BIT(channel)) {
		kplug_dma_ends_add(ends, slot->dma, transferred(plx, slot), -EIO);
		plx_clear_abort(plx);
		plx->aborts &= ~BIT(channel);
	} else {
		kplug_dma_ends_add(ends, slot->dma, slot->dma->chunk.length, 0);
	}
	command(plx, channel, PLX_DMACSR_CLEAR);
	slot->dma = NULL;
}

bool plx_channels_end(struct plx *plx)
{
	struct kplug_dma_ends ends;
	unsigned long flags;
	unsigned int i;
	u32 intcsr;

	ends.num = 0;
	raw_spin_lock_irqsave(&plx->lock, flags);
	intcsr = plx_channels_aborts(plx);
	/* A device that is gone reads as all ones. */
	for (i = 0; i < PLX_CHANNELS && intcsr != ~0u; i++)
		take(plx, &plx->slots[i], intcsr, &ends);
	if (ends.num)
		start_waiting(plx);
	raw_spin_unlock_irqrestore(&plx->lock, flags);
	kplug_dma_ends_report(&ends);
	return ends.num;
}

u32 plx_channels_aborts(struct plx *plx)
{
	u32 intcsr = plx_read(plx, PLX_INTCSR), channel;

	for (channel = 0; channel < PLX_CHANNELS; channel++)
		if (intcsr != ~0u && intcsr & PLX_IS_ABORT && !(intcsr & PLX_NOT_MASTER(channel)))
			plx->aborts |= BIT(channel);
	return intcsr;
}

static bool are_idle(const struct plx *plx)
{
	u32 channel;

	for (channel = 0; channel < PLX_CHANNELS; channel++) {
		u8 bits = command_read(plx, channel);

		if (bits == 0xff || !(bits & PLX_DMACSR_DONE))
			return false;
	}
	return !plx->slots[0].dma && !plx->slots[1].dma;
}

bool plx_channels_hold(struct plx *plx)
{
	bool idle;

	raw_spin_lock_irq(&plx->lock);
	idle = are_idle(plx);
	plx->held = idle;
	if (idle && plx_channels_aborts(plx) & PLX_IS_ABORT)
		plx_clear_abort(plx);
	raw_spin_unlock_irq(&plx->lock);
	return idle;
}

void plx_channels_release(struct plx *plx)
{
	raw_spin_lock_irq(&plx->lock);
	plx->held = false;
	start_waiting(plx);
	raw_spin_unlock_irq(&plx->lock);
}

void plx_dma_poll(struct kplug_dma *dma)
{
	plx_channels_end(kplug_priv(dma->device));
}

/*
 * Data books, DMACSR0: only a channel that is not done may be aborted, and only while it is
 * disabled. It ends the access that is under way.
 */
static bool stop(struct plx *plx, u32 channel)
{
	u8 bits;

	command(plx, channel, 0);
	if (!(command_read(plx, channel) & PLX_DMACSR_DONE))
		command(plx, channel, PLX_DMACSR_ABORT);
	return !read_poll_timeout(command_read, bits, bits & PLX_DMACSR_DONE, POLL_US, STOP_US,
				  false, plx, channel);
}

void plx_dma_abort(struct kplug_dma *dma)
{
	struct plx *plx = kplug_priv(dma->device);
	u32 channel = dma->args[PLX_ARG_CHANNEL];
	struct plx_slot *slot;
	bool running;

	plx_channels_end(plx);
	raw_spin_lock_irq(&plx->lock);
	slot = &plx->slots[plx->slots[1].dma == dma];
	running = slot->dma == dma && slot->running;
	if (running) {
		slot->running = false;
		slot->aborted = true;
	}
	raw_spin_unlock_irq(&plx->lock);
	if (running && !stop(plx, channel))
		kplug_dma_stuck(dma->device);
	raw_spin_lock_irq(&plx->lock);
	if (running)
		command(plx, channel, PLX_DMACSR_CLEAR);
	if (slot->dma == dma)
		slot->dma = NULL;
	start_waiting(plx);
	raw_spin_unlock_irq(&plx->lock);
}
