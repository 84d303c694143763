// SPDX-License-Identifier: GPL-2.0
/* User interrupts: lines of the card's own logic, each with a vector or on vector 0. */
#include "xdma.h"

#define LINES GENMASK(XDMA_LINES - 1, 0)

static u32 enabled(const struct xdma *xdma)
{
	return xdma->own | (xdma->armed ? xdma->shared : 0);
}

/* A line that waits for its program stays disabled, unless it is in @fresh. */
static void apply(struct xdma *xdma, u32 fresh)
{
	u32 line, word = 0;

	xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_USER_DISABLE, LINES & ~enabled(xdma));
	for (line = 0; line < XDMA_LINES; line++) {
		if (xdma->own & BIT(line))
			word |= XDMA_VECTOR_OF_LINE(line) << line % 4 * 8;
		if (line % 4 != 3)
			continue;
		xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_USER_VECTORS + line / 4 * 4, word);
		word = 0;
	}
	xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_USER_ENABLE, enabled(xdma) & fresh);
}

void xdma_user_setup(struct xdma *xdma)
{
	raw_spin_lock_irq(&xdma->lock);
	apply(xdma, LINES);
	raw_spin_unlock_irq(&xdma->lock);
}

void xdma_user_arm(struct xdma *xdma, u32 vector, bool armed)
{
	u32 line = BIT(XDMA_LINE_OF_VECTOR(vector));

	raw_spin_lock_irq(&xdma->lock);
	xdma->own = armed ? xdma->own | line : xdma->own & ~line;
	apply(xdma, line);
	raw_spin_unlock_irq(&xdma->lock);
}

/*
 * The card has no register of its own to acknowledge these. The program names one of the user
 * logic, or the line stays disabled until the program has dealt with the cause.
 */
static void acknowledge(struct xdma *xdma, u32 line)
{
	const struct xdma_user *user = &xdma->users[line];

	if (user->flags & XDMA_USER_ACKNOWLEDGE)
		kplug_write32(xdma->io, user->region, user->offset, user->value);
	else
		xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_USER_DISABLE, BIT(line));
}

u32 xdma_user_hard(struct xdma *xdma, u32 vector)
{
	unsigned long flags;
	u32 lines, line, high;

	if (!vector && !READ_ONCE(xdma->shared))
		return 0;
	raw_spin_lock_irqsave(&xdma->lock, flags);
	lines = vector ? BIT(XDMA_LINE_OF_VECTOR(vector)) : xdma->shared & ~xdma->own;
	high = xdma_read(xdma, XDMA_IRQ_BLOCK, XDMA_USER_REQUESTS);
	high = high == ~0u ? 0 : high & lines;
	for (line = 0; line < XDMA_LINES; line++)
		if (high & BIT(line))
			acknowledge(xdma, line);
	raw_spin_unlock_irqrestore(&xdma->lock, flags);
	return high;
}

static bool is_register(const struct xdma *xdma, const struct xdma_user *user)
{
	if (!(user->flags & XDMA_USER_ACKNOWLEDGE))
		return !user->region && !user->offset && !user->value;
	return user->region < KPLUG_MAX_REGIONS && user->region != xdma->region &&
	       !(user->offset % 4) && user->offset + 4ull <= xdma->io->region[user->region].length;
}

long xdma_user_call(struct xdma *xdma, const struct xdma_user *user)
{
	u32 flags = XDMA_USER_SHARED | XDMA_USER_ACKNOWLEDGE;

	if (user->line >= XDMA_LINES || user->flags & ~flags || !is_register(xdma, user))
		return -EINVAL;
	raw_spin_lock_irq(&xdma->lock);
	xdma->users[user->line] = *user;
	if (user->flags & XDMA_USER_SHARED)
		xdma->shared |= BIT(user->line);
	else
		xdma->shared &= ~BIT(user->line);
	apply(xdma, BIT(user->line));
	raw_spin_unlock_irq(&xdma->lock);
	return 0;
}

long xdma_user_enable(struct xdma *xdma, u32 lines)
{
	if (lines & ~LINES)
		return -EINVAL;
	raw_spin_lock_irq(&xdma->lock);
	xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_USER_ENABLE, lines & enabled(xdma));
	raw_spin_unlock_irq(&xdma->lock);
	return 0;
}
