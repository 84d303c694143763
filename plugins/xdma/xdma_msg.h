/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The transactions and calls of the xdma plugin. */
#ifndef XDMA_MSG_H
#define XDMA_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define XDMA_MSG_VERSION 2

/*
 * A transaction goes to the card or from it. Of kplug_dma_execution.args:
 *
 *	args[XDMA_ARG_CARD] address on the card; 0 for a stream
 *	args[XDMA_ARG_CHANNEL] number of the channel, those of each direction from 0
 *	args[XDMA_ARG_FLAGS] 0, or XDMA_FLAG_*
 *	args[3] 0
 *
 * Errors when it is started: EINVAL when these rules are broken, there is no such channel, or the
 * addresses or the length are not aligned as the card wants it. EPERM when a restricted client
 * may not, see XDMA_CALL_BOUND.
 *
 * Errors at its end, at once: EREMOTEIO when the card refused the access. EIO when the engine
 * reports something else, see XDMA_CALL_STATUS. ENOTCONN when the transaction is not polled and
 * vector 0 is not armed with the plugin.
 *
 * A transaction on a stream to the card ends with the end of a packet. On a stream from the card
 * each page of a program's memory, or each piece of a buffer, takes one packet, or a part of one:
 * use XDMA_CALL_RING for packets.
 */
#define XDMA_ARG_CARD    0
#define XDMA_ARG_CHANNEL 1
#define XDMA_ARG_FLAGS   2

#define XDMA_FLAG_FIXED   1 /* the address on the card does not grow: it is a FIFO */
#define XDMA_FLAG_GOES_ON 2 /* on a stream to the card: the packet does not end */

#define XDMA_CALL_INFO 1 /* out struct xdma_info */

#define XDMA_NO_REGION (~0u)

struct xdma_info {
	__u32 num_h2c, num_c2h; /* channels to the card, from the card */
	__u32 h2c_streams, c2h_streams; /* bits: which of these are streams */
	__u32 registers, user, bypass; /* regions; XDMA_NO_REGION: there is none */
	__u32 alignment; /* of addresses and lengths, in bytes */
};

/* in struct xdma_channel_name, out struct xdma_status: the last run that ended with an error */
#define XDMA_CALL_STATUS 2

struct xdma_channel_name {
	__u32 from_card; /* 0: a channel to the card; 1: from it */
	__u32 channel;
};

struct xdma_status {
	__u32 status; /* PG195, "H2C Channel Status (0x40)" and "C2H Channel Status (0x40)" */
	__u32 completed; /* descriptors of that run */
	__u64 errors; /* runs that ended so */
};

/*
 * in struct xdma_bounds: what restricted clients may use from now on; nothing before the first
 * call. EPERM when the caller is not trusted.
 */
#define XDMA_CALL_BOUND 3

struct xdma_bounds {
	__u64 first, last; /* addresses on the card; for XDMA_FLAG_FIXED 64 bytes must fit */
	__u32 h2c, c2h; /* bits: channels */
};

/*
 * User interrupts, 0 to 15, are lines of the card's own logic. That of line n has vector
 * XDMA_VECTOR_OF_LINE(n); where there are fewer vectors, it can be on vector 0. Arm the vector with
 * the plugin. data[0] of its events has the lines that were high, as bits.
 *
 * XDMA_CALL_USER: in struct xdma_user. When the line has interrupted, the handler writes @value to
 * the register, which must take the line down. Without such a register the line stays disabled
 * until XDMA_CALL_USER_ENABLE: in __u32, bits of lines. EPERM when the caller is not trusted.
 */
#define XDMA_CALL_USER        4
#define XDMA_CALL_USER_ENABLE 5

#define XDMA_VECTOR_OF_LINE(n) ((n) + 1)
#define XDMA_LINE_OF_VECTOR(v) ((v)-1)

#define XDMA_USER_SHARED      1 /* the line is on vector 0 while it has no vector of its own */
#define XDMA_USER_ACKNOWLEDGE 2 /* region, offset and value are a register; else they are 0 */

struct xdma_user {
	__u32 line, flags;
	__u32 region, offset; /* of 32 bits, outside of the registers of XDMA */
	__u32 value;
};

/*
 * Continuous acquisition: a channel from the card fills a mapping of the program again and again,
 * without transactions and without a pause. Meanwhile transactions on that channel end with EBUSY.
 *
 * XDMA_CALL_RING: in struct xdma_ring_start. The mapping has the periods one after the other; the
 * device must see each in one piece, as it does a buffer of kplug. For a stream @periods records of
 * 8 bytes follow: struct xdma_packet. Errors: EINVAL; EBUSY; EPERM as for a transaction.
 *
 * XDMA_CALL_RING_TAKE: in struct xdma_ring_take, out struct xdma_ring_state. Gives back the first
 * periods that the program had, and tells which ones it has now. Period n is at n modulo @periods.
 * The card waits for no one: it overwrites a period that the program did not give back in time,
 * which is lost, before the program had it or while it had it. Each period is either given back
 * whole, or counted as lost.
 *
 * Each period interrupts on vector 0. data[1] of the event has the channels with new periods.
 *
 * XDMA_CALL_RING_STOP: in __u32, the channel. The program's end and a reset stop the ring too. Both
 * calls fail with ENOTCONN when the program has no ring there.
 */
#define XDMA_CALL_RING      6
#define XDMA_CALL_RING_TAKE 7
#define XDMA_CALL_RING_STOP 8

struct xdma_ring_start {
	__u32 channel;
	__u32 mapping;
	__u32 periods; /* 2 to 512 */
	__u32 bytes; /* of a period */
	__u64 card; /* where the data come from; 0 for a stream */
	__u32 flags; /* 0 or XDMA_FLAG_FIXED */
	__u32 __pad;
};

struct xdma_packet {
	__u16 end; /* bit 0: a packet ended in this period */
	__u16 magic;
	__u32 bytes; /* that the card has written */
};

struct xdma_ring_take {
	__u32 channel;
	__u32 release; /* periods that the program gives back */
};

struct xdma_ring_state {
	__u64 first; /* the first period that the program has */
	__u64 lost; /* periods since the start */
	__u32 ready; /* that the program has */
	__u32 spoilt; /* of those that it has given back now: they count as lost */
	__u32 status; /* the errors that have stopped the engine, as in struct xdma_status; or 0 */
	__u32 __pad;
};

#endif /* XDMA_MSG_H */
