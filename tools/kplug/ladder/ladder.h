/* SPDX-License-Identifier: MIT */
/* kplug ladder: what its files share. */
#ifndef KPLUG_LADDER_H
#define KPLUG_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

struct reg;
struct script;

/* The device, and how to raise and acknowledge its interrupt. All registers are 32 bits wide. */
struct ladder_device {
	const char *address;
	const char *plugin; /* NULL: none is known for it */
	bool virtual; /* no hardware, and so no driver but kplug */
	bool no_status; /* nothing to acknowledge: @status is any readable register */
	unsigned int region; /* holds the three registers */
	uint64_t raise;
	uint32_t raise_value;
	uint64_t status; /* 0 in it means "not mine" */
	uint64_t ack; /* the status is written back here */
	const struct script *setup; /* after each take-over; NULL: none */
	const struct script *teardown; /* before the device is given back; NULL: none */
};

/* The times of one interrupt, in monotonic ns; 0: not seen on this path. */
struct ladder_stamps {
	uint64_t raised;
	uint64_t entry;
	uint64_t acked;
	uint64_t user;
	uint64_t came; /* kplug took it, wherever the handler is */
	uint64_t notified; /* not a time: interrupts the program knows of, since open */
};

/* The interrupts so far. */
struct ladder_fate {
	uint64_t handled; /* by the first handler */
	uint64_t notified; /* to the program, if only as a count */
};

/* The CPU that raises, takes and waits for the interrupt, as a list of CPUs. */
#define LADDER_CPU "0"

struct ladder_path;

/* One way to handle the interrupt. */
struct ladder_kind {
	const char *name;
	const char *title;
	unsigned int mmio_reads; /* of device registers for one interrupt */
	unsigned int mmio_writes;
	/* Binds and arms the device; 0, or -1 with path->why set. */
	int (*open)(struct ladder_path *path);
	/*
	 * Waits for an interrupt, acknowledges it if the program has to, and fills
	 * the stamps; 0 or -errno.
	 */
	int (*wait)(struct ladder_path *path, struct ladder_stamps *stamps);
	/*
	 * Maps a part of another region until close; NULL with path->why set. May
	 * be NULL itself.
	 */
	volatile void *(*map)(struct ladder_path *path, unsigned int region, uint64_t offset,
			      size_t length);
	/* Any register, for a script. 0 or -errno. NULL: through sysfs. */
	int (*access)(struct ladder_path *path, struct reg *reg, bool is_write);
	/* Counts since open; never waits. 0 or -errno. */
	int (*fate)(struct ladder_path *path, struct ladder_fate *fate);
	/* Undoes open, also after open failed. */
	void (*close)(struct ladder_path *path);
};

struct ladder_path {
	const struct ladder_kind *kind;
	const struct ladder_device *device;
	unsigned int burst; /* interrupts that a queue of events must hold */
	volatile uint32_t *raise;
	volatile uint32_t *status;
	volatile uint32_t *ack;
	void *state; /* of the kind */
	bool is_open;
	char why[200]; /* the path is not available */
};

/* In the order of the table: kplug's rungs, then the peers. */
#define LADDER_KINDS 6
extern const struct ladder_kind *const ladder_kinds[LADDER_KINDS];

extern const struct ladder_kind ladder_user, ladder_recipe, ladder_plugin, ladder_bare, ladder_uio,
	ladder_vfio;

/* The distribution of one latency. */
struct ladder_spread {
	bool known;
	uint64_t p50;
	uint64_t p99;
	uint64_t max;
};

/* One line of the table. */
struct ladder_row {
	const struct ladder_kind *kind;
	char why[200]; /* why there are no figures, or empty */
	struct ladder_spread entry, acked, user;
	uint64_t per_interrupt; /* mean of a turn: raised, notified, ready again */
	uint64_t burst; /* mean when raised back to back; 0: the first one masks the rest */
	uint64_t raised, handled, lost;
};

struct ladder_report {
	const struct ladder_device *device;
	const char *unit;
	const char *kernel;
	unsigned int count;
	const struct ladder_row *rows;
	size_t num_rows;
};

/* What to look at when a device raises @raised interrupts and none arrives. */
#define LADDER_NONE_ARRIVED \
	"raised %llu, and none arrived: is the interrupt enabled in the device? (--setup)"

static inline uint64_t ladder_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* path.c */
/* Opens the path and runs the script that sets the device up; 0, or -1 with path->why set. */
int ladder_path_open(struct ladder_path *path);
/* Also after open failed. */
void ladder_path_close(struct ladder_path *path);

/* run.c */
void ladder_go_to_cpu(void); /* LADDER_CPU, this thread alone */
void ladder_be_realtime(int priority); /* there */
int ladder_run(const struct ladder_kind *kind, const struct ladder_device *device,
	       unsigned int count, struct ladder_row *row);

/* stats.c */
struct ladder_spread ladder_spread(uint64_t *values, size_t n);

/* pci.c */
int ladder_write(const char *path, const char *text); /* 0 or -errno */
int ladder_pci_bind(struct ladder_path *path, const char *driver);
void ladder_pci_unbind(const char *address);
int ladder_pci_ids(const char *address, char *ids, size_t size);
#define LADDER_DRIVER_MAX 256 /* a name in sysfs, with its NUL */

/* The driver that had the device before. */
struct ladder_binding {
	char driver[LADDER_DRIVER_MAX];
	char override[LADDER_DRIVER_MAX];
};
void ladder_pci_save(const char *address, struct ladder_binding *binding);
void ladder_pci_restore(const char *address, const struct ladder_binding *binding);
/*
 * Continues in a child process. When that or the parent ends, also by SIGKILL, the device goes
 * back to its driver, and the other one ends.
 */
void ladder_pci_guard(const char *address); /* guard.c */
int ladder_pci_path(char *out, size_t size, const char *address, const char *name);
void ladder_pci_pin(const char *address);
int ladder_unavailable(struct ladder_path *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* registers.c */
/* One access in a file, where the region is at @start; 0 or -errno. */
int ladder_file_access(int fd, uint64_t start, struct reg *reg, bool is_write);
/* One access through sysfs; 0 or -errno. */
int ladder_pci_access(const char *address, struct reg *reg, bool is_write);
/* The region up to the last register, through sysfs; NULL on failure. */
void *ladder_pci_map(const struct ladder_device *device);
size_t ladder_map_length(const struct ladder_device *device);
void ladder_map_registers(struct ladder_path *path, volatile void *region);
/* Acknowledges the status, if the device has one; false when it had nothing to acknowledge. */
bool ladder_acknowledge(const struct ladder_path *path);

/* text.c, json.c, html.c */
void ladder_text(const struct ladder_report *report);
void ladder_json(const struct ladder_report *report);
struct cJSON *ladder_rows(const struct ladder_report *report);
/* Adds a row with its first members to a list. */
struct cJSON *ladder_json_row(struct cJSON *rows, const struct ladder_kind *kind,
			      const struct ladder_device *device, const char *kernel);
void ladder_html(FILE *out, const struct ladder_report *report);

#endif /* KPLUG_LADDER_H */
