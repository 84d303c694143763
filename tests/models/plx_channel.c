// SPDX-License-Identifier: MIT
// A DMA channel of a bridge of PLX.
#include <string.h>

#include "plx.h"

#define PART 65536 /* bytes in one step */

#define WRONG(plx, ...) complain(&(plx)->card->complaints, __VA_ARGS__)

void plx_channel_reset(struct plx_channel *channel)
{
	memset(channel, 0, sizeof(*channel));
	channel->done = true;
}

uint32_t *plx_channel_register(struct plx_channel *channel, unsigned int at)
{
	switch (at) {
	case PLX_MODE:
		return &channel->mode;
	case PLX_PCI_ADDRESS:
		return &channel->pci;
	case PLX_LOCAL_ADDRESS:
		return &channel->local;
	case PLX_SIZE:
		return &channel->size;
	case PLX_NEXT:
		return &channel->next;
	}
	return NULL;
}

uint8_t plx_channel_csr(const struct plx_channel *channel)
{
	return channel->csr | (channel->done ? PLX_DONE : 0);
}

static void interrupt(struct plx *plx, struct plx_channel *channel)
{
	channel->interrupts = true;
	card_count(plx->card, "terminal counts", 1);
	plx_update(plx);
}

static void end(struct plx *plx, struct plx_channel *channel)
{
	channel->done = true;
	if (channel->mode & PLX_DONE_INT)
		interrupt(plx, channel);
}

/* abort_transfer() - the bus did not take it: the channel ends, and INTCSR tells whose it was */
static void abort_transfer(struct plx *plx, unsigned int number)
{
	plx->intcsr |= PLX_IS_ABORT;
	plx->intcsr &= ~PLX_NOT_MASTER(number);
	end(plx, &plx->channels[number]);
	plx_update(plx);
}

/* load() - the next descriptor goes into the registers */
static bool load(struct plx *plx, unsigned int number)
{
	struct plx_channel *channel = &plx->channels[number];
	unsigned int words = channel->mode & PLX_LONG ? 5 : 4;
	uint32_t descriptor[5];

	channel->descriptor = channel->next & PLX_NEXT_BITS;
	if (!(channel->next & PLX_NEXT_IN_PCI))
		WRONG(plx, "descriptor at 0x%x in local memory, where this card has none",
		      channel->descriptor);
	if (card_dma(plx->card, false, channel->descriptor, descriptor,
		     words * sizeof(*descriptor))) {
		abort_transfer(plx, number);
		return false;
	}
	channel->pci = descriptor[0];
	channel->local = descriptor[1];
	channel->size = descriptor[2];
	channel->next = descriptor[3];
	if (channel->mode & PLX_LONG)
		channel->upper = descriptor[4];
	channel->moved = 0;
	if (!(channel->size & PLX_SIZE_BITS))
		WRONG(plx, "descriptor at 0x%x without a size", channel->descriptor);
	card_count(plx->card, "descriptors", 1);
	return true;
}

static void start(struct plx *plx, unsigned int number)
{
	struct plx_channel *channel = &plx->channels[number];

	if (!channel->done)
		WRONG(plx, "channel %u started while it is busy", number);
	channel->done = false;
	channel->moved = 0;
	if (channel->mode & PLX_CHAIN)
		load(plx, number);
}

static void abort_channel(struct plx *plx, unsigned int number)
{
	struct plx_channel *channel = &plx->channels[number];

	if (channel->csr & PLX_ENABLE)
		WRONG(plx, "channel %u aborted while it is enabled", number);
	if (channel->done)
		WRONG(plx, "channel %u aborted while it is idle", number);
	card_count(plx->card, "aborts", 1);
	channel->done = true;
}

void plx_channel_command(struct plx *plx, unsigned int number, uint8_t value)
{
	struct plx_channel *channel = &plx->channels[number];

	channel->csr = value & PLX_ENABLE;
	if (value & PLX_CLEAR) {
		channel->interrupts = false;
		plx_update(plx);
	}
	if (value & PLX_ABORT)
		abort_channel(plx, number);
	if (value & PLX_START) {
		if (value & PLX_ENABLE)
			start(plx, number);
		else
			WRONG(plx, "channel %u started while it is disabled", number);
	}
}

/* move() - the next part of a block: bytes, or -1 when the bus did not take them */
static int move(struct plx *plx, const struct plx_channel *channel)
{
	bool to_board = !(channel->next & PLX_TO_HOST);
	uint32_t left = (channel->size & PLX_SIZE_BITS) - channel->moved;
	uint64_t host = ((uint64_t)channel->upper << 32 | channel->pci) + channel->moved;
	uint32_t local = channel->local;
	static uint8_t data[PART];
	size_t part = left < PART ? left : PART;

	if (!(channel->mode & PLX_FIXED_LOCAL))
		local += channel->moved;
	if (to_board && card_dma(plx->card, false, host, data, part))
		return -1;
	part = plx->board->move(plx->card, to_board, local, data, part);
	if (!to_board && part && card_dma(plx->card, true, host, data, part))
		return -1;
	return part;
}

/*
 * finish() - the block is done. Before its interrupt the registers have the next descriptor:
 * drivers find out by DMAPADR how far it is.
 */
static void finish(struct plx *plx, unsigned int number)
{
	struct plx_channel *channel = &plx->channels[number];
	uint32_t flags = channel->next, none = 0;
	bool chain = channel->mode & PLX_CHAIN;

	if (chain && channel->mode & PLX_CLEAR_COUNT)
		card_dma(plx->card, true, channel->descriptor + 8, &none, sizeof(none));
	if (!chain || flags & PLX_END)
		end(plx, channel);
	else
		load(plx, number);
	if (chain && flags & PLX_COUNT_INT)
		interrupt(plx, channel);
}

bool plx_channel_work(struct plx *plx, unsigned int number)
{
	struct plx_channel *channel = &plx->channels[number];
	int moved;

	if (channel->done || !(channel->csr & PLX_ENABLE))
		return false;
	/* The board of a FIFO asks for more when the last block has been taken care of. */
	if (channel->mode & PLX_DEMAND && channel->interrupts)
		return false;
	moved = move(plx, channel);
	if (moved < 0) {
		abort_transfer(plx, number);
		return false;
	}
	channel->moved += moved;
	if (channel->moved == (channel->size & PLX_SIZE_BITS))
		finish(plx, number);
	else if (!moved)
		return false;
	return true;
}
