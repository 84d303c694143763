/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What stages.bpf.c and the program that loads it share: the stages of an interrupt, and histograms of their length. */
#ifndef STAGES_H
#define STAGES_H

#include <linux/types.h>

/*
 * From the kernel's own tracepoints, of any driver (by Linux interrupt), and
 * from kplug's (by vector of a device; calls and chunks by device).
 */
enum stage {
	STAGE_HANDLER,	/* interrupt entered - handler returned */
	STAGE_THREAD_WAKE,	/* interrupt entered - its thread runs */
	STAGE_THREAD,	/* - and sleeps again */
	STAGE_WOKEN,	/* interrupt entered - the program that it woke runs */
	STAGE_KPLUG,	/* kplug entered - the device's handler returned */
	STAGE_DEFER,	/* handler returned - deferred handler entered */
	STAGE_DEFERRED,	/* - and returned */
	STAGE_TAKEN,	/* event posted - record read by the program */
	STAGE_CALL,	/* call entered - and answered */
	STAGE_CHUNK,	/* chunk programmed - and done */
	NUM_STAGES
};

/* Of an interrupt that has one thread or program for each processor to wake. */
struct stages_key {
	__u32 stage;
	__u32 id;	/* a Linux interrupt, or device << 16 | vector */
};

#define STAGES_NO_VECTOR 0xffffu

/*
 * Log-linear buckets: below 32 ns one for each, then 32 for each power of two,
 * so that a value is known to 1/32 and the middle of its bucket is off by half
 * of that at most. The last one has what is longer than 2^36 ns, a minute.
 */
#define STAGES_SHIFT   5
#define STAGES_LINEAR  (1u << STAGES_SHIFT)
#define STAGES_POWERS  (36 - STAGES_SHIFT)
#define STAGES_BUCKETS ((STAGES_POWERS + 1) * STAGES_LINEAR)

/* One on each processor. */
struct stages_histogram {
	__u64 count;	/* the reader's: what is in the buckets */
	__u64 sum;	/* ns, as all times */
	__u64 max;
	__u64 buckets[STAGES_BUCKETS];
};

/* What can be watched: Linux interrupts, numbers of devices and vectors below these; and how much of it, at most. */
#define STAGES_MAX_IRQS    8192u
#define STAGES_MAX_DEVICES 4096u
#define STAGES_MAX_VECTORS 256u
#define STAGES_MAX_ROWS    65535u

#endif /* STAGES_H */
