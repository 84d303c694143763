/* SPDX-License-Identifier: GPL-2.0 */
/* The plugin for Xilinx' XDMA, between its files. */
#ifndef XDMA_H
#define XDMA_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "xdma_msg.h"
#include "xdma_regs.h"

#define XDMA_SLOTS       KPLUG_DMA_ENDS /* chunks that the plugin has at a time */
#define XDMA_DESCRIPTORS 512 /* of a slot */
#define XDMA_RECORDS     (XDMA_DESCRIPTORS * sizeof(struct xdma_descriptor)) /* where they are */
#define XDMA_WORD_SPACE  64 /* bytes from one channel's word to the next */
#define XDMA_WORDS       (2 * XDMA_MAX_CHANNELS * XDMA_WORD_SPACE)

/* A chunk, from dma_program to its end; under xdma.lock. */
struct xdma_slot {
	struct kplug_dma *dma; /* NULL: the slot is free */
	u32 done; /* descriptors that runs before the present one have finished */
	struct kplug_dma_block block; /* descriptors, and behind them the records of a stream */
};

/* A channel that fills the memory of a program again and again; under xdma.lock. */
struct xdma_ring {
	struct kplug_client *owner; /* NULL: there is none, and the channel has transactions */
	struct kplug_dma_mapping *mapping;
	struct xdma_slot *slot;
	u32 periods; /* 0: it does not run */
	u32 counted; /* what the engine counted when it was last asked */
	u64 filled, tail, lost; /* periods: filled, those that are over, of these not taken whole */
	u32 given; /* periods that the program has now, from @tail on */
	u32 status;
};

/*
 * A run is what the engine does from its start to its stop: the chains of all slots that waited,
 * one after the other. What comes meanwhile waits for the next run. Under xdma.lock.
 */
struct xdma_channel {
	struct xdma *xdma;
	u32 block; /* its registers */
	bool from_card, stream;
	bool halted; /* do not start a run: an abort waits, or the engine does not stop */
	u32 mask; /* bits of the status that interrupt now */
	u32 control; /* of the last run */
	u32 num, running; /* slots in @queue; the first ones are in the run */
	struct xdma_slot *queue[XDMA_SLOTS];
	u32 total, passed; /* descriptors of the run; those of slots that it has finished */
	u32 status; /* bits that the run has reported */
	__le32 *word, seen; /* what the engine writes back, and what a poll has seen of it */
	dma_addr_t word_bus;
	u32 polls;
	struct xdma_ring ring; /* of a channel from the card */
	struct xdma_status last; /* of the last run that failed */
};

struct xdma {
	const struct kplug_io *io;
	u32 region; /* that has the registers */
	u32 num_h2c, num_channels;
	bool armed; /* vector 0; under @lock */
	bool taken; /* a poll has ended what interrupts as well */
	bool held; /* start no run */
	raw_spinlock_t lock;
	struct mutex ring_lock; /* one ring starts or stops at a time; outside of @lock */
	/* Those of H2C, then those of C2H, as in the interrupt block. */
	struct xdma_channel channels[2 * XDMA_MAX_CHANNELS];
	struct xdma_slot slots[XDMA_SLOTS + XDMA_MAX_CHANNELS]; /* for chunks, then for rings */
	struct xdma_info info;
	u32 own, shared; /* user interrupts with a vector of their own, and on vector 0 */
	struct xdma_user users[XDMA_LINES];
	struct xdma_bounds bounds; /* of restricted clients */
	struct kplug_dma_block words;
};

static inline struct xdma_descriptor *xdma_descriptors(const struct xdma_slot *slot)
{
	return slot->block.memory;
}

static inline u64 xdma_descriptor_bus(const struct xdma_slot *slot, u32 i)
{
	return slot->block.address + i * sizeof(struct xdma_descriptor);
}

/* xdma_read(), xdma_write() - a register in a block */
static inline u32 xdma_read(const struct xdma *xdma, u32 block, u32 offset)
{
	return kplug_read32(xdma->io, xdma->region, block + offset);
}

