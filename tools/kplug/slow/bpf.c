// SPDX-License-Identifier: MIT
/* kplug slow: configures its BPF program. */
#include <errno.h>

#include "common/command.h"
#include "slow.h"

#include <slow.skel.h>

void slow_extend(struct slow_source *source, const struct targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->irqs.num; i++)
		source->bpf->bss->watched_irqs[targets->irqs.list[i].id] = true;
	for (i = 0; i < targets->devices.num; i++)
		source->bpf->bss->watched_devices[targets->devices.list[i].id] = true;
}

int slow_start(struct slow_source *source, const struct targets *targets, uint64_t bound,
	       int (*show)(void *context, const void *record), void *context)
{
	struct bpf_reader reader = {
		.size = sizeof(struct slow_record),
		.show = show,
		.context = context,
	};

	bpf_session_prepare();
	source->bpf = slow_bpf__open();
	if (!source->bpf)
		return bpf_session_refused(-errno);
	bpf_session_skip_absent(source->bpf->obj);
	source->bpf->bss->bound = bound;
	slow_extend(source, targets);
	reader.map = source->bpf->maps.records;
	if (!bpf_session_start(&source->session, source->bpf->skeleton, &reader))
		return COMMAND_OK;
	slow_bpf__destroy(source->bpf);
	return COMMAND_FAILED;
}

struct slow_counts slow_counts(const struct slow_source *source)
{
	return (struct slow_counts){ source->bpf->bss->measured, source->bpf->bss->lost };
}

void slow_stop(struct slow_source *source)
{
	bpf_session_stop(&source->session);
	slow_bpf__destroy(source->bpf);
}
