/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Registers of QEMU's edu device, and the messages of its plugin, before and after the move. */
#ifndef MIGRATED_H
#define MIGRATED_H

#include <linux/types.h>

#define MIGRATED_VENDOR_ID 0x1234
#define MIGRATED_DEVICE_ID 0x11e8

#define MIGRATED_REGION     0
#define MIGRATED_STATUS     0x20 /* which other interrupts are enabled */
#define MIGRATED_IRQ_STATUS 0x24 /* reasons for the interrupt, 0 without one */
#define MIGRATED_IRQ_RAISE  0x60 /* bits to set in the status */
#define MIGRATED_IRQ_ACK    0x64 /* bits to clear in the status */

/* Answers struct migrated_counts. */
#define MIGRATED_CALL_COUNTS 1

struct migrated_counts {
	__u32 interrupts;
	__u32 last; /* status of the last one */
};

#endif /* MIGRATED_H */