static inline void xdma_write(const struct xdma *xdma, u32 block, u32 offset, u32 value)
{
	kplug_write32(xdma->io, xdma->region, block + offset, value);
}

static inline u32 xdma_get(const struct xdma_channel *c, u32 offset)
{
	return xdma_read(c->xdma, c->block, offset);
}

static inline void xdma_put(const struct xdma_channel *c, u32 offset, u32 value)
{
	xdma_write(c->xdma, c->block, offset, value);
}

/*
 * xdma_adjacent() - how many descriptors lie behind the first one and are fetched with it
 * ("Descriptors"): those of a block of 64
 */
static inline u32 xdma_adjacent(u32 first, u32 count)
{
	return first < count ? min(count, round_up(first + 1, XDMA_BLOCK)) - first - 1 : 0;
}

/* xdma_find() - what the card has, and memory; after an error, too, xdma_free() frees it */
int xdma_find(struct kplug_device *dev, struct xdma *xdma);
void xdma_free(struct kplug_device *dev, struct xdma *xdma);

/* xdma_channel_find() - the channel that the program has named, or NULL */
struct xdma_channel *xdma_channel_find(struct xdma *xdma, enum kplug_dma_direction direction,
				       u64 number);
/* xdma_channel_setup() - after power-on and after a reset: stopped, and able to interrupt */
void xdma_channel_setup(struct xdma_channel *channel);
/* xdma_channel_run() - starts the engine at the first descriptor of a slot that is not done */
void xdma_channel_run(struct xdma_channel *channel, const struct xdma_slot *first, u32 count,
		      u32 control);
/* xdma_channel_stop() - may sleep; false: the engine does not stop */
bool xdma_channel_stop(struct xdma_channel *channel);
/* xdma_channel_runs() - has the card seen the start? */
bool xdma_channel_runs(const struct xdma_channel *channel);
/*
 * xdma_channels_hold() - if no engine is busy, none starts before xdma_channels_release(): one that
 * did not stop may have done so since. With ring_lock.
 */
bool xdma_channels_hold(struct xdma *xdma);
void xdma_channels_release(struct xdma *xdma);
/* xdma_channel_end() - ends the transactions that the channel has finished */
void xdma_channel_end(struct xdma_channel *channel);

/* xdma_user_setup() - after power-on, after a reset, and when vector 0 is armed */
void xdma_user_setup(struct xdma *xdma);
void xdma_user_arm(struct xdma *xdma, u32 vector, bool armed);
/* xdma_user_hard() - acknowledges the lines of a vector, and returns those that were high */
u32 xdma_user_hard(struct xdma *xdma, u32 vector);
long xdma_user_call(struct xdma *xdma, const struct xdma_user *user);
long xdma_user_enable(struct xdma *xdma, u32 lines);

/* With ring_lock. */
long xdma_ring_start(struct xdma_channel *channel, struct kplug_client *client,
		     const struct xdma_ring_start *in);
void xdma_ring_stop(struct xdma_channel *channel, struct kplug_device *dev);
/* With lock. */
long xdma_ring_take(struct xdma_channel *channel, u32 released, struct xdma_ring_state *out);
bool xdma_ring_hard(struct xdma_channel *channel);

/* xdma_permitted() - may the client reach this part of the card by the channel? */
bool xdma_permitted(struct xdma *xdma, struct kplug_client *client,
		    const struct xdma_channel *channel, u64 card, u64 length);
/* xdma_rings_stop() - those of a client; NULL: all */
void xdma_rings_stop(struct kplug_device *dev, struct kplug_client *client);
long xdma_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
	       size_t out_len);

int xdma_dma_program(struct kplug_dma *dma);
void xdma_dma_poll(struct kplug_dma *dma);
void xdma_dma_abort(struct kplug_dma *dma);

#endif /* XDMA_H */
