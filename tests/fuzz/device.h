/* SPDX-License-Identifier: MIT */
/* The devices of the test machine that kplug may have. */
#ifndef FUZZ_DEVICE_H
#define FUZZ_DEVICE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#define MAX_DEVICES 32
#define NAME_SIZE   64

enum device_type {
	EDU,
	TESTDEV,
	IVSHMEM,
	NVME,
	NIC,
	SERIAL,
	NULL_DEVICE,
	SOFT, /* the virtual device of the test plugin */
	ISA,
	PLATFORM,
	NUM_TYPES
};

struct device {
	enum device_type type;
	char name[NAME_SIZE];
};

extern struct device devices[MAX_DEVICES];
extern unsigned int num_devices;
extern unsigned int num_functions; /* the first ones: those on PCI */

void device_find_all(void);
/* device_any_function() - the address of a PCI function */
const char *device_any_function(void);
/* device_of() - the first one of a type; NULL when there is none */
const struct device *device_of(enum device_type type);
/* device_plugin() - the plugin that fits, another one, or a name that is none */
const char *device_plugin(enum device_type type);

/* A register: where it is, and whether a write is harmless. */
struct reg {
	uint32_t region, width;
	uint64_t offset;
	bool may_write;
};

/* register_pick() - one that may be read; with `write` rather one that may be written */
struct reg register_pick(enum device_type type, bool write);
/* register_is_dangerous() - an access makes the emulator end the machine, or starts wild DMA */
bool register_is_dangerous(enum device_type type, uint32_t region, uint64_t offset);

#endif
