// SPDX-License-Identifier: MIT
// A card behind a bridge of PLX: registers, and what interrupts.
#include "plx.h"

#include <stdlib.h>
#include <string.h>

static void plx_reset(void *state)
{
	struct plx *plx = state;

	memset(plx->plain, 0, sizeof(plx->plain));
	plx->intcsr = PLX_INTCSR_RESET;
	plx->cntrl = PLX_CNTRL_DEFAULT;
	plx->p2l = plx->l2p = 0;
	plx->local = false;
	for (unsigned int i = 0; i < PLX_CHANNELS; i++)
		plx_channel_reset(&plx->channels[i]);
	plx_update(plx);
}

static void *plx_create(struct card *card)
{
	struct plx *plx = calloc(1, sizeof(*plx));

	if (!plx)
		return NULL;
	plx->card = card;
	plx->board = card->model == &plx_hpdi_model ? &plx_hpdi_board : &plx_memory_board;
	plx_reset(plx);
	return plx;
}

static void plx_destroy(void *state)
{
	free(state);
}

/* Each cause stays until it is cleared at its own place. */
void plx_update(struct plx *plx)
{
	uint32_t is = plx->l2p ? PLX_IS_DOORBELL : 0, causes;

	is |= plx->intcsr & PLX_IS_ABORT;
	is |= plx->p2l ? PLX_IS_P2L : 0;
	is |= plx->local ? PLX_IS_LOCAL : 0;
	for (unsigned int i = 0; i < PLX_CHANNELS; i++) {
		if (plx->channels[i].interrupts && plx->channels[i].mode & PLX_TO_PCI)
			is |= PLX_IS_DMA(i);
	}
	plx->intcsr = (plx->intcsr & ~(PLX_IS_DOORBELL | PLX_IS_LOCAL | PLX_IS_P2L | PLX_IS_DMA(0) |
				       PLX_IS_DMA(1))) |
		      is;
	/* An enable bit is four places below its cause, and three for DMA. */
	causes = (is >> 4 & plx->intcsr & (PLX_INT_DOORBELL | PLX_INT_ABORT | PLX_INT_LOCAL)) |
		 (is >> 3 & plx->intcsr & (PLX_INT_DMA(0) | PLX_INT_DMA(1)));
	card_line(plx->card, causes && plx->intcsr & PLX_INT_PCI);
}

static bool is_channel(unsigned int at, unsigned int *number, unsigned int *offset)
{
	if (at < PLX_DMA(0) || at >= PLX_DMA(PLX_CHANNELS))
		return false;
	*number = at >= PLX_DMA(1);
	*offset = at - PLX_DMA(*number);
	return true;
}

/* The 9056 has one pin for both ways: it reads the EEPROM only while that is enabled. */
static uint32_t eeprom_input(struct plx *plx)
{
	bool one_pin = plx->card->model->ids.device != 0x9080;

	if (one_pin && !(plx->cntrl & PLX_CNTRL_INIT))
		return plx->cntrl & PLX_CNTRL_EE_OUT ? PLX_CNTRL_EE_IN : 0;
	return plx_eeprom_output(plx) ? PLX_CNTRL_EE_IN : 0;
}

/* word_read() - a register, which is 32 bits */
static bool word_read(struct plx *plx, unsigned int at, uint32_t *value)
{
	unsigned int number, offset;

	if (is_channel(at, &number, &offset)) {
		*value = *plx_channel_register(&plx->channels[number], offset);
		return true;
	}
	switch (at) {
	case PLX_P2L:
		*value = plx->p2l;
		break;
	case PLX_L2P:
		*value = plx->l2p;
		break;
	case PLX_INTCSR:
		*value = plx->intcsr;
		break;
	case PLX_CNTRL:
		*value = (plx->cntrl & ~PLX_CNTRL_EE_IN) | eeprom_input(plx);
		break;
	case PLX_HARD_ID:
		*value =
			(uint32_t)plx->card->model->ids.device << 16 | plx->card->model->ids.vendor;
		break;
	case PLX_DMACSR:
		*value = plx_channel_csr(&plx->channels[0]) | plx_channel_csr(&plx->channels[1])
								      << 8;
		break;
	case PLX_DMADAC:
	case PLX_DMADAC + 4:
		*value = plx->channels[(at - PLX_DMADAC) / 4].upper;
		break;
	case PLX_DMAARB:
		*value = plx->plain[PLX_MARBR / 4];
		break;
	default:
		*value = plx->plain[at / 4];
		break;
	}
	return true;
}

static void write_intcsr(struct plx *plx, uint32_t value)
{
	plx->intcsr = (plx->intcsr & PLX_INTCSR_RO) | (value & ~PLX_INTCSR_RO);
	/* Writing the register clears the abort. */
	plx->intcsr &= ~PLX_IS_ABORT;
	plx->intcsr |= PLX_NOT_MASTER(0) | PLX_NOT_MASTER(1);
	plx_update(plx);
}

static void write_cntrl(struct plx *plx, uint32_t value)
{
	if (value & ~plx->cntrl & PLX_CNTRL_RELOAD)
		card_count(plx->card, "reloads", 1);
	plx->cntrl = value;
	plx_eeprom_lines(plx, value);
	if (value & PLX_CNTRL_RESET) {
		card_count(plx->card, "local resets", 1);
		plx->local = false;
		for (unsigned int i = 0; i < PLX_CHANNELS; i++)
			plx_channel_reset(&plx->channels[i]);
		plx_update(plx);
	}
}

