/* SPDX-License-Identifier: MIT */
/* Keeps processes running, kills them now and then, and reports. */
#ifndef FUZZ_SUPERVISOR_H
#define FUZZ_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

struct supervisor {
	unsigned int seconds;
	uint64_t seed;
	unsigned int processes;
	bool kills;
	const char *report; /* path */
};

/* supervisor_run() - 0, or 1 after a report of the kernel or a process that does not end */
int supervisor_run(const struct supervisor *options);

#endif
