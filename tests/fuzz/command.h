/* SPDX-License-Identifier: MIT */
/* The commands of a device and their arguments. */
#ifndef FUZZ_COMMAND_H
#define FUZZ_COMMAND_H

#include <stdint.h>
#include <uapi/kplug_abi.h>

#include "device.h"

#define ARGUMENT_SIZE 512

union argument {
	uint32_t size;
#define KPLUG_COMMAND(number, NAME, name, argument, ...) struct argument name;
#include <uapi/commands.def>
#undef KPLUG_COMMAND
	uint8_t bytes[ARGUMENT_SIZE];
};

/*
 * fill_<name>() - the grammar: arguments that are mostly right, of zeroes. A command of
 * commands.def that lacks its function does not link.
 */
#define KPLUG_COMMAND(number, NAME, name, ...) \
	void fill_##name(enum device_type type, union argument *a);
#include <uapi/commands.def>
#undef KPLUG_COMMAND

/* command_run() - by its place in commands.def */
long command_run(unsigned int index, unsigned int slot);

/* command() - a plain ioctl: its result or -errno */
long command(int fd, unsigned long request, void *argument);
/* compat_call() - a system call as a 32-bit program makes it: its result or -errno */
long compat_call(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e);

#endif
