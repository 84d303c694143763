/* SPDX-License-Identifier: MIT */
/* Assertions on the kplug command. */
#ifndef KPLUG_TEST_COMMAND_H
#define KPLUG_TEST_COMMAND_H

#include <stdio.h>

#include "device.h"

/* The command succeeds, and what it prints contains the regular expression. */
#define SAYS(pattern, ...)                                                  \
	do {                                                                \
		char command_[256];                                         \
		snprintf(command_, sizeof(command_), __VA_ARGS__);          \
		OK(run("%s > /tmp/said", command_));                        \
		OK(run("cat /tmp/said; grep -qE '%s' /tmp/said", pattern)); \
	} while (0)

/* The command ends with this code, and its error contains the regular expression. */
#define REFUSES(code, pattern, ...)                                               \
	do {                                                                      \
		char command_[256];                                               \
		snprintf(command_, sizeof(command_), __VA_ARGS__);                \
		ck_assert_int_eq(run("%s 2> /tmp/refused", command_), code);      \
		OK(run("cat /tmp/refused; grep -qE '%s' /tmp/refused", pattern)); \
	} while (0)

#endif
