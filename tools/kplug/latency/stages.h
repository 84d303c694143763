/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The stages of an interrupt and their histograms, for the BPF program and its loader. */
#ifndef KPLUG_STAGES_H
#define KPLUG_STAGES_H

#include <linux/types.h>

/*
 * The first four come from the kernel's tracepoints, for any driver, by Linux
 * interrupt. The others come from kplug's, by vector of a device; calls and chunks
 * by device.
 */
enum stage {
	STAGE_HANDLER, /* entry of the interrupt to return of the handler */
	STAGE_THREAD_WAKE, /* entry of the interrupt until its thread runs */
	STAGE_THREAD, /* until the thread sleeps again */
	STAGE_WOKEN, /* entry of the interrupt until the woken program runs */
	STAGE_KPLUG, /* entry of kplug to return of the device's handler */
	STAGE_DEFER, /* return of the handler to entry of the deferred handler */
	STAGE_DEFERRED, /* until the deferred handler returns */
	STAGE_TAKEN, /* post of an event until the program reads it */
	STAGE_CALL, /* a call, entry to answer */
	STAGE_CHUNK, /* a chunk, programmed to done */
	NUM_STAGES
};

/* Identifies one stage of one source. */
struct latency_key {
	__u32 stage;
	__u32 id; /* a Linux interrupt, or device << 16 | vector */
};

/*
 * Log-linear buckets: one for each ns below 32, then 32 for each power of two. The
 * middle of a bucket is accurate to 1/64. The last bucket also has everything
 * above 2^36 ns, about a minute.
 */
#define LATENCY_SHIFT   5
#define LATENCY_LINEAR  (1u << LATENCY_SHIFT)
#define LATENCY_POWERS  (36 - LATENCY_SHIFT)
#define LATENCY_BUCKETS ((LATENCY_POWERS + 1) * LATENCY_LINEAR)

/* Each processor has one of its own. */
struct latency_histogram {
	__u64 count; /* of all buckets; set by the reader */
	__u64 sum; /* ns, as all times */
	__u64 max;
	__u64 buckets[LATENCY_BUCKETS];
};

/* The maximum number of rows; a row is one stage of one source. */
#define LATENCY_MAX_ROWS 65535u

#endif /* KPLUG_STAGES_H */
