/* SPDX-License-Identifier: MIT */
/* The descriptors of a device, from /proc/PID/fdinfo. */
#ifndef KPLUG_FDINFO_H
#define KPLUG_FDINFO_H

#include <stdint.h>

#include <kplug.h>

/* One descriptor in one process; a client may have several. */
struct fdinfo {
	int pid;
	uint32_t client;
	uint32_t user;
	char trust[16];
	char plugin[KPLUG_NAME_MAX]; /* empty for none */
	char armed[64]; /* vectors, as "0-3,5" */
	uint64_t lost;
	uint64_t memory; /* bytes of ring and shared memory */
	uint32_t mappings;
	uint32_t transactions;
};

/*
 * Finds the descriptors of @device in all processes that the caller may inspect.
 * @found is for free(3). Gives their number, or -ENOMEM.
 */
int fdinfo_find(const char *device, struct fdinfo **found);

#endif /* KPLUG_FDINFO_H */
