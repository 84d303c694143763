// SPDX-License-Identifier: MIT
// A card with Xilinx' XDMA: what it consists of, and where each register is.
#include "xdma.h"

#include <stdlib.h>
#include <string.h>

#define DATA_WIDTH_256 2
#define CODE_512       2

static void channel_init(struct xdma_channel *channel, struct xdma *xdma, unsigned int number,
			 bool c2h)
{
	memset(channel, 0, sizeof(*channel));
	channel->xdma = xdma;
	channel->number = number;
	channel->c2h = c2h;
}

static void xdma_reset(void *state)
{
	struct xdma *xdma = state;
	struct card *card = xdma->card;
	bool stream = xdma->stream;
	unsigned int has = xdma->has;

	memset(xdma, 0, sizeof(*xdma));
	xdma->card = card;
	xdma->stream = stream;
	xdma->has = has;
	for (unsigned int i = 0; i < xdma->has; i++) {
		channel_init(&xdma->h2c[i], xdma, i, false);
		channel_init(&xdma->c2h[i], xdma, i, true);
	}
	card_line(card, false);
}

static void *xdma_create(struct card *card)
{
	struct xdma *xdma = calloc(1, sizeof(*xdma));

	if (!xdma)
		return NULL;
	xdma->card = card;
	xdma->stream = card->model == &xdma_stream_model;
	xdma->has = xdma->stream ? 2 : XDMA_CHANNELS;
	xdma_reset(xdma);
	return xdma;
}

static void xdma_destroy(void *state)
{
	free(state);
}

static struct xdma_channel *channel_at(struct xdma *xdma, uint64_t at)
{
	unsigned int target = XDMA_TARGET(at), number = XDMA_CHANNEL(at);

	if (number >= xdma->has)
		return NULL;
	return target == XDMA_H2C || target == XDMA_H2C_SGDMA ? &xdma->h2c[number] :
								&xdma->c2h[number];
}

/* "Config Block Registers" */
static bool config_block_read(struct xdma *xdma, unsigned int reg, uint32_t *value)
{
	enum card_interrupt by = card_interrupts_by(xdma->card);

	switch (reg) {
	case XDMA_ID:
		*value = XDMA_ID_OF(XDMA_CONFIG);
		break;
	case XDMA_MAX_PAYLOAD:
		*value = 0;
		break;
	case XDMA_MAX_READ:
		*value = CODE_512;
		break;
	case XDMA_MESSAGES:
		*value = (by == CARD_MSI) | (by == CARD_MSIX) << 1;
		break;
	case XDMA_DATA_WIDTH:
		*value = DATA_WIDTH_256;
		break;
	case XDMA_FUNCTION:
	case XDMA_SYSTEM_ID:
	case XDMA_CONFIG_CTL:
	case XDMA_USER_PAYLOAD:
	case XDMA_USER_READ:
	case XDMA_FLUSH:
		*value = 0;
		break;
	default:
		return false;
	}
	return true;
}

static bool common_read(struct xdma *xdma, unsigned int reg, uint32_t *value)
{
	switch (reg) {
	case XDMA_ID:
		*value = XDMA_ID_OF(XDMA_SGDMA_COMMON);
		break;
	case XDMA_HALT:
		*value = xdma->common[0];
		break;
	case XDMA_CREDIT:
		*value = xdma->common[1];
		break;
	default:
		return false;
	}
	return true;
}

static bool read_config_bar(struct xdma *xdma, uint64_t at, uint32_t *value)
{
	unsigned int target = XDMA_TARGET(at), reg = XDMA_REG(at);
	struct xdma_channel *channel = channel_at(xdma, at);

	switch (target) {
	case XDMA_H2C:
	case XDMA_C2H:
	case XDMA_H2C_SGDMA:
	case XDMA_C2H_SGDMA:
		/* Drivers look for channels where there may be none. */
		if (!channel) {
			*value = 0;
			return reg == XDMA_ID && XDMA_CHANNEL(at) < XDMA_CHANNELS;
		}
		return target <= XDMA_C2H ? xdma_channel_read(channel, reg, value) :
					    xdma_sgdma_read(channel, reg, value);
	case XDMA_IRQ:
		return !XDMA_CHANNEL(at) && xdma_irq_read(xdma, reg, value);
	case XDMA_CONFIG:
		return !XDMA_CHANNEL(at) && config_block_read(xdma, reg, value);
	case XDMA_SGDMA_COMMON:
		return !XDMA_CHANNEL(at) && common_read(xdma, reg, value);
	}
	return false;
}

