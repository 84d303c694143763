/* SPDX-License-Identifier: MIT */
/* Functions that all samples share: they end the program with a message on failure. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kplug.h>

/* Returns the result of a function of a device, or ends the program on an error. */
static inline int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "%s: %s: %s\n", what, strerror(-result), kplug_reason(NULL));
		exit(EXIT_FAILURE);
	}
	return result;
}

/* Ends the program if a transaction ended with an error. */
static inline void must_end_well(int status, const char *what)
{
	if (status < 0) {
		fprintf(stderr, "%s: %s\n", what, strerror(-status));
		exit(EXIT_FAILURE);
	}
}

static inline void expect(int true_here, const char *what)
{
	if (!true_here) {
		fprintf(stderr, "failed: %s\n", what);
		exit(EXIT_FAILURE);
	}
}

static inline const char *device_argument(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s DEVICE (see `kplug list`)\n", argv[0]);
		exit(2);
	}
	return argv[1];
}

#endif /* SAMPLE_H */
