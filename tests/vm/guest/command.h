/* SPDX-License-Identifier: MIT */
/* What tests of the kplug command say about it. */
#ifndef KPLUG_TEST_COMMAND_H
#define KPLUG_TEST_COMMAND_H

#include <stdio.h>

#include "device.h"

/* The command succeeds, and what it prints contains the regular expression. */
#define SAYS(pattern, ...) \
	do { \
		char command_[256]; \
		snprintf(command_, sizeof(command_), __VA_ARGS__); \
		OK(run("%s > /tmp/said", command_)); \
		OK(run("cat /tmp/said; grep -qE '%s' /tmp/said", pattern)); \
	} while (0)

/* It ends with this code, and the error contains the regular expression. */
#define REFUSES(code, pattern, ...) \
	do { \
		char command_[256]; \
		snprintf(command_, sizeof(command_), __VA_ARGS__); \
		ck_assert_int_eq(run("%s 2> /tmp/refused", command_), code); \
		OK(run("cat /tmp/refused; grep -qE '%s' /tmp/refused", pattern)); \
	} while (0)

#endif
