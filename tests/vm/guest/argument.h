/* SPDX-License-Identifier: MIT */
/* The argument of any command. */
#ifndef KPLUG_TEST_ARGUMENT_H
#define KPLUG_TEST_ARGUMENT_H

#include <stdint.h>

#include <uapi/kplug_abi.h>

union argument {
	uint32_t size;
#define KPLUG_COMMAND(number, NAME, name, argument, ...) struct argument name;
#include <uapi/commands.def>
#undef KPLUG_COMMAND
	uint8_t bytes[8192];
};

#endif
