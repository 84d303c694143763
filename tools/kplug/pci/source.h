/* SPDX-License-Identifier: MIT */
/* Where a command gets configuration space from: a device on kplug, or a dump. */
#ifndef KPLUG_PCI_SOURCE_H
#define KPLUG_PCI_SOURCE_H

#include "common/command.h"
#include "space.h"

struct source {
	struct arguments arguments; /* first, for arguments_parse() */
	const char *from; /* a file, or NULL for a device */
};

/* The parser of --from, --json and words. The command sets @arguments.max, and a least of 1. */
extern const struct argp_option source_options[];
extern const struct argp_child source_children[];
error_t source_parse(int key, char *word, struct argp_state *state);

/* What is wrong with a function, as sentences for its user. */
struct findings {
	unsigned int count;
	char text[3][128];
};

void findings_add(struct findings *findings, const char *text);

/* Prints the facts of a function, or adds them to @object if there is one. */
typedef void source_show(struct pci_space *space, cJSON *object, struct findings *findings);

/*
 * Shows each function that the arguments mean, and then what is wrong. Names @action if the space
 * cannot be read. Gives an exit code.
 */
int source_run(struct source *source, const char *schema, const char *action, source_show *show);

#endif /* KPLUG_PCI_SOURCE_H */
