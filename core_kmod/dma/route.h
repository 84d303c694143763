/* SPDX-License-Identifier: GPL-2.0 */
/* Routes between PCI functions: do requests of one reach the other? */
#ifndef KPLUG_DMA_ROUTE_H
#define KPLUG_DMA_ROUTE_H

#include <linux/types.h>

struct pci_dev;

bool kplug_dma_route_exists(struct pci_dev *from, struct pci_dev *to);

#endif /* KPLUG_DMA_ROUTE_H */
