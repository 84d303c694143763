// SPDX-License-Identifier: MIT
// A card's interrupts: eventfds that QEMU passes, and the state of the line.
#include "irq.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

void irqs_init(struct irqs *irqs, bool line, unsigned int msi, unsigned int msix)
{
	*irqs = (struct irqs){ 0 };
	irqs->indices[VFIO_PCI_INTX_IRQ_INDEX].available = line;
	irqs->indices[VFIO_PCI_ERR_IRQ_INDEX].available = 1; /* QEMU wants to hear of errors */
	irqs->indices[VFIO_PCI_MSI_IRQ_INDEX].available = msi;
	irqs->indices[VFIO_PCI_MSIX_IRQ_INDEX].available = msix;
	for (int i = 0; i < VFIO_PCI_NUM_IRQS; i++) {
		for (int vector = 0; vector < IRQ_VECTORS; vector++)
			irqs->indices[i].eventfds[vector] = -1;
	}
}

static void put_eventfd(struct irq_index *index, unsigned int vector, int eventfd)
{
	if (index->eventfds[vector] >= 0)
		close(index->eventfds[vector]);
	index->eventfds[vector] = eventfd;
}

static void forget_all(struct irq_index *index)
{
	for (unsigned int vector = 0; vector < IRQ_VECTORS; vector++)
		put_eventfd(index, vector, -1);
}

void irqs_end(struct irqs *irqs)
{
	for (int i = 0; i < VFIO_PCI_NUM_IRQS; i++)
		forget_all(&irqs->indices[i]);
	irqs->masked = false;
}

static bool notify(const struct irq_index *index, unsigned int vector)
{
	if (vector >= index->available || index->eventfds[vector] < 0)
		return false;
	return !eventfd_write(index->eventfds[vector], 1);
}

/* QEMU unmasks the line when it has delivered an interrupt; a line that stays high raises again. */
static void deliver_line(struct irqs *irqs)
{
	if (!irqs->line || irqs->masked)
		return;
	if (notify(&irqs->indices[VFIO_PCI_INTX_IRQ_INDEX], 0)) {
		irqs->masked = true;
		irqs->sent[0]++;
	}
}

static int set_triggers(struct irqs *irqs, const struct vfio_irq_set *set, const int *files,
			unsigned int num_files)
{
	struct irq_index *index = &irqs->indices[set->index];

	if (set->flags & VFIO_IRQ_SET_DATA_EVENTFD) {
		/* Without files these vectors have none any more. */
		if (num_files && num_files != set->count)
			return -EINVAL;
		for (unsigned int i = 0; i < set->count; i++)
			put_eventfd(index, set->start + i, num_files ? files[i] : -1);
	} else if (num_files) {
		return -EINVAL;
	} else if (!set->count) {
		forget_all(index);
	} else {
		for (unsigned int i = 0; i < set->count; i++)
			notify(index, set->start + i);
	}
	if (set->index == VFIO_PCI_INTX_IRQ_INDEX) {
		irqs->masked = false;
		deliver_line(irqs);
	}
	return 0;
}

static int set_mask(struct irqs *irqs, const struct vfio_irq_set *set, bool masked)
{
	if (set->index != VFIO_PCI_INTX_IRQ_INDEX || !(set->flags & VFIO_IRQ_SET_DATA_NONE))
		return -EINVAL;
	irqs->masked = masked;
	deliver_line(irqs);
	return 0;
}

int irqs_set(struct irqs *irqs, const struct vfio_irq_set *set, const int *files,
	     unsigned int num_files)
{
	uint32_t data = set->flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
	uint32_t action = set->flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;
	uint32_t available;

	if (set->index >= VFIO_PCI_NUM_IRQS || set->flags & ~(data | action))
		return -EINVAL;
	available = irqs->indices[set->index].available;
	if (set->start > available || set->count > available - set->start)
		return -EINVAL;
	if (data != VFIO_IRQ_SET_DATA_NONE && data != VFIO_IRQ_SET_DATA_EVENTFD)
		return -EINVAL;
	if (action == VFIO_IRQ_SET_ACTION_TRIGGER)
		return set_triggers(irqs, set, files, num_files);
	if (num_files)
		return -EINVAL;
	if (action == VFIO_IRQ_SET_ACTION_MASK || action == VFIO_IRQ_SET_ACTION_UNMASK)
		return set_mask(irqs, set, action == VFIO_IRQ_SET_ACTION_MASK);
	return -EINVAL;
}

unsigned int irqs_vectors(const struct irqs *irqs, unsigned int index)
{
	const struct irq_index *of = &irqs->indices[index];
	unsigned int count = 0;

	for (unsigned int i = 0; i < of->available; i++) {
		if (of->eventfds[i] >= 0)
			count = i + 1;
	}
	return count;
}

bool irqs_message(struct irqs *irqs, unsigned int index, unsigned int vector)
{
	if (!notify(&irqs->indices[index], vector))
		return false;
	irqs->sent[vector]++;
	return true;
}

void irqs_line(struct irqs *irqs, bool asserted)
{
	irqs->line = asserted;
	deliver_line(irqs);
}
