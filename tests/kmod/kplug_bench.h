/* SPDX-License-Identifier: MIT */
/* How a program talks to the test plugin kplug_bench. */
#ifndef KPLUG_BENCH_H
#define KPLUG_BENCH_H

#include <linux/types.h>

/* Calls. */
enum {
	KPLUG_BENCH_EMPTY = 1,
	KPLUG_BENCH_ECHO = 2,	/* gives the message back */
	KPLUG_BENCH_MODE = 3,	/* takes a struct kplug_bench_mode; before the vector is armed */
};

/* kplug_bench_mode.flags; 0 is a handler that only acknowledges. */
#define KPLUG_BENCH_STAMP  (1u << 0)	/* by the time stamp counter */
#define KPLUG_BENCH_DEFER  (1u << 1)
#define KPLUG_BENCH_NOTIFY (1u << 2)

/**
 * struct kplug_bench_mode - argument of KPLUG_BENCH_MODE
 * @flags: KPLUG_BENCH_*
 * @shm: id of shared memory, which becomes a struct kplug_bench_stamps
 */
struct kplug_bench_mode {
	__u32 flags;
	__u32 shm;
};

/**
 * struct kplug_bench_stamps - the last interrupt
 * @handled: interrupts handled since the mode was set
 * @entry: time stamp counter at the entry of the handler
 * @acked: after the device was acknowledged
 * @deferred: at the entry of the deferred handler
 */
struct kplug_bench_stamps {
	__u64 handled;
	__u64 entry;
	__u64 acked;
	__u64 deferred;
};

#endif /* KPLUG_BENCH_H */
