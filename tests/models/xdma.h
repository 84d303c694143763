/* SPDX-License-Identifier: MIT */
/*
 * The model of a card with Xilinx' XDMA: channels between the host's memory and either memory of
 * the card (xdma) or streams (xdma-stream), where what a channel sends comes back on the channel
 * with the same number.
 */
#ifndef MODEL_XDMA_H
#define MODEL_XDMA_H

#include <stdbool.h>
#include <stdint.h>

#include "card.h"
#include "fifo.h"
#include "xdma_regs.h"
#include "xdma_user.h"

enum xdma_bar { XDMA_BAR_USER = 0, XDMA_BAR_CONFIG = 1, XDMA_BAR_MEMORY = 2 };

struct xdma_channel {
	struct xdma *xdma;
	unsigned int number;
	bool c2h;
	uint32_t control, status, completed, mask;
	uint64_t poll, first;
	uint32_t first_adjacent;

	/* The engine: the block of descriptors that it has fetched, and where it is in it. */
	bool busy;
	uint64_t next; /* the next block */
	unsigned int next_count;
	struct xdma_descriptor block[XDMA_ADJACENT_BITS + 1];
	unsigned int count, at;
	uint32_t done; /* bytes of the current descriptor */
};

struct xdma {
	struct card *card;
	bool stream;
	unsigned int has; /* channels of each direction */
	struct xdma_channel h2c[XDMA_CHANNELS], c2h[XDMA_CHANNELS];
	struct fifo fifos[XDMA_CHANNELS];
	uint32_t common[2]; /* halt, credit mode */

	/* The interrupt block. */
	uint32_t user_enable, channel_enable, user_requested, channel_requested;
	uint32_t user_vectors[4], channel_vectors[2];

	/* The user logic. */
	uint32_t level, scratch, raised, stalled;
};

extern const struct model xdma_model, xdma_stream_model;

/* Registers of each part; false: there is none. */
bool xdma_channel_read(struct xdma_channel *channel, unsigned int reg, uint32_t *value);
bool xdma_channel_write(struct xdma_channel *channel, unsigned int reg, uint32_t value);
bool xdma_sgdma_read(struct xdma_channel *channel, unsigned int reg, uint32_t *value);
bool xdma_sgdma_write(struct xdma_channel *channel, unsigned int reg, uint32_t value);
bool xdma_irq_read(struct xdma *xdma, unsigned int reg, uint32_t *value);
bool xdma_irq_write(struct xdma *xdma, unsigned int reg, uint32_t value);
bool xdma_user_read(struct xdma *xdma, unsigned int reg, uint32_t *value);
bool xdma_user_write(struct xdma *xdma, unsigned int reg, uint32_t value);

/* xdma_stalled() - the card does not answer to this channel */
bool xdma_stalled(const struct xdma_channel *channel);

/* xdma_irq_update() - after each change of a source: sends what is due */
void xdma_irq_update(struct xdma *xdma);

/* xdma_engine_start() - the control bit Run has been set */
void xdma_engine_start(struct xdma_channel *channel);
/* xdma_engine_work() - one step; false: it has nothing to do now */
bool xdma_engine_work(struct xdma_channel *channel);
/* xdma_channel_report() - sets status bits, those that the control register permits */
void xdma_channel_report(struct xdma_channel *channel, uint32_t bits);

/*
 * xdma_move() - moves the next part of a descriptor, and adds to channel->done. Returns the status
 * bit of what went wrong, or 0. @ended: the descriptor is complete, or a packet has ended in it.
 */
uint32_t xdma_move(struct xdma_channel *channel, const struct xdma_descriptor *descriptor,
		   bool *ended);

#endif
