// SPDX-License-Identifier: MIT
// The user logic of the model of XDMA: a test raises its interrupts.
#include "xdma.h"

bool xdma_stalled(const struct xdma_channel *channel)
{
	unsigned int bit = channel->number + (channel->c2h ? channel->xdma->has : 0);

	return channel->xdma->stalled >> bit & 1;
}

bool xdma_user_read(struct xdma *xdma, unsigned int reg, uint32_t *value)
{
	switch (reg) {
	case XDMA_USER_ID:
		*value = XDMA_USER_ID_VALUE;
		break;
	case XDMA_USER_LEVEL:
		*value = xdma->level;
		break;
	case XDMA_USER_SCRATCH:
		*value = xdma->scratch;
		break;
	case XDMA_USER_STALL:
		*value = xdma->stalled;
		break;
	case XDMA_USER_RAISED:
		*value = xdma->raised;
		break;
	default:
		return false;
	}
	return true;
}

bool xdma_user_write(struct xdma *xdma, unsigned int reg, uint32_t value)
{
	uint32_t lines = value & ((1u << XDMA_USER_LINES) - 1);

	switch (reg) {
	case XDMA_USER_RAISE:
		xdma->raised += __builtin_popcount(lines & ~xdma->level);
		xdma->level |= lines;
		break;
	case XDMA_USER_ACK:
		xdma->level &= ~lines;
		break;
	case XDMA_USER_SCRATCH:
		xdma->scratch = value;
		return true;
	case XDMA_USER_STALL:
		xdma->stalled = value;
		return true;
	default:
		return false;
	}
	xdma_irq_update(xdma);
	return true;
}