static bool write_config_bar(struct xdma *xdma, uint64_t at, uint32_t value)
{
	unsigned int target = XDMA_TARGET(at), reg = XDMA_REG(at);
	struct xdma_channel *channel = channel_at(xdma, at);

	switch (target) {
	case XDMA_H2C:
	case XDMA_C2H:
		return channel && xdma_channel_write(channel, reg, value);
	case XDMA_H2C_SGDMA:
	case XDMA_C2H_SGDMA:
		return channel && xdma_sgdma_write(channel, reg, value);
	case XDMA_IRQ:
		return !XDMA_CHANNEL(at) && xdma_irq_write(xdma, reg, value);
	}
	return false;
}

static bool xdma_read(void *state, unsigned int bar, uint64_t at, unsigned int width,
		      uint64_t *value)
{
	uint32_t word = 0;
	bool found;

	(void)width;
	/* Drivers look in each BAR for the interrupt block and the config block. */
	if (bar == XDMA_BAR_USER && (at == XDMA_IRQ << 12 || at == XDMA_CONFIG << 12)) {
		*value = 0;
		return true;
	}
	found = bar == XDMA_BAR_USER ? at <= XDMA_REG(~0u) && xdma_user_read(state, at, &word) :
				       read_config_bar(state, at, &word);
	*value = word;
	return found;
}

static bool xdma_write(void *state, unsigned int bar, uint64_t at, unsigned int width,
		       uint64_t value)
{
	(void)width;
	if (bar == XDMA_BAR_USER)
		return at <= XDMA_REG(~0u) && xdma_user_write(state, at, value);
	return write_config_bar(state, at, value);
}

/* Each channel does one step in turn. */
static bool xdma_work(void *state)
{
	struct xdma *xdma = state;
	bool more = false;

	for (unsigned int i = 0; i < xdma->has; i++) {
		more |= xdma_engine_work(&xdma->h2c[i]);
		more |= xdma_engine_work(&xdma->c2h[i]);
	}
	return more;
}

#define XDMA_MODEL(name_)                                                              \
	{                                                                              \
		.name = name_, .express = true, .msi = 8,                              \
		.ids = { .vendor = 0x10ee,                                             \
			 .device = 0x9038,                                             \
			 .subsystem_vendor = 0x10ee,                                   \
			 .subsystem = 0x0007,                                          \
			 .class = 0x058000 },                                          \
		.bars = { [XDMA_BAR_USER] = { .size = 65536, .widths = 4 },            \
			  [XDMA_BAR_CONFIG] = { .size = 65536, .widths = 4 },          \
			  [XDMA_BAR_MEMORY] = { .size = XDMA_CARD_MEMORY,              \
						.kind = PCI_BASE_ADDRESS_MEM_TYPE_64 | \
							PCI_BASE_ADDRESS_MEM_PREFETCH, \
						.widths = 1 | 2 | 4 | 8,               \
						.memory = true } },                    \
		.msix = { .vectors = 32,                                               \
			  .bar = XDMA_BAR_CONFIG,                                      \
			  .table = 0x8000,                                             \
			  .pending = 0x8fe0 },                                         \
		.create = xdma_create, .destroy = xdma_destroy, .reset = xdma_reset,   \
		.read = xdma_read, .write = xdma_write, .work = xdma_work,             \
	}

const struct model xdma_model = XDMA_MODEL("xdma");
const struct model xdma_stream_model = XDMA_MODEL("xdma-stream");
