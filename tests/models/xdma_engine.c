// SPDX-License-Identifier: MIT
// The descriptor engine of a channel of XDMA (PG195, "Descriptors" and "Descriptor Bypass").
#include "xdma.h"

#define DESCRIPTOR sizeof(struct xdma_descriptor)

#define WRONG(channel, ...) complain(&(channel)->xdma->card->complaints, __VA_ARGS__)

void xdma_engine_start(struct xdma_channel *channel)
{
	channel->busy = true;
	channel->next = channel->first;
	channel->next_count = channel->first_adjacent + 1;
	channel->count = channel->at = 0;
	card_count(channel->xdma->card, "runs", 1);
}

static void stop(struct xdma_channel *channel, uint32_t status)
{
	channel->busy = false;
	channel->count = channel->at = 0;
	xdma_channel_report(channel, status);
}

/* fetch() - the next block of descriptors, in one read */
static bool fetch(struct xdma_channel *channel)
{
	uint64_t first = channel->next, last = first + channel->next_count * DESCRIPTOR - 1;

	if (first % DESCRIPTOR)
		WRONG(channel, "descriptor at 0x%llx, which is no multiple of 32",
		      (unsigned long long)first);
	if (first / XDMA_BLOCK != last / XDMA_BLOCK)
		WRONG(channel, "block of %u descriptors at 0x%llx, which crosses 4 KiB",
		      channel->next_count, (unsigned long long)first);
	if (card_dma(channel->xdma->card, false, first, channel->block,
		     channel->next_count * DESCRIPTOR)) {
		stop(channel, XDMA_DESC_UNSUPPORTED);
		return false;
	}
	channel->count = channel->next_count;
	channel->at = 0;
	channel->done = 0;
	card_count(channel->xdma->card, "fetches", 1);
	return true;
}

/* descriptor_fault() - the status bit of a descriptor that cannot be run, or 0 */
static uint32_t descriptor_fault(struct xdma_channel *channel,
				 const struct xdma_descriptor *descriptor)
{
	if (XDMA_MAGIC_OF(descriptor->control) != XDMA_MAGIC) {
		WRONG(channel, "descriptor with magic 0x%x",
		      (unsigned int)XDMA_MAGIC_OF(descriptor->control));
		return XDMA_MAGIC_STOPPED;
	}
	if (!(descriptor->length & XDMA_LENGTH_BITS)) {
		WRONG(channel, "descriptor without a length");
		return XDMA_INVALID_LENGTH;
	}
	return 0;
}

/* write_back() - "Poll Mode Write Back": the count, where a program looks for it */
static void write_back(struct xdma_channel *channel)
{
	uint32_t word = channel->completed & 0xffffff;

	if (channel->status & XDMA_STATUS_ERRORS)
		word |= 1u << 31;
	card_dma(channel->xdma->card, true, channel->poll, &word, sizeof(word));
}

/* finish() - a descriptor is done: tell those who want to know, and go on or stop */
static void finish(struct xdma_channel *channel, const struct xdma_descriptor *descriptor)
{
	uint32_t control = descriptor->control, status = 0;

	channel->completed++;
	channel->done = 0;
	card_count(channel->xdma->card, "descriptors", 1);
	if (control & XDMA_COMPLETED_BIT) {
		status |= XDMA_DESC_COMPLETED;
		if (channel->control & XDMA_POLL)
			write_back(channel);
	}
	if (++channel->at == channel->count) {
		channel->next = descriptor->next;
		channel->next_count = XDMA_ADJACENT(control) + 1;
		channel->count = channel->at = 0;
	}
	if (control & XDMA_STOP)
		stop(channel, status | XDMA_DESC_STOPPED);
	else if (!(channel->control & XDMA_RUN))
		stop(channel, status | XDMA_IDLE_STOPPED);
	else if (status)
		xdma_channel_report(channel, status);
}

/* fail() - an error ends the run; a write-back tells a program that polls */
static void fail(struct xdma_channel *channel, uint32_t status)
{
	stop(channel, status);
	if (channel->control & XDMA_POLL)
		write_back(channel);
}

bool xdma_engine_work(struct xdma_channel *channel)
{
	const struct xdma_descriptor *descriptor;
	uint32_t before, fault;
	bool ended;

	if (!channel->busy || xdma_stalled(channel) || (!channel->count && !fetch(channel)))
		return false;
	descriptor = &channel->block[channel->at];
	before = channel->done;
	fault = channel->done ? 0 : descriptor_fault(channel, descriptor);
	if (!fault)
		fault = xdma_move(channel, descriptor, &ended);
	if (fault)
		fail(channel, fault);
	else if (ended)
		finish(channel, descriptor);
	else
		return channel->done != before; /* else it waits for the other side */
	return true;
}
