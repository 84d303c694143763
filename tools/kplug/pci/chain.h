/* SPDX-License-Identifier: MIT */
/* The lists of capabilities of a function, and what is wrong with them. */
#ifndef KPLUG_PCI_CHAIN_H
#define KPLUG_PCI_CHAIN_H

#include "capability.h"

/* One for each place in the space, which is the most that there can be. */
#define CHAIN_MAX ((PCI_SPACE_SIZE - PCI_SPACE_HEADER) / 4)

struct chain {
	unsigned int count;
	struct capability caps[CHAIN_MAX];
	unsigned int problems;
	char problem[2][128]; /* of each list */
	int port; /* PCI_EXP_TYPE_* of the function, or -1 */
	bool has_extended; /* as functions of PCI Express, and of the second mode of PCI-X */
	bool seen[PCI_SPACE_SIZE / 4];
};

/* Walks both lists, each up to its end or to the first thing that is wrong. */
void chain_walk(struct pci_space *space, struct chain *chain);

#endif /* KPLUG_PCI_CHAIN_H */
