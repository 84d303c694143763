/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Calls that the null plugin understands. */
#ifndef NULL_MSG_H
#define NULL_MSG_H

#include <linux/types.h>

#define NULL_MAX_MESSAGE 65536	/* bytes, each way */
#define NULL_VECTORS     4

/* NULL_CALL_ECHO: gives back the message, as much as there is room for. */
#define NULL_CALL_ECHO  1

/* NULL_CALL_FIRE: in struct null_fire; interrupts the device. */
#define NULL_CALL_FIRE  2

/* NULL_CALL_SUM: in struct null_sum, out __u64: sum of the bytes of shared memory. */
#define NULL_CALL_SUM   3

/* NULL_CALL_SLEEP: in __u32 milliseconds; ENODEV if the device goes, EINTR on a signal. */
#define NULL_CALL_SLEEP 4

/* NULL_CALL_SEND: in __u64 words, at most KPLUG_EVENT_WORDS: an event to the caller alone. */
#define NULL_CALL_SEND  5

/* NULL_CALL_DEFER: in __u32 0 or 1: does the handler ask for its deferred half? */
#define NULL_CALL_DEFER 6

/* NULL_CALL_RATE: in struct null_rate; a timer interrupts the device from now on. EBUSY while one does. */
#define NULL_CALL_RATE  7

/* NULL_CALL_RAISED: out struct null_raised: how far that timer is. */
#define NULL_CALL_RAISED 8

/* Types of the events that come from NULL_CALL_SEND and from the deferred half. */
#define NULL_EVENT_SENT     0x101
#define NULL_EVENT_DEFERRED 0x102	/* word 0: interrupts that this run covers */

/**
 * struct null_fire - argument of NULL_CALL_FIRE
 * @vector: below NULL_VECTORS
 * @count: times, 1 to 1,000,000; the call waits for each to be handled before the
 *	next, if the vector is armed
 */
struct null_fire {
	__u32 vector;
	__u32 count;
};

/**
 * struct null_sum - argument of NULL_CALL_SUM
 * @id: of the shared memory
 * @length: in bytes, from its start
 */
struct null_sum {
	__u32 id;
	__u32 length;
};

#define NULL_MIN_INTERVAL 10000		/* ns */
#define NULL_MAX_INTERVAL 1000000000	/* ns */
#define NULL_MAX_COUNT    10000000

/**
 * struct null_rate - argument of NULL_CALL_RATE
 * @vector: below NULL_VECTORS
 * @random: 0: at equal intervals; 1: at intervals between 0 and twice @interval_ns,
 *	each as likely, and the same ones each time
 * @interval_ns: NULL_MIN_INTERVAL to NULL_MAX_INTERVAL
 * @count: at most NULL_MAX_COUNT; 0 ends what the same opener began
 *
 * The timer is its opener's, and ends with it. It is one of the processor on which
 * the call is made.
 */
struct null_rate {
	__u32 vector;
	__u32 random;
	__u64 interval_ns;
	__u64 count;
};

/**
 * struct null_raised - answer of NULL_CALL_RAISED
 * @raised: interrupts that came due since the timer was started; when the processor
 *	is late, several are one interrupt, as those of a device are
 * @running: 1 until @count of them are
 * @zero: zero
 */
struct null_raised {
	__u64 raised;
	__u32 running;
	__u32 zero;
};

#endif /* NULL_MSG_H */
