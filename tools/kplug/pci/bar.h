/* SPDX-License-Identifier: MIT */
/* Base address registers, of functions and of virtual functions. */
#ifndef KPLUG_PCI_BAR_H
#define KPLUG_PCI_BAR_H

#include "sheet.h"
#include "space.h"

/*
 * Shows those of the @count BARs at @offset that are in use. @command says, like the register,
 * which kinds the function answers.
 */
void bars_show(struct pci_space *space, unsigned int offset, unsigned int count, uint32_t command,
	       struct sheet *sheet);

#endif /* KPLUG_PCI_BAR_H */
