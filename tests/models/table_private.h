/* SPDX-License-Identifier: MIT */
/* What the parts of a card with a table share. */
#ifndef MODEL_TABLE_PRIVATE_H
#define MODEL_TABLE_PRIVATE_H

#include "card.h"
#include "table.h"

/* One element of a register. */
struct table_place {
	const struct table_register *what; /* NULL: none */
	uint64_t *value; /* its first word, or all of it if it has up to 64 bits */
	size_t *next_word; /* which word is due; of registers with several */
};

struct table_line {
	const struct table_interrupt *what;
	struct table_place status, raw, ack, enable, enable_set, enable_clear, raise;
	struct table_place *cleared_by; /* of each source */
	uint64_t asserted; /* bits of levels */
	uint64_t active; /* bits that interrupt now */
	uint64_t race; /* bits that come right after the next read of the status */
};

/* What an engine does now. */
struct table_transfer {
	bool busy, to_host;
	uint64_t address, length, moved, sum;
};

struct table_card {
	struct card *card;
	const struct table *table;
	uint64_t **values; /* of each register */
	size_t **next_word;
	uint8_t **memories;
	struct table_line *lines;
	struct table_transfer *engines;
};

size_t table_elements(const struct table_array *arrays);
/* table_words() - accesses that one register takes */
unsigned int table_words(const struct table_register *what);
/* table_index() - which element is at that distance from the first; leaves the distance in it */
bool table_index(const struct table_array *arrays, uint64_t *distance, size_t *index);
/* table_place_of() - by name, such as CH[2].LEVEL */
struct table_place table_place_of(struct table_card *t, const char *name);

/* Interrupts: what they need, what an access does to them, and what is due then. */
bool lines_create(struct table_card *t);
void lines_destroy(struct table_card *t);
void lines_reset(struct table_card *t);
void lines_read(struct table_card *t, const struct table_place *place);
void lines_written(struct table_card *t, const struct table_place *place, uint64_t value);
void lines_update(struct table_card *t);

enum lines_how { LINES_RAISE, LINES_DROP, LINES_RACE };
/* lines_source() - false: there is no such source */
bool lines_source(struct table_card *t, const char *source, enum lines_how how);

/* Engines. */
bool engines_create(struct table_card *t);
void engines_destroy(struct table_card *t);
void engines_reset(struct table_card *t);
void engines_written(struct table_card *t, const struct table_place *place, uint64_t value);
bool engines_work(struct table_card *t); /* true: there is more */
bool engines_sum(struct table_card *t, const char *name, uint64_t *sum);

#endif
