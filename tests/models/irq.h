/* SPDX-License-Identifier: MIT */
/* A card's interrupts: eventfds that QEMU passes, and the state of the line. */
#ifndef MODEL_IRQ_H
#define MODEL_IRQ_H

#include <linux/vfio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IRQ_VECTORS 32

struct irq_index {
	unsigned int available;
	int eventfds[IRQ_VECTORS]; /* -1: none */
};

struct irqs {
	struct irq_index indices[VFIO_PCI_NUM_IRQS];
	bool line; /* is INTx asserted? */
	bool masked; /* until QEMU has delivered the last one */
	uint64_t sent[IRQ_VECTORS];
};

void irqs_init(struct irqs *irqs, bool line, unsigned int msi, unsigned int msix);
void irqs_end(struct irqs *irqs);

/*
 * irqs_set() - VFIO_DEVICE_SET_IRQS: 0 or -EINVAL
 * @files: eventfds, which belong to @irqs if the result is 0
 */
int irqs_set(struct irqs *irqs, const struct vfio_irq_set *set, const int *files,
	     unsigned int num_files);

/* irqs_vectors() - how many vectors the guest has of that kind, VFIO_PCI_MSI_IRQ_INDEX or MSIX */
unsigned int irqs_vectors(const struct irqs *irqs, unsigned int index);
/* irqs_message() - false: there is no such vector */
bool irqs_message(struct irqs *irqs, unsigned int index, unsigned int vector);
void irqs_line(struct irqs *irqs, bool asserted);

#endif
