/* SPDX-License-Identifier: MIT */
/*
 * A card whose registers are a table, as a register map describes them: what reads and writes do,
 * and interrupts that a test raises. A program has the table, the library and model_find().
 */
#ifndef MODEL_TABLE_H
#define MODEL_TABLE_H

#include <stddef.h>

#include "model.h"

#define TABLE_ARRAYS 4

struct table_array {
	unsigned int count; /* 0: there are no more */
	uint64_t stride;
};

struct table_register {
	const char *name; /* its path; an array is NAME[] */
	unsigned int bar;
	uint64_t at;
	unsigned int bits, word; /* of the register, and of one access */
	uint64_t step; /* from one word to the next, in bytes */
	bool high_first; /* the word at the lowest address has the highest bits */
	struct table_array arrays[TABLE_ARRAYS]; /* the outermost first */
	uint64_t reset;
	/* Bits that can be read; that keep what is written; and that a write changes otherwise. */
	uint64_t readable, stored;
	uint64_t one_clears, one_sets, one_toggles;
	uint64_t zero_clears, zero_sets, zero_toggles;
	uint64_t write_clears, write_sets;
	uint64_t once; /* keep what is written first */
	uint64_t read_clears, read_sets;
	bool acts, read_acts; /* a write or a read has an effect besides these */
};

struct table_memory {
	const char *name;
	unsigned int bar;
	uint64_t at, bytes;
	struct table_array arrays[TABLE_ARRAYS];
};

struct table_source {
	const char *name;
	uint64_t bits; /* in the status */
	bool level; /* it stays until it is served */
	const char *cleared_by; /* register that serves it, or NULL */
};

enum table_ack {
	TABLE_ACK_WRITE_BACK, /* the written ones clear */
	TABLE_ACK_WRITE_INVERSE, /* the written zeroes clear */
	TABLE_ACK_READ, /* a read of the status clears */
	TABLE_ACK_WRITE_ALL, /* any write clears all */
	TABLE_ACK_SOURCES, /* each source has its own register */
	TABLE_ACK_NONE, /* the message is all */
};

/* A state of the card: bits of a register have a value. at: NULL for none. */
struct table_state {
	const char *at;
	uint64_t mask, value;
};

/* Names of registers are NULL where the card has none for it. */
struct table_interrupt {
	const char *name;
	unsigned int vector;
	enum table_ack ack;
	const char *status, *raw, *ack_at;
	const char *enable, *enable_set, *enable_clear;
	bool enable_zero; /* a zero enables */
	struct table_state global; /* no interrupt without it */
	const char *raise_at;
	bool raise_toggles;
	const struct table_source *sources;
	size_t num_sources;
};

/*
 * An engine that moves one block between the card and the host. What it writes to the host is
 * table_pattern().
 */
struct table_engine {
	const char *name;
	bool to_host; /* the direction */
	struct table_state to_host_when; /* where a register decides */
	const char *host,
		*host_high; /* the address; its upper 32 bits in a register of their own */
	const char *length;
	uint64_t unit; /* bytes that 1 in the length stands for */
	bool minus_one; /* 0 stands for one unit */
	uint64_t max, align; /* 0: any */
	struct table_state start; /* a write that starts it */
	struct table_state idle, error;
	const char *done; /* INTERRUPT.SOURCE */
};

struct table {
	const struct table_register *registers;
	size_t num_registers;
	const struct table_memory *memories;
	size_t num_memories;
	const struct table_interrupt *interrupts;
	size_t num_interrupts;
	const struct table_engine *engines;
	size_t num_engines;
	struct table_state reset; /* writing it resets the card */
	/* written() - what else the card does after a write; may be NULL */
	void (*written)(struct card *card, const char *name, uint64_t value);
};

/* For the functions of a struct model, whose .table is set. */
void *table_create(struct card *card);
void table_destroy(void *state);
void table_reset(void *state);
bool table_read(void *state, unsigned int bar, uint64_t at, unsigned int width, uint64_t *value);
bool table_write(void *state, unsigned int bar, uint64_t at, unsigned int width, uint64_t value);
bool table_work(void *state);

/*
 * table_answer() - answers a test:
 *
 *   get REGISTER, set REGISTER VALUE   a value, past all effects: CH[2].LEVEL
 *   raise SOURCE, drop SOURCE          an interrupt: INTERRUPT.SOURCE
 *   race SOURCE                        it comes right after the next read of the status
 *   spurious VECTOR                    a message without a reason
 *   sum ENGINE                         of the bytes that it read from the host last
 *   reset                              as after power-on
 */
void table_answer(void *state, const char *request, char *answer, size_t size);

/* table_pattern() - byte @at of a block that an engine writes */
static inline uint8_t table_pattern(uint64_t at)
{
	return (uint8_t)((uint32_t)at * 2654435761u >> 24);
}

/* For written(): false where there is no such register. */
bool table_get(struct card *card, const char *name, uint64_t *value);
bool table_set(struct card *card, const char *name, uint64_t value);
bool table_raise(struct card *card, const char *source);

#define TABLE_MODEL                                                             \
	.create = table_create, .destroy = table_destroy, .reset = table_reset, \
	.read = table_read, .write = table_write, .work = table_work, .answer = table_answer

#endif
