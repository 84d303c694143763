// SPDX-License-Identifier: MIT
// Registers of a channel of XDMA (PG195, "H2C Channel Registers", "C2H Channel Registers").
#include "xdma.h"

/* Any address, any length, 64 address bits. */
#define ALIGNMENTS 0x00010140

void xdma_channel_report(struct xdma_channel *channel, uint32_t bits)
{
	channel->status |= bits & channel->control & XDMA_STATUS_BITS;
	xdma_irq_update(channel->xdma);
}

static void clear_status(struct xdma_channel *channel, uint32_t bits)
{
	channel->status &= ~bits;
	xdma_irq_update(channel->xdma);
}

bool xdma_channel_read(struct xdma_channel *channel, unsigned int reg, uint32_t *value)
{
	uint32_t stream = channel->xdma->stream ? XDMA_ID_STREAM : 0;

	switch (reg) {
	case XDMA_ID:
		*value = XDMA_ID_OF(channel->c2h) | stream | XDMA_ID_NUMBER(channel->number);
		break;
	case XDMA_CONTROL:
		*value = channel->control;
		break;
	case XDMA_STATUS:
		*value = channel->status | channel->busy;
		break;
	case XDMA_STATUS_CLEAR:
		*value = channel->status | channel->busy;
		clear_status(channel, ~0u);
		break;
	case XDMA_COMPLETED:
		*value = channel->completed;
		break;
	case XDMA_ALIGNMENTS:
		*value = ALIGNMENTS;
		break;
	case XDMA_POLL_LOW:
		*value = channel->poll;
		break;
	case XDMA_POLL_HIGH:
		*value = channel->poll >> 32;
		break;
	case XDMA_MASK:
		*value = channel->mask;
		break;
	case XDMA_PERFORMANCE ... XDMA_PERF_LAST:
		*value = 0;
		break;
	default:
		return false;
	}
	return true;
}

static void write_control(struct xdma_channel *channel, uint32_t value)
{
	bool ran = channel->control & XDMA_RUN;

	value &= XDMA_CONTROL_BITS;
	channel->control = value;
	if (value & XDMA_RUN && !ran) {
		if (channel->busy)
			complain(&channel->xdma->card->complaints,
				 "channel %u started while it is busy", channel->number);
		channel->completed = 0;
		clear_status(channel, ~0u);
		xdma_engine_start(channel);
	} else if (!(value & XDMA_RUN) && ran && channel->busy && !channel->done &&
		   !xdma_stalled(channel)) {
		/* Not in a descriptor, it stops at once. */
		channel->busy = false;
		channel->count = 0;
		xdma_channel_report(channel, XDMA_IDLE_STOPPED);
	}
}

static void write_mask(struct xdma_channel *channel, uint32_t value)
{
	channel->mask = value & XDMA_STATUS_BITS;
	xdma_irq_update(channel->xdma);
}

static void put_low(uint64_t *address, uint32_t value)
{
	*address = (*address & ~0xffffffffull) | value;
}

static void put_high(uint64_t *address, uint32_t value)
{
	*address = (*address & 0xffffffff) | (uint64_t)value << 32;
}

bool xdma_channel_write(struct xdma_channel *channel, unsigned int reg, uint32_t value)
{
	switch (reg) {
	case XDMA_CONTROL:
		write_control(channel, value);
		break;
	case XDMA_CONTROL_W1S:
		write_control(channel, channel->control | value);
		break;
	case XDMA_CONTROL_W1C:
		write_control(channel, channel->control & ~value);
		break;
	case XDMA_STATUS:
		clear_status(channel, value);
		break;
	case XDMA_POLL_LOW:
		put_low(&channel->poll, value);
		break;
	case XDMA_POLL_HIGH:
		put_high(&channel->poll, value);
		break;
	case XDMA_MASK:
		write_mask(channel, value);
		break;
	case XDMA_MASK_W1S:
		write_mask(channel, channel->mask | value);
		break;
	case XDMA_MASK_W1C:
		write_mask(channel, channel->mask & ~value);
		break;
	case XDMA_PERFORMANCE:
		break;
	default:
		return false;
	}
	return true;
}

bool xdma_sgdma_read(struct xdma_channel *channel, unsigned int reg, uint32_t *value)
{
	unsigned int target = channel->c2h ? XDMA_C2H_SGDMA : XDMA_H2C_SGDMA;
	uint32_t stream = channel->xdma->stream ? XDMA_ID_STREAM : 0;

	switch (reg) {
	case XDMA_ID:
		*value = XDMA_ID_OF(target) | stream | XDMA_ID_NUMBER(channel->number);
		break;
	case XDMA_FIRST_LOW:
		*value = channel->first;
		break;
	case XDMA_FIRST_HIGH:
		*value = channel->first >> 32;
		break;
	case XDMA_FIRST_ADJACENT:
		*value = channel->first_adjacent;
		break;
	case XDMA_CREDITS:
		*value = 0;
		break;
	default:
		return false;
	}
	return true;
}

bool xdma_sgdma_write(struct xdma_channel *channel, unsigned int reg, uint32_t value)
{
	if (channel->busy)
		complain(&channel->xdma->card->complaints,
			 "write to 0x%x of the descriptor block while channel %u is busy", reg,
			 channel->number);
	switch (reg) {
	case XDMA_FIRST_LOW:
		put_low(&channel->first, value);
		break;
	case XDMA_FIRST_HIGH:
		put_high(&channel->first, value);
		break;
	case XDMA_FIRST_ADJACENT:
		channel->first_adjacent = value & XDMA_ADJACENT_BITS;
		break;
	default:
		return false;
	}
	return true;
}
