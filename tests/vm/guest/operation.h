/* SPDX-License-Identifier: MIT */
/* The operations in which each allocation and copy fails once: suite failnth. */
#ifndef KPLUG_TEST_OPERATION_H
#define KPLUG_TEST_OPERATION_H

#include <stddef.h>
#include <sys/ioctl.h>

#include "argument.h"
#include "device.h"

#define BOARD_CARD "kplug.Board:A.0" /* edu2 as a platform device */

/* What one attempt works on; each has a process of its own. */
struct subject {
	int k; /* the device, or -1 */
	int fd; /* a buffer, an eventfd, ... */
	uint8_t *map;
	size_t map_length;
	union argument argument; /* of the command */
};
extern struct subject subject;

struct operation {
	const char *name;
	unsigned int command; /* that it runs, with subject.argument; 0: none */
	const char *device; /* opened before, and attached to the plugin; NULL: none */
	const char *plugin;
	void (*set_up)(void); /* without faults */
	/* With one fault; 0 or more, or -errno. NULL: the command. */
	int (*run)(void);
	bool (*works)(void); /* whether a success is one; without faults */
	void (*undo)(void); /* without faults; the end of the process does the rest */
	int again; /* -errno of one more try after EFAULT, which may come too late; 0: it works */
	int also; /* -errno that it may return besides ENOMEM and EFAULT */
	const char *because;
	unsigned int sparse; /* after the first 40 allocations, every nth: most are alike */
};

/* Each ends with one that has no name. */
extern const struct operation event_operations[], register_operations[], plugin_operations[],
	dma_operations[], file_operations[], bus_operations[], module_operations[],
	virtual_operations[], library_operations[];

/* operation_open() - opens /dev/kplug/@device; a descriptor or -errno */
int operation_open(const char *device, int flags);

/* operation_issue() - a command that has to succeed */
void operation_issue(unsigned int command, void *argument);

/* operation_map() - the subject's map, of this descriptor; 0 or -errno */
int operation_map(int fd, uint64_t offset, size_t length);

/*
 * operation_enable() - enables a function that has no driver
 *
 * The kernel asks ACPI for the interrupt of a function that it enables, and ACPI does not stand
 * failed allocations. Enabled without a driver, the function stays enabled when drivers come and
 * go.
 */
void operation_enable(const char *address);

/* A row for a command, and one for a function. */
#define COMMAND(_name, NAME, _device, _plugin, _set_up, ...)                                  \
	{                                                                                     \
		.name = _name, .command = KPLUG_##NAME, .device = _device, .plugin = _plugin, \
		.set_up = _set_up, __VA_ARGS__                                                \
	}
#define FUNCTION(_name, _device, _plugin, _set_up, _run, ...)                           \
	{                                                                               \
		.name = _name, .device = _device, .plugin = _plugin, .set_up = _set_up, \
		.run = _run, __VA_ARGS__                                                \
	}

#define ARGUMENT(type, ...) ((struct type){ .size = sizeof(struct type), __VA_ARGS__ })

/* ISSUE(DMA_MAP, kplug_dma_map, .fd = fd) returns the argument with the answer. */
#define ISSUE(NAME, type, ...)                                       \
	({                                                           \
		struct type argument_ = ARGUMENT(type, __VA_ARGS__); \
		operation_issue(KPLUG_##NAME, &argument_);           \
		argument_;                                           \
	})

#endif
