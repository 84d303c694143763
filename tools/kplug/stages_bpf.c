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

/* Rows of an interrupt, of a vector of kplug, and of its device: calls, chunks and events of no vector. */
#define ROWS_OF_IRQ    4
#define ROWS_OF_VECTOR 4
#define ROWS_OF_DEVICE 3
#define LATER          8	/* interrupts, vectors and devices that were not there at first */

static void choose_room(struct stages_bpf *bpf, const struct stages_targets *targets, unsigned int programs)
{
	unsigned int irqs = targets->irqs.num + LATER, devices = targets->devices.num + LATER;
	/* Those on a bus are among the interrupts. */
	unsigned int vectors = targets->devices.num ? irqs : LATER;
	unsigned int rows = ROWS_OF_IRQ * irqs + ROWS_OF_VECTOR * vectors + ROWS_OF_DEVICE * devices;

	if (rows > STAGES_MAX_ROWS)
		rows = STAGES_MAX_ROWS;
	bpf_map__set_max_entries(bpf->maps.histograms, rows);
	bpf_map__set_max_entries(bpf->maps.keys, rows);
	bpf_map__set_max_entries(bpf->maps.devices, devices);
	bpf_map__set_max_entries(bpf->maps.woken_tasks, programs);
}

/* What nobody needs costs those who are not watched, too. */
static void choose_programs(struct stages_bpf *bpf, const struct stages_targets *targets)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, bpf->obj) {
		bool of_kplug = strstr(bpf_program__section_name(program), "/kplug_");

		bpf_program__set_autoattach(program, of_kplug ? targets->devices.num : targets->irqs.num);
	}
}

int stages_watch(struct stages_bpf *bpf, const struct stages_targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->irqs.num; i++)
		bpf->bss->watched_irqs[targets->irqs.list[i].id] = true;
	for (i = 0; i < targets->devices.num; i++)
		bpf->bss->watched_devices[targets->devices.list[i].id] = (uint16_t)(i + 1);
	choose_programs(bpf, targets);
	/* Those that are not there yet. */
	return stages_bpf__attach(bpf);
}

int stages_start(struct stages_bpf **bpf, const struct stages_targets *targets, unsigned int programs)
{
	int err;

	tracing_begin();
	*bpf = stages_bpf__open();
	if (!*bpf)
		return tracing_refused(-errno);
	choose_room(*bpf, targets, programs);
	err = stages_bpf__load(*bpf);
	if (!err)
		err = stages_watch(*bpf, targets);
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

/* The kernel adds to the buckets alone. */
static void count(struct stages_histogram *h)
{
	unsigned int i;

	h->count = 0;
	for (i = 0; i < STAGES_BUCKETS; i++)
		h->count += h->buckets[i];
}

/* One that has nothing yet, or was given twice, is left out. */
static int read_row(const struct stages_bpf *bpf, uint32_t index, struct stages_report *report)
{
	struct stages_row *row = &report->rows[report->num_rows];
	unsigned int cpu, num = stages_num_cpus();

	*row = (struct stages_row){ .cpus = calloc(num, sizeof(*row->cpus)) };
	if (!row->cpus)
		return -ENOMEM;
	report->num_rows++;
	if (bpf_map_lookup_elem(bpf_map__fd(bpf->maps.keys), &index, &row->key) ||
	    bpf_map_lookup_elem(bpf_map__fd(bpf->maps.histograms), &index, row->cpus))
		return -errno;
	for (cpu = 0; cpu < num; cpu++) {
		count(&row->cpus[cpu]);
		stages_merge(&row->all, &row->cpus[cpu]);
	}
	if (row->all.count)
		return 0;
	free(row->cpus);
	report->num_rows--;
	return 0;
}

int stages_read(struct stages_bpf *bpf, struct stages_report *report)
{
	unsigned int room = bpf_map__max_entries(bpf->maps.histograms), num = bpf->bss->num_rows, i;
	int err = 0;

	report->lost = bpf->bss->lost;
	report->num_rows = 0;
	report->rows = calloc(room, sizeof(*report->rows));
	if (!report->rows)
		return -ENOMEM;
	for (i = 0; !err && i < num && i < room; i++)
		err = read_row(bpf, i, report);
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

int stages_watch(struct stages_bpf *bpf, const struct stages_targets *targets)
{
	(void)bpf, (void)targets;
	return -ENOTSUP;
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
