// SPDX-License-Identifier: MIT
/* kplug trace: the tracing program, in and out of the kernel. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "trace.h"
#include "tracing.h"

#ifdef KPLUG_HAVE_TRACE
#include <bpf/libbpf.h>

#include <trace.skel.h>

struct reader {
	int (*show)(void *context, const struct trace_record *record);
	void *context;
};

static int read_record(void *context, void *data, size_t size)
{
	struct reader *reader = context;

	return size < sizeof(struct trace_record) ? 0 : reader->show(reader->context, data);
}

static void choose(struct trace_bpf *bpf, const struct trace_wishes *wishes)
{
	memcpy(bpf->bss->wanted_devices, wishes->devices, sizeof(wishes->devices));
	memcpy(bpf->bss->wanted_vectors, wishes->vectors, sizeof(wishes->vectors));
	bpf->bss->every_device = wishes->any_device;
	bpf->bss->every_vector = wishes->any_vector;
	bpf->bss->wanted_kinds = wishes->kinds;
	bpf_map__set_max_entries(bpf->maps.records, wishes->buffer_kib * 1024);
}

/* The reader is there before the first record. */
static int attach(struct trace_source *source, const struct reader *reader)
{
	source->records = ring_buffer__new(bpf_map__fd(source->bpf->maps.records), read_record, (void *)reader, NULL);
	return source->records ? trace_bpf__attach(source->bpf) : -errno;
}

int trace_start(struct trace_source *source, const struct trace_wishes *wishes,
		int (*show)(void *context, const struct trace_record *record), void *context)
{
	static struct reader reader;
	int err;

	reader = (struct reader){ show, context };
	tracing_begin();
	*source = (struct trace_source){ .bpf = trace_bpf__open() };
	if (!source->bpf)
		return tracing_refused(-errno);
	choose(source->bpf, wishes);
	err = trace_bpf__load(source->bpf);
	if (!err)
		err = attach(source, &reader);
	if (!err)
		return COMMAND_OK;
	trace_stop(source);
	return tracing_refused(err);
}

void trace_take(struct trace_source *source)
{
	ring_buffer__consume(source->records);
}

void trace_pause(struct trace_source *source)
{
	trace_bpf__detach(source->bpf);
}

uint64_t trace_lost(const struct trace_source *source)
{
	return source->bpf->bss->lost;
}

void trace_stop(struct trace_source *source)
{
	ring_buffer__free(source->records);
	trace_bpf__destroy(source->bpf);
}

#else
int trace_start(struct trace_source *source, const struct trace_wishes *wishes,
		int (*show)(void *context, const struct trace_record *record), void *context)
{
	(void)source, (void)wishes, (void)show, (void)context;
	return tracing_missing();
}

void trace_take(struct trace_source *source)
{
	(void)source;
}

void trace_pause(struct trace_source *source)
{
	(void)source;
}

uint64_t trace_lost(const struct trace_source *source)
{
	(void)source;
	return 0;
}

void trace_stop(struct trace_source *source)
{
	(void)source;
}
#endif
