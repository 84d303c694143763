/* SPDX-License-Identifier: MIT */
/* What a model of a card consists of: data that describe the card, and what it does. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <linux/pci_regs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

#define MODEL_BARS 6

struct card;
struct table;

struct model_bar {
	uint64_t size; /* 0: there is none */
	uint32_t kind; /* PCI_BASE_ADDRESS_* */
	unsigned int widths; /* of accesses, or-ed: 1, 2, 4, 8 */
	bool memory; /* shared with QEMU: the model sees no access */
};

/* The table of messages and the pending bits, which QEMU keeps for the guest. */
struct model_messages {
	unsigned int vectors, bar;
	uint32_t table, pending;
};

struct model {
	const char *name;
	struct config_ids ids;
	bool express;
	struct model_bar bars[MODEL_BARS];
	unsigned int msi; /* vectors, or 0 */
	struct model_messages msix;

	/* create() - the state of a card after power-on; NULL: no memory */
	void *(*create)(struct card *card);
	void (*destroy)(void *state);
	void (*reset)(void *state);
	/* The register at an offset in a BAR; false: there is none. */
	bool (*read)(void *state, unsigned int bar, uint64_t at, unsigned int width,
		     uint64_t *value);
	bool (*write)(void *state, unsigned int bar, uint64_t at, unsigned int width,
		      uint64_t value);
	/*
	 * work() - one step of what the card does by itself, such as DMA; true: there is more. It
	 * runs after QEMU has its answer, because the whole guest stands still until then.
	 */
	bool (*work)(void *state);
	/* answer() - a request of a test that the library does not know; may be NULL */
	void (*answer)(void *state, const char *request, char *answer, size_t size);
	const struct table *table; /* of a card that consists of one (table.h) */
};

/* model_find() - NULL: there is none of that name */
const struct model *model_find(const char *name);

#endif
