// SPDX-License-Identifier: MIT
// The interrupt block of XDMA (PG195, "IRQ Block Registers").
#include "xdma.h"

/* Channel sources: those of H2C first. */
static uint32_t channel_sources(const struct xdma *xdma)
{
	uint32_t bits = 0;

	for (unsigned int i = 0; i < xdma->has; i++) {
		const struct xdma_channel *h2c = &xdma->h2c[i], *c2h = &xdma->c2h[i];

		bits |= !!(h2c->status & h2c->mask) << i;
		bits |= !!(c2h->status & c2h->mask) << (xdma->has + i);
	}
	return bits;
}

static void send(struct xdma *xdma, uint32_t bits, const uint32_t *vectors)
{
	for (; bits; bits &= bits - 1) {
		unsigned int bit = __builtin_ctz(bits);

		card_message(xdma->card, vectors[bit / 4] >> (bit % 4 * 8) & 0x1f);
	}
}

/* A message goes out when a request appears: when its source does, or when it is enabled. */
void xdma_irq_update(struct xdma *xdma)
{
	uint32_t user = xdma->level & xdma->user_enable;
	uint32_t channel = channel_sources(xdma) & xdma->channel_enable;
	bool messages = card_interrupts_by(xdma->card) != CARD_LINE;

	if (messages) {
		send(xdma, user & ~xdma->user_requested, xdma->user_vectors);
		send(xdma, channel & ~xdma->channel_requested, xdma->channel_vectors);
	}
	xdma->user_requested = user;
	xdma->channel_requested = channel;
	card_line(xdma->card, !messages && (user || channel));
}

bool xdma_irq_read(struct xdma *xdma, unsigned int reg, uint32_t *value)
{
	switch (reg) {
	case XDMA_ID:
		*value = XDMA_ID_OF(XDMA_IRQ);
		break;
	case XDMA_USER_ENABLE:
		*value = xdma->user_enable;
		break;
	case XDMA_CHANNEL_ENABLE:
		*value = xdma->channel_enable;
		break;
	case XDMA_USER_REQUEST:
		*value = xdma->level & xdma->user_enable;
		break;
	case XDMA_CHANNEL_REQUEST:
		*value = channel_sources(xdma) & xdma->channel_enable;
		break;
	case XDMA_USER_PENDING:
		*value = xdma->level;
		break;
	case XDMA_CHANNEL_PENDING:
		*value = channel_sources(xdma);
		break;
	case XDMA_USER_VECTORS ... XDMA_USER_VECTORS + 12:
		*value = xdma->user_vectors[(reg - XDMA_USER_VECTORS) / 4];
		break;
	case XDMA_CHANNEL_VECTORS ... XDMA_CHANNEL_VECTORS + 4:
		*value = xdma->channel_vectors[(reg - XDMA_CHANNEL_VECTORS) / 4];
		break;
	default:
		return false;
	}
	return true;
}

/* write_enable() - one register with three ports: the value, bits to set, bits to clear */
static void write_enable(uint32_t *enable, unsigned int port, uint32_t value, uint32_t bits)
{
	if (port == 0)
		*enable = value & bits;
	else if (port == 4)
		*enable |= value & bits;
	else
		*enable &= ~value;
}

bool xdma_irq_write(struct xdma *xdma, unsigned int reg, uint32_t value)
{
	switch (reg) {
	case XDMA_USER_ENABLE ... XDMA_USER_ENABLE + 8:
		write_enable(&xdma->user_enable, reg - XDMA_USER_ENABLE, value,
			     (1u << XDMA_USER_LINES) - 1);
		break;
	case XDMA_CHANNEL_ENABLE ... XDMA_CHANNEL_ENABLE + 8:
		write_enable(&xdma->channel_enable, reg - XDMA_CHANNEL_ENABLE, value,
			     (1u << 2 * xdma->has) - 1);
		break;
	case XDMA_USER_VECTORS ... XDMA_USER_VECTORS + 12:
		xdma->user_vectors[(reg - XDMA_USER_VECTORS) / 4] = value & XDMA_VECTOR_BITS;
		return true;
	case XDMA_CHANNEL_VECTORS ... XDMA_CHANNEL_VECTORS + 4:
		xdma->channel_vectors[(reg - XDMA_CHANNEL_VECTORS) / 4] = value & XDMA_VECTOR_BITS;
		return true;
	default:
		return false;
	}
	xdma_irq_update(xdma);
	return true;
}
