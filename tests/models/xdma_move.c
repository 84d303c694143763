// SPDX-License-Identifier: MIT
// The data of a descriptor of XDMA: between the host's memory, and the card's or a stream.
#include <string.h>

#include "xdma.h"

#define PART 65536 /* of a descriptor in one step, so that the guest does not wait long */

/* card_part() - the card's memory at an address, or NULL where it has none */
static uint8_t *card_part(struct xdma_channel *channel, uint64_t address, uint32_t size)
{
	uint8_t *memory = channel->xdma->card->bars[XDMA_BAR_MEMORY].memory;

	if (address > XDMA_CARD_MEMORY || size > XDMA_CARD_MEMORY - address)
		return NULL;
	return memory + address;
}

static uint32_t move_memory(struct xdma_channel *channel, const struct xdma_descriptor *descriptor,
			    uint32_t part)
{
	uint64_t card = channel->c2h ? descriptor->source : descriptor->destination;
	uint64_t host = channel->c2h ? descriptor->destination : descriptor->source;
	uint8_t *memory;

	if (!(channel->control & XDMA_FIXED_ADDRESS))
		card += channel->done;
	memory = card_part(channel, card, part);
	if (!memory)
		return channel->c2h ? XDMA_READ_DECODE : XDMA_WRITE_DECODE;
	if (card_dma(channel->xdma->card, channel->c2h, host + channel->done, memory, part))
		return channel->c2h ? 0 : XDMA_READ_UNSUPPORTED; /* writes are posted */
	return 0;
}

static uint32_t send_stream(struct xdma_channel *channel, const struct xdma_descriptor *descriptor,
			    uint32_t *part, bool last)
{
	struct fifo *fifo = &channel->xdma->fifos[channel->number];
	static uint8_t bytes[PART];

	if (*part > fifo_room(fifo)) {
		*part = fifo_room(fifo);
		last = false;
	}
	if (*part &&
	    card_dma(channel->xdma->card, false, descriptor->source + channel->done, bytes, *part))
		return XDMA_READ_UNSUPPORTED;
	fifo_put(fifo, bytes, *part, last && descriptor->control & XDMA_EOP);
	return 0;
}

static void write_record(struct xdma_channel *channel, const struct xdma_descriptor *descriptor,
			 bool end)
{
	struct xdma_record record = {
		.status = XDMA_RECORD_MAGIC << 16 | end,
		.length = channel->done,
	};

	if (!(channel->control & XDMA_NO_RECORD))
		card_dma(channel->xdma->card, true, descriptor->source, &record, sizeof(record));
}

static void receive_stream(struct xdma_channel *channel, const struct xdma_descriptor *descriptor,
			   uint32_t part, uint32_t length, bool *ended)
{
	static uint8_t bytes[PART];
	bool end;

	part = fifo_take(&channel->xdma->fifos[channel->number], bytes, part, &end);
	if (part)
		card_dma(channel->xdma->card, true, descriptor->destination + channel->done, bytes,
			 part);
	channel->done += part;
	*ended = end || channel->done == length;
	if (*ended)
		write_record(channel, descriptor, end);
}

uint32_t xdma_move(struct xdma_channel *channel, const struct xdma_descriptor *descriptor,
		   bool *ended)
{
	uint32_t length = descriptor->length & XDMA_LENGTH_BITS;
	uint32_t left = length - channel->done, part = left < PART ? left : PART, fault = 0;

	*ended = false;
	if (channel->xdma->stream && channel->c2h) {
		receive_stream(channel, descriptor, part, length, ended);
		return 0;
	}
	/* With a fixed address all goes through the same place, whose last content stays. */
	if (channel->control & XDMA_FIXED_ADDRESS && part > XDMA_DATA_PATH)
		part = XDMA_DATA_PATH;
	if (channel->xdma->stream)
		fault = send_stream(channel, descriptor, &part, part == left);
	else
		fault = move_memory(channel, descriptor, part);
	if (fault)
		return fault;
	channel->done += part;
	*ended = channel->done == length;
	return 0;
}
