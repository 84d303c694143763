/* SPDX-License-Identifier: MIT */
/* Which paths on which device: what commands that raise interrupts let their users choose. */
#ifndef LATENCY_CHOICE_H
#define LATENCY_CHOICE_H

#include "command.h"
#include "latency.h"

struct latency_choice {
	struct reg raise, status, ack;	/* width 0: not given */
	const char *plugin;
	const struct latency_kind *paths[LATENCY_KINDS];
	size_t num_paths;	/* 0 becomes all of them */
	char address[64];
};

/* For struct arguments, which is the first input, and struct latency_choice, which is the second. */
extern const struct argp_child latency_children[];

/* Adds a path; false if there is none of this name, or there are too many. */
bool latency_choose_path(struct latency_choice *choice, const char *name);

/*
 * What the paths need to know of the device that the user calls @word, from the options and its PCI ids. Gives
 * COMMAND_OK, or COMMAND_FAILED and says why.
 */
int latency_describe(struct latency_choice *choice, const char *word, struct latency_device *device);

#endif /* LATENCY_CHOICE_H */
