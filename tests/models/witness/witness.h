/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's own driver of XDMA as a witness of the model: it shares no code with kplug. */
#ifndef XDMA_WITNESS_H
#define XDMA_WITNESS_H

#include <linux/pci.h>

/*
 * lists_run() - writes a scatter list to the card, reads it into another one and compares. -EILSEQ:
 * the data differ; -ETIMEDOUT: the driver did not complete the request.
 */
int lists_run(struct pci_dev *pci, unsigned int entries);

#endif
