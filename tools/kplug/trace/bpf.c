// SPDX-License-Identifier: MIT
/* kplug trace: configures its BPF program. */
#include <errno.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "common/command.h"
#include "trace.h"

#include <trace.skel.h>

static void configure(struct trace_bpf *bpf, const struct trace_filter *filter)
{
	memcpy(bpf->bss->selected_devices, filter->devices, sizeof(filter->devices));
	memcpy(bpf->bss->selected_vectors, filter->vectors, sizeof(filter->vectors));
	bpf->bss->every_device = filter->any_device;
	bpf->bss->every_vector = filter->any_vector;
	bpf->bss->selected_kinds = filter->kinds;
	bpf_map__set_max_entries(bpf->maps.records, filter->buffer_kib * 1024);
}

int trace_start(struct trace_source *source, const struct trace_filter *filter,
		int (*show)(void *context, const void *record), void *context)
{
	struct bpf_reader reader = {
		.size = sizeof(struct trace_record),
		.show = show,
		.context = context,
	};

	bpf_session_prepare();
	source->bpf = trace_bpf__open();
	if (!source->bpf)
		return bpf_session_refused(-errno);
	configure(source->bpf, filter);
	reader.map = source->bpf->maps.records;
	if (!bpf_session_start(&source->session, source->bpf->skeleton, &reader))
		return COMMAND_OK;
	trace_bpf__destroy(source->bpf);
	return COMMAND_FAILED;
}

uint64_t trace_lost(const struct trace_source *source)
{
	return source->bpf->bss->lost;
}

void trace_stop(struct trace_source *source)
{
	bpf_session_stop(&source->session);
	trace_bpf__destroy(source->bpf);
}
