/* SPDX-License-Identifier: MIT */
/* One card: its configuration space, BARs and interrupts, and what a model may ask of the bus. */
#ifndef MODEL_CARD_H
#define MODEL_CARD_H

#include "complaint.h"
#include "config.h"
#include "fault.h"
#include "irq.h"
#include "memory.h"
#include "model.h"

#define CARD_COUNTERS 32

struct card_counter {
	const char *name;
	uint64_t value;
};

struct card {
	const struct model *model;
	void *state;
	struct config config;
	struct irqs irqs;
	bool line_wanted; /* by the model; the guest may have disabled the line */
	struct memory memory;
	struct complaints complaints;
	struct faults faults;
	struct card_bar {
		int file; /* of one that is memory; else -1 */
		uint8_t *memory;
	} bars[MODEL_BARS];
	struct card_counter counters[CARD_COUNTERS];
};

/* Returns -errno. */
int card_init(struct card *card, const struct model *model);
void card_end(struct card *card);
void card_reset(struct card *card);
/* card_detach() - QEMU has gone, and with it the guest's memory and interrupts */
void card_detach(struct card *card);

/* Accesses of the guest: 0 or -EINVAL. @region is that of VFIO. */
int card_read(struct card *card, unsigned int region, uint64_t at, void *data, unsigned int count);
int card_write(struct card *card, unsigned int region, uint64_t at, const void *data,
	       unsigned int count);
uint64_t card_region_size(const struct card *card, unsigned int region);

/*
 * For models. card_dma() - between the guest's memory and @data: 0, or -EFAULT where there is no
 * memory. A card that is no bus master transfers nothing, which is a complaint.
 */
int card_dma(struct card *card, bool write, uint64_t address, void *data, size_t size);

enum card_interrupt { CARD_LINE, CARD_MSI, CARD_MSIX };

/* card_interrupts_by() - what the guest has enabled */
enum card_interrupt card_interrupts_by(const struct card *card);
/*
 * card_message() - sends a message, if the card is a bus master; MSI-X: that vector, MSI: it
 * modulo the vectors that the guest has
 */
void card_message(struct card *card, unsigned int vector);
void card_line(struct card *card, bool asserted);

/* card_send() - the message, whatever fault is on */
void card_send(struct card *card, unsigned int vector);

/* card_work() - a step of what the card does by itself; true: there is more */
bool card_work(struct card *card);

/* card_count() - adds to a counter that tests can read; the name is a constant */
void card_count(struct card *card, const char *name, uint64_t more);
uint64_t card_counted(const struct card *card, const char *name);

#endif
