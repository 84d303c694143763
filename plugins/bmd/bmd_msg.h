/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The transactions and calls of the bmd plugin. */
#ifndef BMD_MSG_H
#define BMD_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define BMD_MSG_VERSION 1

/*
 * A transaction from the device fills memory with a word of 32 bits; one to the device compares
 * memory with that word. Addresses and lengths are multiples of 4. One of each runs at a time, both
 * together. Of kplug_dma_execution.args, args[BMD_ARG_PATTERN] is the word; the other args are 0.
 *
 * EBADMSG when the memory differs from the word. ETIMEDOUT also when the host refused a read: the
 * card never ends such a transfer; bmd_state.refused_reads tells. ENOTCONN when the transaction is
 * not polled and vector 0 is not armed with the plugin.
 */
#define BMD_ARG_PATTERN 0

/* BMD_CALL_STATE: no message in, out struct bmd_state. */
#define BMD_CALL_STATE 1

/* One direction, since the plugin was attached: what the card counted for what it completed. */
struct bmd_count {
	__u64 bytes;
	__u64 clocks; /* of the card's core, from start to done */
};

struct bmd_state {
	struct bmd_count from_card;
	struct bmd_count to_card;
	__u32 refused_reads; /* completions with an error, since the plugin was attached */
	__u32 max_payload; /* bytes in a packet from the card, at most */
	__u32 max_read_request; /* bytes that a packet asks for, at most */
	__u32 lanes; /* negotiated */
	__u32 core_bits; /* width of the card's core: 32, 64 or 128 */
	__u32 version; /* of the design */
};

#endif /* BMD_MSG_H */
