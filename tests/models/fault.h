/* SPDX-License-Identifier: MIT */
/* Faults of a card, of any model, that a test switches on and off. */
#ifndef MODEL_FAULT_H
#define MODEL_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct card;

enum fault {
	FAULT_NONE,
	FAULT_IRQ_LOST, /* an interrupt does not come */
	FAULT_IRQ_TWICE, /* a message comes twice */
	FAULT_IRQ_LATE, /* it comes a while later */
	FAULT_IRQ_STORM, /* a message comes again and again */
	FAULT_IRQ_STUCK, /* the line stays asserted */
	FAULT_DMA_REFUSED, /* the bus takes no transfer */
	FAULT_DMA_ASTRAY, /* transfers go where no memory is */
	FAULT_STOPPED, /* registers answer, and nothing moves */
	FAULT_DEAD, /* as stopped, and writes have no effect */
	FAULT_ONES, /* it has gone: reads are all ones; it comes back without its state */
	FAULT_SLOW, /* each read of a register takes a while */
};

struct faults {
	enum fault kind;
	uint64_t before; /* how often it does not happen yet */
	uint64_t left; /* how often it is still to happen */
	bool swallowed; /* the line is not asserted although the model wants it */
	bool is_late;
	int64_t deadline; /* of what is late, in ms */
	int vector; /* that is late or storms; -1: the line */
};

/*
 * fault_set() - by its name ("irq-lost"), and how often; false: there is no such fault
 * @before: how often it could happen, and does not, before it begins
 */
bool fault_set(struct card *card, const char *name, uint64_t count, uint64_t before);

/* For card.c. fault_happens() - is this one on? It counts as one time. */
bool fault_happens(struct card *card, enum fault fault);
/* fault_message() - how often the message is to be sent now */
unsigned int fault_message(struct card *card, unsigned int vector);
/* fault_line() - the level of the line, which the model wants to be @asserted */
bool fault_line(struct card *card, bool asserted);

/* For main.c. fault_work() - what is late, and storms; true: there is more */
bool fault_work(struct card *card);
/* fault_timeout() - for poll() */
int fault_timeout(const struct card *card);

#endif