static void ring_card(struct plx *plx, uint32_t bits)
{
	plx->board->doorbell(plx, bits);
	plx_update(plx);
}

static void write_channel(struct plx *plx, unsigned int number, unsigned int offset, uint32_t value)
{
	struct plx_channel *channel = &plx->channels[number];

	if (!channel->done && offset != PLX_MODE)
		complain(&plx->card->complaints,
			 "write to register 0x%x of channel %u while it is busy", offset, number);
	*plx_channel_register(channel, offset) = value;
	plx_update(plx);
}

static bool word_write(struct plx *plx, unsigned int at, uint32_t value)
{
	unsigned int number, offset;

	if (is_channel(at, &number, &offset)) {
		write_channel(plx, number, offset, value);
		return true;
	}
	switch (at) {
	case PLX_P2L:
		ring_card(plx, value);
		break;
	case PLX_L2P:
		plx->l2p &= ~value;
		plx_update(plx);
		break;
	case PLX_INTCSR:
		write_intcsr(plx, value);
		break;
	case PLX_CNTRL:
		write_cntrl(plx, value);
		break;
	case PLX_MAILBOX7:
		plx->plain[at / 4] = value;
		plx->local &= value != 0;
		plx_update(plx);
		break;
	case PLX_HARD_ID:
	case PLX_REVISION:
		return false;
	case PLX_DMADAC:
	case PLX_DMADAC + 4:
		plx->channels[(at - PLX_DMADAC) / 4].upper = value;
		break;
	case PLX_DMAARB:
		plx->plain[PLX_MARBR / 4] = value;
		break;
	default:
		plx->plain[at / 4] = value;
		break;
	}
	return true;
}

/* Bytes of a register are there for themselves, as the bus has byte enables. */
static bool register_read(struct plx *plx, uint64_t at, unsigned int width, uint64_t *value)
{
	uint32_t word;

	if (!word_read(plx, at & ~3u, &word))
		return false;
	*value = word >> 8 * (at & 3) & (0xffffffff >> (32 - 8 * width));
	return true;
}

static bool register_write(struct plx *plx, uint64_t at, unsigned int width, uint32_t value)
{
	uint32_t mask = 0xffffffff >> (32 - 8 * width) << 8 * (at & 3), word = 0;

	value <<= 8 * (at & 3);
	if ((at & ~3u) == PLX_DMACSR) {
		for (unsigned int i = 0; i < PLX_CHANNELS; i++) {
			if (mask >> 8 * i & 0xff)
				plx_channel_command(plx, i, value >> 8 * i);
		}
		return true;
	}
	/* The doorbells take ones: bytes that are not written are zero. */
	if ((at & ~3u) != PLX_P2L && (at & ~3u) != PLX_L2P)
		word_read(plx, at & ~3u, &word);
	return word_write(plx, at & ~3u, (word & ~mask) | value);
}

static bool plx_read(void *state, unsigned int bar, uint64_t at, unsigned int width,
		     uint64_t *value)
{
	struct plx *plx = state;
	uint32_t word = 0;
	bool found;

	if (bar != PLX_BAR_BOARD)
		return register_read(plx, at, width, value);
	found = plx_hpdi_read(plx->card, at, &word);
	*value = word;
	return found;
}

static bool plx_write(void *state, unsigned int bar, uint64_t at, unsigned int width,
		      uint64_t value)
{
	struct plx *plx = state;

	if (bar != PLX_BAR_BOARD)
		return register_write(plx, at, width, value);
	return plx_hpdi_write(plx->card, at, value);
}

static bool plx_work(void *state)
{
	struct plx *plx = state;
	bool more = false;

	for (unsigned int i = 0; i < PLX_CHANNELS; i++)
		more |= plx_channel_work(plx, i);
	return more;
}

#define PLX_BARS                                                                                  \
	[PLX_BAR_REGISTERS] = { .size = PLX_REGISTERS, .widths = 1 | 2 | 4 }, [PLX_BAR_PORTS] = { \
		.size = PLX_REGISTERS, .kind = PCI_BASE_ADDRESS_SPACE_IO, .widths = 1 | 2 | 4     \
	}

#define PLX_OPS                                                                             \
	.create = plx_create, .destroy = plx_destroy, .reset = plx_reset, .read = plx_read, \
	.write = plx_write, .work = plx_work

const struct model plx_model = {
	.name = "plx",
	.ids = { .vendor = 0x10b5,
		 .device = 0x9056,
		 .subsystem_vendor = 0x10b5,
		 .subsystem = 0x9056,
		 .class = 0x068000 },
	.bars = { PLX_BARS, [PLX_BAR_BOARD] = { .size = PLX_MEMORY,
						.widths = 1 | 2 | 4,
						.memory = true } },
	PLX_OPS,
};

const struct model plx_hpdi_model = {
	.name = "plx-hpdi",
	.ids = { .vendor = 0x10b5,
		 .device = 0x9080,
		 .subsystem_vendor = 0x10b5,
		 .subsystem = 0x2400,
		 .class = 0x068000 },
	.bars = { PLX_BARS, [PLX_BAR_BOARD] = { .size = 256, .widths = 4 } },
	PLX_OPS,
};
