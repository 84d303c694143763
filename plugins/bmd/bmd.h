/* SPDX-License-Identifier: GPL-2.0 */
/* The plugin for Xilinx' bus master design, between its files. */
#ifndef BMD_H
#define BMD_H

#include <linux/spinlock.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "bmd_msg.h"
#include "bmd_regs.h"

#define BMD_MAX_CHUNK 0x400000u /* a read is done after at most 2^21 - 1 words (BMD_EP_MEM.v) */
#define BMD_SLOTS     2 /* one for each direction, or one that waits for its turn */

/* A chunk, which the card transfers in one or several parts: each has packets of one size. */
struct bmd_slot {
	struct kplug_dma *dma; /* NULL: the slot is free */
	u32 moved; /* bytes of the parts that are done */
	u32 part; /* bytes of the part that runs; 0: it waits */
	bool aborted; /* the card may still have to do with it */
};

/*
 * Members below @lock are under it. A direction that has started cannot start again before the
 * initiator was reset, and a reset ends what the other direction does.
 */
struct bmd {
	const struct kplug_io *io;
	bool line; /* interrupts by INTx */
	raw_spinlock_t lock;
	bool armed; /* the vector */
	u32 control; /* of DDMACR: starts since the last reset, and what does not interrupt */
	u32 max_packet[2]; /* bytes, by enum bmd_way */
	struct bmd_slot slots[BMD_SLOTS];
	struct bmd_state state;
};

enum bmd_way { BMD_FROM_CARD, BMD_TO_CARD };

static inline u32 bmd_read(const struct bmd *bmd, u32 offset)
{
	return kplug_read32(bmd->io, BMD_REGION, offset);
}

static inline void bmd_write(const struct bmd *bmd, u32 offset, u32 value)
{
	kplug_write32(bmd->io, BMD_REGION, offset, value);
}

/* bmd_engine_setup() - after power-on and after a reset: idle, and with the limits of the link */
void bmd_engine_setup(struct bmd *bmd);
/* bmd_engine_end() - ends the transfers that the card has done; false: there is none */
bool bmd_engine_end(struct bmd *bmd);

int bmd_dma_program(struct kplug_dma *dma);
void bmd_dma_poll(struct kplug_dma *dma);
void bmd_dma_abort(struct kplug_dma *dma);

#endif /* BMD_H */
