/* SPDX-License-Identifier: MIT */
/* kplug latency: what its files share. */
#ifndef LATENCY_H
#define LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* The device, and how to raise and to end its interrupt. All registers are 32 bits wide. */
struct latency_device {
	const char *address;
	const char *plugin;	/* NULL when no plugin is known for it */
	bool soft;		/* it has no hardware, and so no driver but kplug */
	bool no_status;		/* a message is the whole of its interrupt: @status is any register that can be read */
	unsigned int region;	/* holds the three registers */
	uint64_t raise;
	uint32_t raise_value;
	uint64_t status;	/* 0 in it means "not mine" */
	uint64_t ack;		/* the status is written back here */
};

/* When things happened to one interrupt, in monotonic ns; 0 is "not seen on this path". */
struct latency_stamps {
	uint64_t raised;
	uint64_t entry;
	uint64_t acked;
	uint64_t user;
	uint64_t came;	/* kplug took it, wherever the handler is */
	uint64_t told;	/* no time: how many the program knows of, since open */
};

/* What became of the interrupts that were raised while the program did not listen. */
struct latency_fate {
	uint64_t handled;	/* seen by the first handler */
	uint64_t told;		/* the program knows that they happened */
};

/* Where the interrupt comes, is raised and is waited for, as the kernel writes lists of CPUs. */
#define LATENCY_CPU "0"

struct latency_path;

/* One way to handle the interrupt. */
struct latency_kind {
	const char *name;
	const char *title;
	unsigned int mmio_reads;	/* device registers, for one interrupt */
	unsigned int mmio_writes;
	/* Binds and arms the device; 0, or -1 with path->why set. */
	int (*open)(struct latency_path *path);
	/* Blocks until an interrupt came, ends it if that is left to us, stamps it; 0 or -errno. */
	int (*wait)(struct latency_path *path, struct latency_stamps *stamps);
	/* Part of another region for this program, until close; NULL without or with path->why set. Optional. */
	volatile void *(*map)(struct latency_path *path, unsigned int region, uint64_t offset, size_t length);
	/* Says what the kernel and the program know by now; never blocks. Counts from open. */
	int (*fate)(struct latency_path *path, struct latency_fate *fate);
	/* The opposite of open; also after it failed half-way. */
	void (*close)(struct latency_path *path);
};

struct latency_path {
	const struct latency_kind *kind;
	const struct latency_device *device;
	unsigned int burst;	/* so many interrupts must not overflow a queue of events */
	volatile uint32_t *raise;
	volatile uint32_t *status;
	volatile uint32_t *ack;
	void *state;	/* of the kind */
	char why[200];	/* it is not available */
};

/* In the order of the table: our rungs, then what we compare them with. */
#define LATENCY_KINDS 6
extern const struct latency_kind *const latency_kinds[LATENCY_KINDS];

extern const struct latency_kind latency_user, latency_recipe, latency_plugin,
	latency_bare, latency_uio, latency_vfio;

/* The distribution of one latency. */
struct latency_spread {
	bool known;
	uint64_t p50;
	uint64_t p99;
	uint64_t max;
};

/* One line of the table. */
struct latency_row {
	const struct latency_kind *kind;
	char why[200];	/* empty, or why there are no figures */
	struct latency_spread entry, acked, user;
	uint64_t per_interrupt;	/* mean of a whole turn: raised, told, ready again */
	uint64_t burst;		/* mean when raised back to back; 0 if that is not possible */
	uint64_t raised, handled, lost;
};

struct latency_report {
	const struct latency_device *device;
	const char *unit;
	const char *kernel;
	unsigned int count;
	const struct latency_row *rows;
	size_t num_rows;
};

static inline uint64_t latency_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* latency_run.c */
void latency_go_to_cpu(void);	/* LATENCY_CPU, this thread alone */
void latency_be_realtime(int priority);	/* there */
int latency_run(const struct latency_kind *kind,
		const struct latency_device *device, unsigned int count,
		struct latency_row *row);

/* latency_stats.c */
struct latency_spread latency_spread(uint64_t *values, size_t n);

/* latency_pci.c */
int latency_pci_bind(struct latency_path *path, const char *driver);
int latency_pci_ids(const char *address, char *ids, size_t size);
/*
 * The rest of the command runs in a process of its own. However that ends, who had the device before has it again.
 */
void latency_pci_guard(const char *address);
int latency_pci_path(char *out, size_t size, const char *address, const char *name);
void latency_pci_pin(const char *address);
/* The status is acknowledged, if there is one. */
void latency_acknowledge(const struct latency_path *path);
size_t latency_map_length(const struct latency_device *device);
void latency_map_registers(struct latency_path *path, volatile void *region);
int latency_unavailable(struct latency_path *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* latency_table.c, latency_json.c, latency_html.c */
void latency_table(const struct latency_report *report);
void latency_json(const struct latency_report *report);
/* A new row of a list, with what every row begins with. */
struct cJSON *latency_json_row(struct cJSON *rows, const struct latency_kind *kind, const struct latency_device *device,
			       const char *kernel);
void latency_html(FILE *out, const struct latency_report *report);

#endif /* LATENCY_H */
