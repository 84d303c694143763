// SPDX-License-Identifier: MIT
/* kplug latency: configures its BPF program and reads the histograms. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/command.h"
#include "latency.h"

#include <latency.skel.h>

/* Rows of an interrupt, of a vector of kplug, and of a whole device of kplug. */
#define ROWS_OF_IRQ    4
#define ROWS_OF_VECTOR 4
#define ROWS_OF_DEVICE 3
#define LATER          8 /* interrupts, vectors and devices that may appear later */

static void set_sizes(struct latency_bpf *bpf, const struct targets *targets, unsigned int programs)
{
	unsigned int irqs = targets->irqs.num + LATER, devices = targets->devices.num + LATER;
	/* Vectors of a device on a bus are among the interrupts. */
	unsigned int vectors = targets->devices.num ? irqs : LATER;
	unsigned int rows =
		ROWS_OF_IRQ * irqs + ROWS_OF_VECTOR * vectors + ROWS_OF_DEVICE * devices;

	if (rows > LATENCY_MAX_ROWS)
		rows = LATENCY_MAX_ROWS;
	bpf_map__set_max_entries(bpf->maps.histograms, rows);
	bpf_map__set_max_entries(bpf->maps.keys, rows);
	bpf_map__set_max_entries(bpf->maps.devices, devices);
	bpf_map__set_max_entries(bpf->maps.woken_tasks, programs);
}

/* An attached program slows down every interrupt of the machine, watched or not. */
static void choose_programs(struct latency_bpf *bpf, const struct targets *targets)
{
	struct bpf_program *program = NULL;

	while ((program = bpf_object__next_program(bpf->obj, program))) {
		bool of_kplug = strstr(bpf_program__section_name(program), "/kplug_");

		bpf_program__set_autoattach(program,
					    of_kplug ? targets->devices.num : targets->irqs.num);
	}
}

static void set_targets(struct latency_bpf *bpf, const struct targets *targets)
{
	unsigned int i;

	for (i = 0; i < targets->irqs.num; i++)
		bpf->bss->watched_irqs[targets->irqs.list[i].id] = true;
	for (i = 0; i < targets->devices.num; i++)
		bpf->bss->watched_devices[targets->devices.list[i].id] = (uint16_t)(i + 1);
	choose_programs(bpf, targets);
}

int latency_extend(struct latency_watch *watch, const struct targets *targets)
{
	set_targets(watch->bpf, targets);
	return bpf_session_attach(&watch->session);
}

int latency_start(struct latency_watch *watch, const struct targets *targets, unsigned int programs)
{
	bpf_session_prepare();
	watch->bpf = latency_bpf__open();
	if (!watch->bpf)
		return bpf_session_refused(-errno);
	set_sizes(watch->bpf, targets, programs);
	set_targets(watch->bpf, targets);
	if (!bpf_session_start(&watch->session, watch->bpf->skeleton, NULL))
		return COMMAND_OK;
	latency_bpf__destroy(watch->bpf);
	return COMMAND_FAILED;
}

void latency_stop(struct latency_watch *watch)
{
	bpf_session_stop(&watch->session);
	latency_bpf__destroy(watch->bpf);
}

static int compare(const void *a, const void *b)
{
	const struct latency_key *x = &((const struct latency_row *)a)->key,
				 *y = &((const struct latency_row *)b)->key;

	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The BPF program does not keep the total. */
static void count(struct latency_histogram *h)
{
	unsigned int i;

	h->count = 0;
	for (i = 0; i < LATENCY_BUCKETS; i++)
		h->count += h->buckets[i];
}

/* A row without measurements is left out. */
static int read_row(const struct latency_bpf *bpf, uint32_t index, struct latency_report *report)
{
	struct latency_row *row = &report->rows[report->num_rows];
	unsigned int cpu;

	*row = (struct latency_row){ .cpus = calloc(report->num_cpus, sizeof(*row->cpus)) };
	if (!row->cpus)
		return -ENOMEM;
	report->num_rows++;
	if (bpf_map_lookup_elem(bpf_map__fd(bpf->maps.keys), &index, &row->key) ||
	    bpf_map_lookup_elem(bpf_map__fd(bpf->maps.histograms), &index, row->cpus))
		return -errno;
	for (cpu = 0; cpu < report->num_cpus; cpu++) {
		count(&row->cpus[cpu]);
		latency_merge(&row->all, &row->cpus[cpu]);
	}
	if (row->all.count)
		return 0;
	free(row->cpus);
	report->num_rows--;
	return 0;
}

int latency_read(struct latency_watch *watch, struct latency_report *report)
{
	const struct latency_bpf *bpf = watch->bpf;
	unsigned int room = bpf_map__max_entries(bpf->maps.histograms), num = bpf->bss->num_rows, i;
	int cpus = libbpf_num_possible_cpus(), err = 0;

	report->lost = bpf->bss->lost;
	report->num_rows = 0;
	report->num_cpus = cpus > 0 ? (unsigned int)cpus : 1;
	report->rows = calloc(room, sizeof(*report->rows));
	if (!report->rows)
		return -ENOMEM;
	for (i = 0; !err && i < num && i < room; i++)
		err = read_row(bpf, i, report);
	qsort(report->rows, report->num_rows, sizeof(*report->rows), compare);
	return err;
}
