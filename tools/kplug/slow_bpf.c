// SPDX-License-Identifier: MIT
/* kplug slow: the tracing program, in and out of the kernel. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "slow.h"
#include "tracing.h"

#ifdef KPLUG_HAVE_TRACE
#include <bpf/libbpf.h>

#include <slow.skel.h>

struct reader {
	int (*show)(void *context, const struct slow_record *record);
	void *context;
};

static int read_record(void *context, void *data, size_t size)
{
	struct reader *reader = context;

	return size < sizeof(struct slow_record) ? 0 : reader->show(reader->context, data);
}

void slow_watch(struct slow_source *source, const struct stages_targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->irqs.num; i++)
		source->bpf->bss->watched_irqs[targets->irqs.list[i].id] = true;
	for (i = 0; i < targets->devices.num; i++)
		source->bpf->bss->watched_devices[targets->devices.list[i].id] = true;
}

/* The reader is there before the first record. */
static int attach(struct slow_source *source, const struct stages_targets *targets, const struct reader *reader)
{
	source->records = ring_buffer__new(bpf_map__fd(source->bpf->maps.records), read_record, (void *)reader, NULL);
	if (!source->records)
		return -errno;
	slow_watch(source, targets);
	return slow_bpf__attach(source->bpf);
}

int slow_start(struct slow_source *source, const struct stages_targets *targets, uint64_t bound,
	       int (*show)(void *context, const struct slow_record *record), void *context)
{
	static struct reader reader;
	int err;

	reader = (struct reader){ show, context };
	tracing_begin();
	*source = (struct slow_source){ .bpf = slow_bpf__open() };
	if (!source->bpf)
		return tracing_refused(-errno);
	tracing_choose(source->bpf->obj);
	source->bpf->bss->bound = bound;
	err = slow_bpf__load(source->bpf);
	if (!err)
		err = attach(source, targets, &reader);
	if (!err)
		return COMMAND_OK;
	slow_stop(source);
	return tracing_refused(err);
}

void slow_take(struct slow_source *source)
{
	ring_buffer__consume(source->records);
}

void slow_pause(struct slow_source *source)
{
	slow_bpf__detach(source->bpf);
}

struct slow_counts slow_counts(const struct slow_source *source)
{
	return (struct slow_counts){ source->bpf->bss->measured, source->bpf->bss->lost };
}

void slow_stop(struct slow_source *source)
{
	ring_buffer__free(source->records);
	slow_bpf__destroy(source->bpf);
}

#else
int slow_start(struct slow_source *source, const struct stages_targets *targets, uint64_t bound,
	       int (*show)(void *context, const struct slow_record *record), void *context)
{
	(void)source, (void)targets, (void)bound, (void)show, (void)context;
	return tracing_missing();
}

void slow_watch(struct slow_source *source, const struct stages_targets *targets)
{
	(void)source, (void)targets;
}

void slow_take(struct slow_source *source)
{
	(void)source;
}

void slow_pause(struct slow_source *source)
{
	(void)source;
}

struct slow_counts slow_counts(const struct slow_source *source)
{
	(void)source;
	return (struct slow_counts){ 0 };
}

void slow_stop(struct slow_source *source)
{
	(void)source;
}
#endif
