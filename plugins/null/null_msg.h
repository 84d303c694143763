/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The calls of the null plugin. */
#ifndef NULL_MSG_H
#define NULL_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define NULL_MSG_VERSION 1

#define NULL_MAX_MESSAGE 65536 /* bytes, each way */
#define NULL_VECTORS     4

/* NULL_CALL_ECHO: returns the message, truncated to the room for the answer. */
#define NULL_CALL_ECHO 1

/* NULL_CALL_FIRE: in struct null_fire; interrupts the device. */
#define NULL_CALL_FIRE 2

/* NULL_CALL_SUM: in struct null_sum, out __u64: sum of the bytes of shared memory. */
#define NULL_CALL_SUM 3

/*
 * NULL_CALL_SLEEP: in __u32 milliseconds. ENODEV when the device goes away or the client
 * closes, EINTR after a signal.
 */
#define NULL_CALL_SLEEP 4

/* NULL_CALL_SEND: in __u64 words, at most KPLUG_EVENT_WORDS; sends them to the caller alone. */
#define NULL_CALL_SEND 5

/* NULL_CALL_DEFER: in __u32 1 to add KPLUG_DEFER to the handler's verdict, or 0. */
#define NULL_CALL_DEFER 6

/* NULL_CALL_RATE: in struct null_rate; starts a timer that interrupts. EBUSY while one runs. */
#define NULL_CALL_RATE 7

/* NULL_CALL_RAISED: out struct null_raised: the progress of that timer. */
#define NULL_CALL_RAISED 8

/* Types of the events of NULL_CALL_SEND and of the deferred handler. */
#define NULL_EVENT_SENT     0x101
#define NULL_EVENT_DEFERRED 0x102 /* word 0: number of interrupts that this run covers */

/**
 * struct null_fire - argument of NULL_CALL_FIRE
 * @vector: below NULL_VECTORS
 * @count: number of interrupts, 1 to 1,000,000; if the vector is armed, the call waits
 *	until each one is handled before it raises the next
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

#define NULL_MIN_INTERVAL 10000 /* ns */
#define NULL_MAX_INTERVAL 1000000000 /* ns */
#define NULL_MAX_COUNT    10000000

/**
 * struct null_rate - argument of NULL_CALL_RATE
 * @vector: below NULL_VECTORS
 * @random: 0 for equal intervals; 1 for intervals that are uniformly distributed between
 *	0 and twice @interval_ns, and the same in every run
 * @interval_ns: NULL_MIN_INTERVAL to NULL_MAX_INTERVAL
 * @count: number of interrupts, at most NULL_MAX_COUNT; 0 stops the client's own timer
 *
 * The timer belongs to its client and ends with it. It runs on the CPU that made the
 * call.
 */
struct null_rate {
	__u32 vector;
	__u32 random;
	__u64 interval_ns;
	__u64 count;
};

/**
 * struct null_raised - answer of NULL_CALL_RAISED
 * @raised: interrupts that fell due since the timer was started; when the CPU is late,
 *	several of them become one interrupt, as those of a device do
 * @running: 1 until null_rate.count of them have fallen due
 * @zero: always 0
 */
struct null_raised {
	__u64 raised;
	__u32 running;
	__u32 zero;
};

#endif /* NULL_MSG_H */
