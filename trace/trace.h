/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What trace.bpf.c and the program that loads it share: the records of what kplug's tracepoints say. */
#ifndef TRACE_H
#define TRACE_H

#include <linux/types.h>

/* In the order in which they happen; args[] of each are behind it. */
enum trace_kind {
	TRACE_IRQ,	/* a vector's interrupt came */
	TRACE_HANDLED,	/* its handler returned: verdict */
	TRACE_DEFERRED,	/* its deferred handler is called: interrupts that it covers */
	TRACE_FINISHED,	/* and returned */
	TRACE_POSTED,	/* an event was posted: type */
	TRACE_READ,	/* a program read the record of one: sequence number, when it was posted */
	TRACE_CALL,	/* a program calls: command, length of the message */
	TRACE_ANSWERED,	/* and has its answer: command, result */
	TRACE_PROGRAM,	/* a chunk is programmed: offset, length */
	TRACE_DONE,	/* and done: bytes, status */
	NUM_TRACE_KINDS
};

#define TRACE_NO_VECTOR   0xffffffffu
#define TRACE_MAX_DEVICES 1024u
#define TRACE_MAX_VECTORS 256u

struct trace_record {
	__u64 time;	/* ns, monotonic */
	__u32 kind;
	__u32 device;
	__u32 vector;	/* or TRACE_NO_VECTOR */
	__u32 transaction;	/* of chunks */
	__u32 cpu;
	__u32 thread;	/* who is running; where an interrupt comes that is anybody */
	__s64 args[2];
	char program[16];
};

#endif /* TRACE_H */
