/* SPDX-License-Identifier: MIT */
/* The header of configuration space: the first 64 bytes. */
#ifndef KPLUG_PCI_STD_HEADER_H
#define KPLUG_PCI_STD_HEADER_H

#include "sheet.h"
#include "space.h"

/* Shows the fields, those of the header's type too. */
void header_show(struct pci_space *space, struct sheet *sheet);

/* In bridge.c: what the headers of bridges have. */
void bridge_show(struct pci_space *space, struct sheet *sheet);
void cardbus_show(struct pci_space *space, struct sheet *sheet);

/* Does the function not answer? Then all its registers read as ones. */
bool header_is_absent(struct pci_space *space);

/* Why nothing in the space means anything, or NULL. */
const char *header_problem(struct pci_space *space);

#endif /* KPLUG_PCI_STD_HEADER_H */
