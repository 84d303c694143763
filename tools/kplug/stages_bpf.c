// SPDX-License-Identifier: MIT
/* kplug latency --dev ...: the tracing program, in and out of the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "stages.h"
#include "tracing.h"

/* The opposite of reading. */
void stages_forget(struct stages_report *report)
{
	unsigned int i;

	for (i = 0; i < report->num_rows; i++)
		free(report->rows[i].cpus);
	free(report->rows);
	report->rows = NULL;
	report->num_rows = 0;
}

#ifdef KPLUG_HAVE_TRACE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <stages.skel.h>

/* Of an interrupt, as the kernel and as kplug see it; of a device: calls and chunks. */
#define ROWS_OF_IRQ    8
#define ROWS_OF_DEVICE 2
#define LATER          8	/* interrupts that were not there at first */

static void choose_room(struct stages_bpf *bpf, const struct stages_targets *targets, unsigned int programs)
{
	bpf_map__set_max_entries(bpf->maps.histograms, ROWS_OF_IRQ * (targets->irqs.num + LATER) +
						       ROWS_OF_DEVICE * (targets->devices.num + LATER));
	bpf_map__set_max_entries(bpf->maps.woken_tasks, programs);
}

void stages_watch(struct stages_bpf *bpf, const struct stages_targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->irqs.num; i++)
		bpf->bss->watched_irqs[targets->irqs.list[i].id] = true;
	for (i = 0; i < targets->devices.num; i++)
		bpf->bss->watched_devices[targets->devices.list[i].id] = true;
}

int stages_start(struct stages_bpf **bpf, const struct stages_targets *targets, unsigned int programs)
{
	int err;

	tracing_begin();
	*bpf = stages_bpf__open();
	if (!*bpf)
		return tracing_refused(-errno);
	choose_room(*bpf, targets, programs);
	tracing_choose((*bpf)->obj);
	err = stages_bpf__load(*bpf);
	if (!err) {
		stages_watch(*bpf, targets);
		err = stages_bpf__attach(*bpf);
	}
	if (err) {
		stages_bpf__destroy(*bpf);
		return tracing_refused(err);
	}
	return COMMAND_OK;
}

void stages_stop(struct stages_bpf *bpf)
{
	stages_bpf__destroy(bpf);
}

unsigned int stages_num_cpus(void)
{
	int n = libbpf_num_possible_cpus();

	return n > 0 ? (unsigned int)n : 1;
}

static int compare(const void *a, const void *b)
{
	const struct stages_key *x = &((const struct stages_row *)a)->key, *y = &((const struct stages_row *)b)->key;

	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int read_row(int map, const struct stages_key *key, struct stages_row *row)
{
	unsigned int cpu, num = stages_num_cpus();

	row->key = *key;
	row->cpus = calloc(num, sizeof(*row->cpus));
	if (!row->cpus)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map, key, row->cpus))
		return -errno;
	for (cpu = 0; cpu < num; cpu++)
		stages_merge(&row->all, &row->cpus[cpu]);
	return 0;
}

int stages_read(struct stages_bpf *bpf, struct stages_report *report)
{
	int map = bpf_map__fd(bpf->maps.histograms), err = 0;
	struct stages_key key, *last = NULL;
	unsigned int room = bpf_map__max_entries(bpf->maps.histograms);

	report->lost = bpf->bss->lost;
	report->num_rows = 0;
	report->rows = calloc(room, sizeof(*report->rows));
	if (!report->rows)
		return -ENOMEM;
	while (!err && report->num_rows < room && !bpf_map_get_next_key(map, last, &key)) {
		err = read_row(map, &key, &report->rows[report->num_rows++]);
		last = &key;
	}
	qsort(report->rows, report->num_rows, sizeof(*report->rows), compare);
	return err;
}

#else
int stages_start(struct stages_bpf **bpf, const struct stages_targets *targets, unsigned int programs)
{
	(void)bpf, (void)targets, (void)programs;
	return tracing_missing();
}

int stages_read(struct stages_bpf *bpf, struct stages_report *report)
{
	(void)bpf, (void)report;
	return -ENOTSUP;
}

void stages_watch(struct stages_bpf *bpf, const struct stages_targets *targets)
{
	(void)bpf, (void)targets;
}

void stages_stop(struct stages_bpf *bpf)
{
	(void)bpf;
}

unsigned int stages_num_cpus(void)
{
	return 0;
}
#endif
