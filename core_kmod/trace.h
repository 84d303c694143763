/* SPDX-License-Identifier: GPL-2.0 */
/* The tracepoints. They have only numbers, so that raw programs can read them directly. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kplug

#if !defined(KPLUG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KPLUG_TRACE_H

#include <linux/jump_label.h>
#include <linux/tracepoint.h>

/* Enabled while one of the next two tracepoints is: every interrupt checks a single key. */
DECLARE_STATIC_KEY_FALSE(kplug_trace_handlers);
int kplug_trace_handlers_begin(void);
void kplug_trace_handlers_end(void);

/* @device: number of the device, which is the minor of its node */
TRACE_EVENT_FN(kplug_irq_entry, TP_PROTO(u32 device, u32 vector), TP_ARGS(device, vector),
	       TP_STRUCT__entry(__field(u32, device) __field(u32, vector)),
	       TP_fast_assign(__entry->device = device; __entry->vector = vector;),
	       TP_printk("device=%u vector=%u", __entry->device, __entry->vector),
	       kplug_trace_handlers_begin, kplug_trace_handlers_end);

/* @ns: run time of the handler */
TRACE_EVENT_FN(kplug_handler_end, TP_PROTO(u32 device, u32 vector, u32 verdict, u64 ns),
	       TP_ARGS(device, vector, verdict, ns),
	       TP_STRUCT__entry(__field(u32, device) __field(u32, vector) __field(u32, verdict)
					__field(u64, ns)),
	       TP_fast_assign(__entry->device = device; __entry->vector = vector;
			      __entry->verdict = verdict; __entry->ns = ns;),
	       TP_printk("device=%u vector=%u verdict=%u ns=%llu", __entry->device, __entry->vector,
			 __entry->verdict, __entry->ns),
	       kplug_trace_handlers_begin, kplug_trace_handlers_end);

TRACE_EVENT(kplug_deferred_entry, TP_PROTO(u32 device, u32 vector, u32 coalesced),
	    TP_ARGS(device, vector, coalesced),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, vector) __field(u32, coalesced)),
	    TP_fast_assign(__entry->device = device; __entry->vector = vector;
			   __entry->coalesced = coalesced;),
	    TP_printk("device=%u vector=%u coalesced=%u", __entry->device, __entry->vector,
		      __entry->coalesced));

TRACE_EVENT(kplug_deferred_exit, TP_PROTO(u32 device, u32 vector), TP_ARGS(device, vector),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, vector)),
	    TP_fast_assign(__entry->device = device; __entry->vector = vector;),
	    TP_printk("device=%u vector=%u", __entry->device, __entry->vector));

/* @vector: 0xffffffff for an event without a vector */
TRACE_EVENT(
	kplug_event_post, TP_PROTO(u32 device, u32 vector, u32 type), TP_ARGS(device, vector, type),
	TP_STRUCT__entry(__field(u32, device) __field(u32, vector) __field(u32, type)),
	TP_fast_assign(__entry->device = device; __entry->vector = vector; __entry->type = type;),
	TP_printk("device=%u vector=%u type=%u", __entry->device, __entry->vector, __entry->type));

/*
 * A plugin is about to program a chunk. @transaction: number on the device, from 1, unlike the
 * ids, which belong to a client.
 */
TRACE_EVENT(kplug_dma_program, TP_PROTO(u32 device, u32 transaction, u64 offset, u64 length),
	    TP_ARGS(device, transaction, offset, length),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, transaction) __field(u64, offset)
				     __field(u64, length)),
	    TP_fast_assign(__entry->device = device; __entry->transaction = transaction;
			   __entry->offset = offset; __entry->length = length;),
	    TP_printk("device=%u transaction=%u offset=%llu length=%llu", __entry->device,
		      __entry->transaction, __entry->offset, __entry->length));

/* The plugin reports that the device has finished with a chunk. */
TRACE_EVENT(kplug_dma_done, TP_PROTO(u32 device, u32 transaction, u64 bytes, int status),
	    TP_ARGS(device, transaction, bytes, status),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, transaction) __field(u64, bytes)
				     __field(int, status)),
	    TP_fast_assign(__entry->device = device; __entry->transaction = transaction;
			   __entry->bytes = bytes; __entry->status = status;),
	    TP_printk("device=%u transaction=%u bytes=%llu status=%d", __entry->device,
		      __entry->transaction, __entry->bytes, __entry->status));

/* A program has read a record. @t_post: time of the post, to compute the delay. */
TRACE_EVENT(kplug_event_read, TP_PROTO(u32 device, u32 vector, u64 seq, u64 t_post),
	    TP_ARGS(device, vector, seq, t_post),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, vector) __field(u64, seq)
				     __field(u64, t_post)),
	    TP_fast_assign(__entry->device = device; __entry->vector = vector; __entry->seq = seq;
			   __entry->t_post = t_post;),
	    TP_printk("device=%u vector=%u seq=%llu t_post=%llu", __entry->device, __entry->vector,
		      __entry->seq, __entry->t_post));

TRACE_EVENT(kplug_call_entry, TP_PROTO(u32 device, u32 cmd, u32 in_len),
	    TP_ARGS(device, cmd, in_len),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, cmd) __field(u32, in_len)),
	    TP_fast_assign(__entry->device = device; __entry->cmd = cmd; __entry->in_len = in_len;),
	    TP_printk("device=%u cmd=%u in_len=%u", __entry->device, __entry->cmd,
		      __entry->in_len));

TRACE_EVENT(kplug_call_exit, TP_PROTO(u32 device, u32 cmd, s64 result),
	    TP_ARGS(device, cmd, result),
	    TP_STRUCT__entry(__field(u32, device) __field(u32, cmd) __field(s64, result)),
	    TP_fast_assign(__entry->device = device; __entry->cmd = cmd; __entry->result = result;),
	    TP_printk("device=%u cmd=%u result=%lld", __entry->device, __entry->cmd,
		      __entry->result));

#endif /* KPLUG_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
