/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What slow.bpf.c and the program that loads it share: interrupts that took too long, and what ran meanwhile. */
#ifndef SLOW_H
#define SLOW_H

#include <linux/types.h>

/* What a processor did. */
enum slow_kind {
	SLOW_TASK,	/* id: its thread */
	SLOW_SOFTIRQ,	/* id: its number */
	SLOW_IRQ,	/* id: of Linux */
	SLOW_SIGNAL,	/* another processor interrupted it, as who wakes a task does */
};

struct slow_activity {
	__u64 start;	/* ns, monotonic, as all times */
	__u64 end;
	__u32 kind;
	__u32 id;
	__s32 priority;	/* of a task: the lower, the sooner */
	__u32 zero;
	char name[16];
};

/* The last ones of a processor. */
#define SLOW_ACTIVITIES 64u

/* Somebody waited, on one processor: for what? */
struct slow_wait {
	__u64 from;
	__u64 to;
	__u32 cpu;
	__u32 waker;	/* the processor that ended the wait, as far as it could */
	__s32 priority;	/* of who waited */
	__u32 num;
	struct slow_activity activities[SLOW_ACTIVITIES];	/* the newest first */
};

/* What happened one after another. */
enum slow_what {
	SLOW_ENTERED = 1,	/* the interrupt */
	SLOW_HANDLED,	/* its handler returned */
	SLOW_THREAD_WOKEN,
	SLOW_THREAD_RAN,
	SLOW_THREAD_SLEPT,
	SLOW_WOKEN,	/* the program */
	SLOW_RAN,
	SLOW_DEFERRED,	/* a deferred handler of kplug was called */
	SLOW_FINISHED,	/* and returned */
	SLOW_POSTED,	/* an event of kplug */
	SLOW_READ,	/* by the program */
};

struct slow_point {
	__u64 time;
	__u32 what;	/* 0: there is none */
	__u32 cpu;
};

#define SLOW_POINTS 5
#define SLOW_WAITS  2

struct slow_record {
	__u32 of_device;	/* id: a device << 16 | vector, not a Linux interrupt */
	__u32 id;
	__u32 thread;	/* who was woken, or reads */
	__u32 zero;
	char program[16];
	struct slow_point points[SLOW_POINTS];
	struct slow_wait waits[SLOW_WAITS];
};

#endif /* SLOW_H */
