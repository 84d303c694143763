/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* A slow interrupt and what ran meanwhile, for the BPF program and its loader. */
#ifndef KPLUG_SLOW_RECORD_H
#define KPLUG_SLOW_RECORD_H

#include <linux/types.h>

/* What a processor did. */
enum slow_kind {
	SLOW_TASK, /* id: its thread */
	SLOW_SOFTIRQ, /* id: its number */
	SLOW_IRQ, /* id: of Linux */
	SLOW_SIGNAL, /* another processor interrupted it, as after waking a task */
};

struct slow_activity {
	__u64 start; /* ns, monotonic, as all times */
	__u64 end;
	__u32 kind;
	__u32 id;
	__s32 priority; /* of a task; a lower number runs first */
	__u32 zero;
	char name[16];
};

/* The number of activities kept of a processor. */
#define SLOW_ACTIVITIES 64u

/* A task waited for one processor. */
struct slow_wait {
	__u64 from;
	__u64 to;
	__u32 cpu;
	__u32 waker; /* the processor that woke the task */
	__s32 priority; /* of the task that waited */
	__u32 num;
	struct slow_activity activities[SLOW_ACTIVITIES]; /* the newest first */
};

/* The points of a slow interrupt, in the order of time. */
enum slow_what {
	SLOW_ENTERED = 1, /* the interrupt */
	SLOW_HANDLED, /* its handler returned */
	SLOW_THREAD_WOKEN,
	SLOW_THREAD_RAN,
	SLOW_THREAD_SLEPT,
	SLOW_WOKEN, /* the program */
	SLOW_RAN,
	SLOW_DEFERRED, /* a deferred handler of kplug was called */
	SLOW_FINISHED, /* and returned */
	SLOW_POSTED, /* an event of kplug */
	SLOW_READ, /* by the program */
};

struct slow_point {
	__u64 time;
	__u32 what; /* 0: there is none */
	__u32 cpu;
};

#define SLOW_POINTS 5
#define SLOW_WAITS  2

struct slow_record {
	__u32 of_device; /* id: a device << 16 | vector, not a Linux interrupt */
	__u32 id;
	__u32 thread; /* the one that was woken, or reads */
	__u32 zero;
	char program[16];
	struct slow_point points[SLOW_POINTS];
	struct slow_wait waits[SLOW_WAITS];
};

#endif /* KPLUG_SLOW_RECORD_H */
