/* SPDX-License-Identifier: MIT */
/* Dumps of configuration space, as `lspci -xxx` prints them. */
#ifndef KPLUG_PCI_DUMP_H
#define KPLUG_PCI_DUMP_H

#include <stdio.h>

#include "space.h"

struct dump {
	struct pci_space *functions; /* in the order of the dump; some may have no bytes */
	unsigned int count;
	char problem[160]; /* why it could not be read */
};

/*
 * Reads a whole dump. Lines that are neither the address of a function nor a row of its bytes are
 * skipped, as `lspci -vvv` prints many. False if the dump is not usable; then @problem says why.
 */
bool dump_read(struct dump *dump, FILE *file);
void dump_free(struct dump *dump);

/* Do both mean the same function? A domain of zeros may be left out. */
bool dump_same_address(const char *one, const char *other);

#endif /* KPLUG_PCI_DUMP_H */
