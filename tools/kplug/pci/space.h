/* SPDX-License-Identifier: MIT */
/* The configuration space of a PCI function: of a device on kplug, or from a dump. */
#ifndef KPLUG_PCI_SPACE_H
#define KPLUG_PCI_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include <kplug.h>

#define PCI_SPACE_SIZE     4096
#define PCI_SPACE_STANDARD 256 /* without PCI Express there is no more */
#define PCI_SPACE_HEADER   64

struct pci_space {
	char name[KPLUG_NAME_MAX];
	struct kplug *k; /* reads what is not known yet; NULL for a dump */
	int err; /* of the first read that failed */
	unsigned int size;
	bool known[PCI_SPACE_SIZE / 4]; /* of a device: each register is read at most once */
	uint8_t bytes[PCI_SPACE_SIZE];
};

/* The space of an open device; 0 or -errno. */
int pci_space_open(struct pci_space *space, struct kplug *k, const char *name);

/* Is all of this inside? A dump may be short. */
bool pci_space_has(const struct pci_space *space, unsigned int offset, unsigned int width);

/* A register of up to 4 bytes; all ones outside of the space, and after an error. */
uint32_t pci_space_get(struct pci_space *space, unsigned int offset, unsigned int width);

/* Two registers of 4 bytes as one number. */
uint64_t pci_space_get64(struct pci_space *space, unsigned int low, unsigned int high);

/* PCI_HEADER_TYPE_* */
unsigned int pci_space_header(struct pci_space *space);

#endif /* KPLUG_PCI_SPACE_H */
