// SPDX-License-Identifier: GPL-2.0
/* Writes one record for each event of kplug's tracepoints. */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "record.h"

/* Set by the loader. */
bool selected_devices[TRACE_MAX_DEVICES];
bool selected_vectors[TRACE_MAX_VECTORS];
bool every_device;
bool every_vector; /* also what belongs to no vector */
__u32 selected_kinds; /* one bit for each */

/* Records lost: the buffer was full. */
__u64 lost;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* set by the loader */
} records SEC(".maps");

static __always_inline bool selected(__u32 kind, __u32 device, __u32 vector)
{
	if (!(selected_kinds & 1u << kind))
		return false;
	if (!every_device && (device >= TRACE_MAX_DEVICES || !selected_devices[device]))
		return false;
	return every_vector || (vector < TRACE_MAX_VECTORS && selected_vectors[vector]);
}

/* NULL: not selected, or the buffer is full. */
static __always_inline struct trace_record *record(__u32 kind, __u32 device, __u32 vector)
{
	struct trace_record *r;

	if (!selected(kind, device, vector))
		return NULL;
	r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	r->time = bpf_ktime_get_ns();
	r->kind = kind;
	r->device = device;
	r->vector = vector;
	r->transaction = 0;
	r->cpu = bpf_get_smp_processor_id();
	r->thread = bpf_get_current_pid_tgid();
	bpf_get_current_comm(r->program, sizeof(r->program));
	return r;
}

/* The reader polls: waking it would disturb what it observes. */
static __always_inline int submit(struct trace_record *r, __s64 first, __s64 second)
{
	if (!r)
		return 0;
	r->args[0] = first;
	r->args[1] = second;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("raw_tp/kplug_irq_entry")
int BPF_PROG(irq_entered, __u32 device, __u32 vector)
{
	return submit(record(TRACE_IRQ, device, vector), 0, 0);
}

SEC("raw_tp/kplug_handler_end")
int BPF_PROG(handler_ended, __u32 device, __u32 vector, __u32 verdict)
{
	return submit(record(TRACE_HANDLED, device, vector), verdict, 0);
}

SEC("raw_tp/kplug_deferred_entry")
int BPF_PROG(deferred_entered, __u32 device, __u32 vector, __u32 coalesced)
{
	return submit(record(TRACE_DEFERRED, device, vector), coalesced, 0);
}

SEC("raw_tp/kplug_deferred_exit")
int BPF_PROG(deferred_left, __u32 device, __u32 vector)
{
	return submit(record(TRACE_FINISHED, device, vector), 0, 0);
}

SEC("raw_tp/kplug_event_post")
int BPF_PROG(event_posted, __u32 device, __u32 vector, __u32 type)
{
	return submit(record(TRACE_POSTED, device, vector), type, 0);
}

SEC("raw_tp/kplug_event_read")
int BPF_PROG(event_read, __u32 device, __u32 vector, __u64 seq, __u64 t_post)
{
	return submit(record(TRACE_READ, device, vector), seq, t_post);
}

SEC("raw_tp/kplug_call_entry")
int BPF_PROG(call_entered, __u32 device, __u32 cmd, __u32 in_len)
{
	return submit(record(TRACE_CALL, device, TRACE_NO_VECTOR), cmd, in_len);
}

SEC("raw_tp/kplug_call_exit")
int BPF_PROG(call_answered, __u32 device, __u32 cmd, __s64 result)
{
	return submit(record(TRACE_ANSWERED, device, TRACE_NO_VECTOR), cmd, result);
}

/* A chunk belongs to no vector. */
static __always_inline struct trace_record *chunk(__u32 kind, __u32 device, __u32 transaction)
{
	struct trace_record *r = record(kind, device, TRACE_NO_VECTOR);

	if (r)
		r->transaction = transaction;
	return r;
}

SEC("raw_tp/kplug_dma_program")
int BPF_PROG(chunk_programmed, __u32 device, __u32 transaction, __u64 offset, __u64 length)
{
	return submit(chunk(TRACE_PROGRAM, device, transaction), offset, length);
}

SEC("raw_tp/kplug_dma_done")
int BPF_PROG(chunk_done, __u32 device, __u32 transaction, __u64 bytes, int status)
{
	return submit(chunk(TRACE_DONE, device, transaction), bytes, status);
}

char LICENSE[] SEC("license") = "GPL";
