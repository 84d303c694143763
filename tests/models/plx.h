/* SPDX-License-Identifier: MIT */
/*
 * The model of a card behind a bridge of PLX. There are two cards: 'plx' has a PLX 9056 and memory,
 * which is BAR 2, and answers each doorbell with the same one; 'plx-hpdi' has a PLX 9080 and the
 * source of samples that Linux' driver gsc_hpdi expects.
 */
#ifndef MODEL_PLX_H
#define MODEL_PLX_H

#include "card.h"
#include "plx_regs.h"

#define PLX_MEMORY (1 << 20) /* bytes of the card 'plx', at the local addresses from 0 */

enum plx_bar { PLX_BAR_REGISTERS = 0, PLX_BAR_PORTS = 1, PLX_BAR_BOARD = 2 };

struct plx_channel {
	uint32_t mode, pci, local, size, next, upper;
	uint8_t csr; /* the bit Enable */
	bool done, interrupts;
	uint32_t descriptor; /* where the one that runs is, in chain mode */
	uint32_t moved; /* bytes of the current block */
};

/* What is behind the bridge. */
struct plx_board {
	/* move() - bytes between @data and a local address; how many, 0: none for now */
	size_t (*move)(struct card *card, bool to_board, uint32_t local, void *data, size_t size);
	/* doorbell() - the local processor sees these bits; returns those that it rings back */
	uint32_t (*doorbell)(uint32_t bits);
};

struct plx {
	struct card *card;
	const struct plx_board *board;
	uint32_t plain[PLX_REGISTERS / 4]; /* registers that keep what is written */
	uint32_t intcsr, cntrl, p2l, l2p;
	struct plx_channel channels[PLX_CHANNELS];
};

extern const struct model plx_model, plx_hpdi_model;
extern const struct plx_board plx_memory_board, plx_hpdi_board;
bool plx_hpdi_read(struct card *card, uint64_t at, uint32_t *value);
bool plx_hpdi_write(struct card *card, uint64_t at, uint32_t value);

/* plx_update() - after each change of a cause: INTCSR and the line */
void plx_update(struct plx *plx);

/* A channel's registers, and DMACSR. */
uint32_t *plx_channel_register(struct plx_channel *channel, unsigned int at);
void plx_channel_reset(struct plx_channel *channel);
uint8_t plx_channel_csr(const struct plx_channel *channel);
void plx_channel_command(struct plx *plx, unsigned int number, uint8_t value);
/* plx_channel_work() - one step; false: nothing to do now */
bool plx_channel_work(struct plx *plx, unsigned int number);

#endif
