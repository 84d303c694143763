/* SPDX-License-Identifier: MIT */
/* Options of the commands that raise interrupts: the device, its registers, the paths. */
#ifndef KPLUG_CHOICE_H
#define KPLUG_CHOICE_H

#include "common/address.h"
#include "common/command.h"
#include "common/script.h"
#include "ladder.h"

struct ladder_choice {
	struct reg raise, status, ack; /* width 0: not given */
	const char *plugin;
	bool force; /* take a device in use */
	const char *setup_file, *teardown_file;
	struct script setup, teardown; /* of these files */
	const struct ladder_kind *paths[LADDER_KINDS];
	size_t num_paths; /* 0 becomes all of them */
	char address[ADDRESS_SIZE];
};

/* For struct arguments, which is the first input, and struct ladder_choice, the second. */
extern const struct argp_child ladder_children[];

/* Adds a path; false: the name is unknown, or there are too many. */
bool ladder_choose_path(struct ladder_choice *choice, const char *name);

/*
 * Describes the device @word from the options and its PCI ids. Gives COMMAND_OK,
 * or says what is wrong and gives COMMAND_*.
 */
int ladder_describe(struct ladder_choice *choice, const char *word, struct ladder_device *device);

#endif /* KPLUG_CHOICE_H */
