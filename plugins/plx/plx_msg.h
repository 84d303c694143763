/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The transactions, events and calls of the plx plugin. */
#ifndef PLX_MSG_H
#define PLX_MSG_H

#include <linux/types.h>

#include <uapi/kplug_abi.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define PLX_MSG_VERSION 1

/*
 * A transaction goes between memory and the local bus of the card. Of kplug_dma_execution.args,
 *
 *  - args[PLX_ARG_LOCAL] is the local address of the first byte;
 *  - args[PLX_ARG_MODE] says what the board needs: PLX_MODE_*;
 *  - args[PLX_ARG_CHANNEL] is the DMA channel, 0 or 1, and args[3] is 0.
 *
 * EIO when the bus aborted the transfer. ENOTCONN when the transaction is not polled and vector 0
 * is not armed with the plugin. EOPNOTSUPP on a bridge without DMA.
 */
#define PLX_ARG_LOCAL   0
#define PLX_ARG_MODE    1
#define PLX_ARG_CHANNEL 2

#define PLX_MODE_BUS_8       0u /* width of the local bus */
#define PLX_MODE_BUS_16      1u
#define PLX_MODE_BUS_32      3u
#define PLX_MODE_WAIT(n)     ((__u32)(n) << 2) /* states, 0 to 15 */
#define PLX_MODE_READY       (1u << 6) /* the board has READY# */
#define PLX_MODE_BTERM       (1u << 7)
#define PLX_MODE_BURST       (1u << 8)
#define PLX_MODE_FIXED_LOCAL (1u << 11) /* a FIFO: all bytes have the first local address */
#define PLX_MODE_DEMAND      (1u << 12) /* the board asks with DREQ# */
#define PLX_MODE_INVALIDATE  (1u << 13)
#define PLX_MODE_SLOW_STOP   (1u << 15)
#define PLX_MODE_BOARD       0x0000b9ffu /* all of these */

/* What interrupts beside DMA. */
#define PLX_DOORBELL (1u << 0)
#define PLX_LOCAL    (1u << 1) /* LINTi#; of the 9030, 9050 and 9052 LINTi1 */
#define PLX_LOCAL2   (1u << 2) /* LINTi2 */

/*
 * Payload of an event of vector 0: the sources, PLX_DOORBELL and so on; the bits that the card
 * rang; then what the steps captured; then the mailboxes.
 */
#define PLX_EVENT_SOURCES 0
#define PLX_EVENT_BITS    1
#define PLX_EVENT_WORDS   2 /* the first captured word */

/* A restricted client may make the calls PLX_CALL_INFO, ..._MAILBOX and ..._EEPROM_READ. */

/* PLX_CALL_INFO: no message in, out struct plx_info. */
#define PLX_CALL_INFO 1

struct plx_info {
	__u32 chip; /* such as 0x9056 */
	__u32 channels;
	__u32 address_bits; /* of DMA, 0 without */
	__u32 mailboxes;
	__u32 eeprom_words; /* of 16 bits, that this plugin reaches; 0: there is no EEPROM */
	__u32 sources; /* that the bridge has */
};

/* PLX_CALL_MAILBOX: in __u32 number, out __u32. */
#define PLX_CALL_MAILBOX 2

/* PLX_CALL_MAILBOX_SET: in struct plx_mailbox. */
#define PLX_CALL_MAILBOX_SET 3

struct plx_mailbox {
	__u32 number;
	__u32 value;
};

/* PLX_CALL_RING: in __u32, the bits of the doorbell that ring at the card. */
#define PLX_CALL_RING 4

/*
 * PLX_CALL_LISTEN: in struct plx_listen, which replaces the last one. The interrupts of these
 * sources become events while vector 0 is armed. The doorbell is cleared by the plugin. For LINTi#
 * the steps say how the board wants it acknowledged; they run in the hard interrupt, and are those
 * of a recipe. Without steps the interrupt of LINTi# is off after one event, until the next
 * PLX_CALL_LISTEN. EPERM when the kernel is locked down and there are steps.
 */
#define PLX_CALL_LISTEN 5
#define PLX_MAX_STEPS   8

struct plx_listen {
	__u32 sources;
	__u32 mailboxes; /* those with a bit here are captured with each doorbell */
	__u32 num_steps;
	__u32 __pad;
	struct kplug_step steps[PLX_MAX_STEPS];
};

/* PLX_CALL_EEPROM_READ: in struct plx_eeprom, out __u16[count]. ENXIO when there is none. */
#define PLX_CALL_EEPROM_READ 6

/*
 * PLX_CALL_EEPROM_WRITE: in struct plx_eeprom_write, with all of words. Each word is read back. EIO
 * when one differs: the words before it are written.
 */
#define PLX_CALL_EEPROM_WRITE 7
#define PLX_EEPROM_MAX        32 /* words in a call */

struct plx_eeprom {
	__u16 first;
	__u16 count;
};

struct plx_eeprom_write {
	struct plx_eeprom range;
	__u16 words[PLX_EEPROM_MAX];
};

/*
 * PLX_CALL_RESET: in __u32 flags. Resets the local side of the card; with PLX_RESET_RELOAD the
 * bridge then reads its EEPROM. EBUSY while a transaction runs.
 */
#define PLX_CALL_RESET   8
#define PLX_RESET_RELOAD (1u << 0)

#endif /* PLX_MSG_H */
