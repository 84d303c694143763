/* SPDX-License-Identifier: MIT */
/*
 * The model of a card behind a bridge of PLX. There are three: 'plx' has a PLX 9056 and memory,
 * which is BAR 2, and a processor: it answers each doorbell with the same one, and puts its inverse
 * into mailbox 1. PLX_RAISE makes it assert LINTi# instead, until 0 is written to mailbox 7.
 * 'plx-hpdi' has a PLX 9080 and the source of samples that Linux' driver gsc_hpdi expects.
 * 'plx-target' has a PLX 9030, and a board whose lines registers in BAR 2 raise and lower.
 */
#ifndef MODEL_PLX_H
#define MODEL_PLX_H

#include "card.h"
#include "plx_regs.h"

#define PLX_RAISE  (1u << 31) /* a bit of the doorbell */
#define PLX_MEMORY (1 << 20) /* bytes of the card 'plx', at the local addresses from 0 */

enum plx_bar { PLX_BAR_REGISTERS = 0, PLX_BAR_PORTS = 1, PLX_BAR_BOARD = 2 };

struct plx_channel {
	uint32_t mode, pci, local, size, next, upper;
	uint8_t csr; /* the bit Enable */
	bool done, interrupts;
	uint32_t descriptor; /* where the one that runs is, in chain mode */
	uint32_t moved; /* bytes of the current block */
};

#define PLX_EEPROM_BITS  8 /* of an address: a 93CS66 */
#define PLX_EEPROM_WORDS (1 << PLX_EEPROM_BITS)

struct plx_eeprom {
	uint16_t words[PLX_EEPROM_WORDS];
	bool selected, clock, output; /* the lines */
	bool enabled; /* for writes */
	bool started; /* there was a start bit */
	unsigned int bits; /* since then */
	uint16_t command, data; /* that they were */
	unsigned int busy;
};

struct plx;

/* What is behind the bridge. */
struct plx_board {
	/* move() - bytes between @data and a local address; how many, 0: none for now */
	size_t (*move)(struct card *card, bool to_board, uint32_t local, void *data, size_t size);
	/* doorbell() - the local processor sees these bits */
	void (*doorbell)(struct plx *plx, uint32_t bits);
};

struct plx {
	struct card *card;
	const struct plx_board *board;
	uint32_t plain[PLX_REGISTERS / 4]; /* registers that keep what is written */
	uint32_t intcsr, cntrl, p2l, l2p;
	bool local; /* LINTi# is asserted */
	struct plx_eeprom eeprom;
	struct plx_channel channels[PLX_CHANNELS];
};

extern const struct model plx_model, plx_hpdi_model, plx_target_model;
extern const struct plx_board plx_memory_board, plx_hpdi_board;
bool plx_hpdi_read(struct card *card, uint64_t at, uint32_t *value);
bool plx_hpdi_write(struct card *card, uint64_t at, uint32_t value);

/* plx_update() - after each change of a cause: INTCSR and the line */
void plx_update(struct plx *plx);

/* The lines of the EEPROM, in bits of CNTRL; plx_eeprom_output() - the one that it drives */
void plx_eeprom_lines(struct plx *plx, uint32_t lines);
bool plx_eeprom_output(struct plx *plx);

/* A channel's registers, and DMACSR. */
uint32_t *plx_channel_register(struct plx_channel *channel, unsigned int at);
void plx_channel_reset(struct plx_channel *channel);
uint8_t plx_channel_csr(const struct plx_channel *channel);
void plx_channel_command(struct plx *plx, unsigned int number, uint8_t value);
/* plx_channel_work() - one step; false: nothing to do now */
bool plx_channel_work(struct plx *plx, unsigned int number);

#endif
