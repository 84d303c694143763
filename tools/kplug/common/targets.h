/* SPDX-License-Identifier: MIT */
/* The options --dev, --irq and --driver, and the interrupts and devices that they select. */
#ifndef KPLUG_TARGETS_H
#define KPLUG_TARGETS_H

#include <argp.h>
#include <stdint.h>

#include "watched.h"

/* One of the options. */
struct target_option {
	enum { TARGET_IRQ, TARGET_DEVICE, TARGET_DRIVER } kind;
	const char *name;
};

/* A Linux interrupt, or a device of kplug. */
struct target_source {
	uint32_t id; /* the interrupt's number, or the device's minor */
	char name[64];
};

/* Every source seen so far, present or not: results keep their names. */
struct target_sources {
	struct target_source *list;
	unsigned int num;
};

#define TARGETS_MAX_OPTIONS 16

/* Sources appear and disappear with drivers and programs. */
struct targets {
	struct target_option options[TARGETS_MAX_OPTIONS];
	unsigned int num_options;
	struct target_sources irqs;
	struct target_sources devices;
};

/* For struct arguments, which is the first input, and struct targets, the second. */
extern const struct argp_child targets_children[];

/* Add what the options select now. */
void targets_find(struct targets *targets);
const char *targets_name(const struct target_sources *sources, uint32_t id);
void targets_release(struct targets *targets);

#endif /* KPLUG_TARGETS_H */
