// SPDX-License-Identifier: MIT
// What is behind the bridges of the cards 'plx' and 'plx-hpdi'.
#include <string.h>

#include "plx.h"

static size_t memory_move(struct card *card, bool to_board, uint32_t local, void *data, size_t size)
{
	uint8_t *memory = card->bars[PLX_BAR_BOARD].memory;

	if (local > PLX_MEMORY || size > PLX_MEMORY - local) {
		complain(&card->complaints, "local address 0x%x, where the card has no memory",
			 local);
		memset(data, 0xff, to_board ? 0 : size);
	} else if (to_board) {
		memcpy(memory + local, data, size);
	} else {
		memcpy(data, memory + local, size);
	}
	return size;
}

static void answer(struct plx *plx, uint32_t bits)
{
	plx->plain[PLX_MAILBOX0 / 4 + 1] = ~bits;
	if (bits & PLX_RAISE)
		plx->local = true;
	else
		plx->l2p |= bits;
}

const struct plx_board plx_memory_board = { .move = memory_move, .doorbell = answer };

/* Registers of gsc_hpdi's board (drivers/comedi/drivers/gsc_hpdi.c in Linux 6.12). */
#define HPDI_CONTROL    0x04
#define HPDI_RX_RESET   (1u << 2)
#define HPDI_RX_ENABLE  (1u << 5)
#define HPDI_STATUS     0x08 /* ones clear what went wrong, which nothing does here */
#define HPDI_REGISTERS  0x58
#define HPDI_FIFO_SIZE  0x44 /* of the receiver, in the low half */
#define HPDI_FIFO_WORDS 0x8000

static uint32_t registers[HPDI_REGISTERS / 4], samples;

bool plx_hpdi_read(struct card *card, uint64_t at, uint32_t *value)
{
	(void)card;
	if (at >= HPDI_REGISTERS)
		return false;
	*value = at == HPDI_FIFO_SIZE ? HPDI_FIFO_WORDS : registers[at / 4];
	return true;
}

bool plx_hpdi_write(struct card *card, uint64_t at, uint32_t value)
{
	(void)card;
	if (at >= HPDI_REGISTERS)
		return false;
	if (at == HPDI_CONTROL && value & HPDI_RX_RESET)
		samples = 0;
	if (at != HPDI_STATUS)
		registers[at / 4] = value;
	return true;
}

/* Each sample is one more than the last, so that a reader notices each that is lost. */
static size_t hpdi_move(struct card *card, bool to_board, uint32_t local, void *data, size_t size)
{
	uint32_t *words = data;

	(void)local;
	if (to_board || !(registers[HPDI_CONTROL / 4] & HPDI_RX_ENABLE))
		return 0;
	for (size_t i = 0; i < size / 4; i++)
		words[i] = samples++;
	card_count(card, "samples", size / 4);
	return size;
}

static void no_answer(struct plx *plx, uint32_t bits)
{
	(void)plx;
	(void)bits;
}

const struct plx_board plx_hpdi_board = { .move = hpdi_move, .doorbell = no_answer };
