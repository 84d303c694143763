/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* A record of one of kplug's tracepoints, for the BPF program and its loader. */
#ifndef KPLUG_TRACE_RECORD_H
#define KPLUG_TRACE_RECORD_H

#include <linux/types.h>

/* In the order of time. After the colon: the args[] of the record. */
enum trace_kind {
	TRACE_IRQ, /* an interrupt of a vector */
	TRACE_HANDLED, /* the handler returned: verdict */
	TRACE_DEFERRED, /* the deferred handler is called: interrupts that it covers */
	TRACE_FINISHED, /* the deferred handler returned */
	TRACE_POSTED, /* an event was posted: type */
	TRACE_READ, /* a program read the event: sequence number, time of the post */
	TRACE_CALL, /* a program calls: command, length of the message */
	TRACE_ANSWERED, /* the call returned: command, result */
	TRACE_PROGRAM, /* a chunk is programmed: offset, length */
	TRACE_DONE, /* the chunk is done: bytes, status */
	NUM_TRACE_KINDS
};

#define TRACE_NO_VECTOR   0xffffffffu
#define TRACE_MAX_DEVICES 1024u
#define TRACE_MAX_VECTORS 256u

struct trace_record {
	__u64 time; /* ns, monotonic */
	__u32 kind;
	__u32 device;
	__u32 vector; /* or TRACE_NO_VECTOR */
	__u32 transaction; /* of chunks */
	__u32 cpu;
	__u32 thread; /* the current one; unrelated if it was interrupted */
	__s64 args[2];
	char program[16];
};

#endif /* KPLUG_TRACE_RECORD_H */
