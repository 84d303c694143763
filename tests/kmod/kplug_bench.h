/* SPDX-License-Identifier: MIT */
/* The interface of the test plugin kplug_bench. */
#ifndef KPLUG_BENCH_H
#define KPLUG_BENCH_H

#include <linux/types.h>

#include "bare_edu.h"

/* Calls. */
enum {
	KPLUG_BENCH_EMPTY = 1,
	KPLUG_BENCH_ECHO = 2, /* returns the message */
	KPLUG_BENCH_MODE = 3, /* takes a struct kplug_bench_mode; before the vector is armed */
};

/* kplug_bench_mode.flags; with 0 the handler only acknowledges. */
#define KPLUG_BENCH_STAMP  (1u << 0) /* in cycles of the time stamp counter, as BARE_EDU_TSC */
#define KPLUG_BENCH_DEFER  (1u << 1)
#define KPLUG_BENCH_NOTIFY (1u << 2)

/**
 * struct kplug_bench_mode - argument of KPLUG_BENCH_MODE
 * @flags: KPLUG_BENCH_*
 * @shm: id of shared memory that receives a struct bare_edu_stamps
 */
struct kplug_bench_mode {
	__u32 flags;
	__u32 shm;
};

#endif /* KPLUG_BENCH_H */
