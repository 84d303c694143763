/* SPDX-License-Identifier: GPL-2.0 */
/* The plugin for bridges of PLX, between its files. */
#ifndef PLX_H
#define PLX_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "plx_msg.h"
#include "plx_regs.h"

#define PLX_CHANNELS    2
#define PLX_DESCRIPTORS 128 /* of a channel */

struct plx_chip {
	u16 id;
	u8 channels;
	u8 address_bits;
	u8 mailboxes;
	u8 eeprom_bits; /* of an address of a word */
	u16 intcsr, cntrl; /* registers */
};

/* A transaction that the core has programmed: it runs, or waits until its channel is free. */
struct plx_slot {
	struct kplug_dma *dma; /* NULL: the slot is free */
	bool running;
	bool aborted; /* the channel may still have to do with it */
};

struct plx {
	struct kplug_device *dev;
	const struct kplug_io *io;
	const struct plx_chip *chip;
	u32 region; /* that has the registers */
	struct mutex control; /* one client has the EEPROM, or resets */
	raw_spinlock_t lock; /* over all that follows */
	bool armed; /* the vector */
	bool resetting;
	bool held; /* start nothing */
	u32 intcsr; /* bits of INTCSR that are no interrupt's */
	u32 aborts; /* bits of channels whose transfer the bus has aborted */
	struct plx_listen listen;
	struct plx_slot slots[PLX_CHANNELS];
	struct kplug_dma_block block; /* the descriptors of both channels */
};

static inline u32 plx_read(const struct plx *plx, u32 offset)
{
	return kplug_read32(plx->io, plx->region, offset);
}

static inline void plx_write(const struct plx *plx, u32 offset, u32 value)
{
	kplug_write32(plx->io, plx->region, offset, value);
}

/* plx_chip_of() - the bridge of a device, or NULL */
const struct plx_chip *plx_chip_of(struct kplug_device *dev, u32 *region);
/* plx_chip_sources() - PLX_DOORBELL and others that it has */
u32 plx_chip_sources(const struct plx_chip *chip);

/* plx_update() - makes INTCSR say what interrupts now; with the lock */
void plx_update(struct plx *plx);
/* plx_clear_abort() - in INTCSR and in the configuration space; with the lock */
void plx_clear_abort(struct plx *plx);

/* plx_channels_end() - ends the transactions that are done; false: there is none */
bool plx_channels_end(struct plx *plx);
/* plx_channels_aborts() - reads INTCSR, and remembers the aborts that a write to it clears */
u32 plx_channels_aborts(struct plx *plx);
/*
 * plx_channels_hold() - if the card answers and has no transfer under way, it starts none before
 * plx_channels_release()
 */
bool plx_channels_hold(struct plx *plx);
void plx_channels_release(struct plx *plx);
int plx_dma_program(struct kplug_dma *dma);
void plx_dma_poll(struct kplug_dma *dma);
void plx_dma_abort(struct kplug_dma *dma);

long plx_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
	      size_t out_len);

/* With plx->control. Both return 0 or -errno. */
int plx_eeprom_read(const struct plx *plx, u32 word, u16 *value);
int plx_eeprom_write(const struct plx *plx, u32 word, u16 value);

#endif /* PLX_H */
