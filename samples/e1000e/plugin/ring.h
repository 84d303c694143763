/* SPDX-License-Identifier: GPL-2.0 */
/* A ring of descriptors of either direction, and the program's slots that it describes. */
#ifndef E1000E_RING_H
#define E1000E_RING_H

#include <linux/types.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "e1000e_msg.h"

#define DESCRIPTOR_DONE   0x1 /* in the status */
#define DESCRIPTOR_END    0x2 /* a received frame ends here */
#define DESCRIPTOR_REPORT 0xb /* the command: end of the frame, insert its CRC, say when done */

/*
 * The legacy form, "Legacy Receive Descriptor Format" (7.1.4) and "Legacy Transmit Descriptor
 * Format" (7.2.10) in the datasheet. A received frame has a checksum in place of @offset and
 * @command.
 */
struct descriptor {
	__le64 address;
	__le16 length;
	u8 offset;
	u8 command;
	u8 status;
	u8 errors;
	__le16 special;
};

#define RING_BYTES (E1000E_SLOTS * sizeof(struct descriptor))

/* The counters only grow; each modulo E1000E_SLOTS is a descriptor, and its slot. */
struct ring {
	struct descriptor *descriptors;
	dma_addr_t address;
	struct kplug_dma_mapping *mapping;
	u64 slots[E1000E_SLOTS]; /* bus addresses */
	u32 given; /* to the device */
	u32 done; /* by the device, as far as ring_look() has seen */
};

int ring_alloc(struct ring *ring, struct kplug_device *dev);
void ring_free(struct ring *ring, struct kplug_device *dev);

/* ring_map() - finds the slots of a client's mapping; only in a call */
int ring_map(struct ring *ring, struct kplug_client *client, u32 id,
	     enum kplug_dma_direction direction);
void ring_unmap(struct ring *ring);

/* ring_begin() - empties it, before the device gets it */
void ring_begin(struct ring *ring);

/* ring_give() - the next slot becomes the device's, once it knows of the new tail */
void ring_give(struct ring *ring, u16 length, u8 command);

/* ring_look() - looks at what the device has done since the last time */
void ring_look(struct ring *ring);

static inline struct descriptor *ring_at(const struct ring *ring, u32 counter)
{
	return &ring->descriptors[counter % E1000E_SLOTS];
}

#endif /* E1000E_RING_H */
