/* SPDX-License-Identifier: MIT */
/* A guest for tests of models: its memory, and one card. */
#ifndef UNIT_FAKE_GUEST_H
#define UNIT_FAKE_GUEST_H

#include <stdint.h>

#include "card.h"

#define OK(call) ck_assert_int_eq(call, 0)

#define GUEST       0x100000u /* where its memory begins on the bus */
#define GUEST_BYTES (1u << 20)

extern struct card card;
extern uint8_t *guest; /* its memory */

/* guest_begin() - with a card of this model, which may be a bus master */
void guest_begin(const char *model);
/* guest_end() - fails when the model has complained */
void guest_end(void);
/* guest_also_at() - the same memory once more on the bus */
void guest_also_at(uint64_t address);

/* Registers, of 32 bits and of 8. */
void guest_put(unsigned int region, uint64_t at, uint32_t value);
uint32_t guest_get(unsigned int region, uint64_t at);
void guest_put8(unsigned int region, uint64_t at, uint8_t value);
uint8_t guest_get8(unsigned int region, uint64_t at);

/* guest_works() - until the card has nothing to do */
void guest_works(void);

/* Data that differ from their neighbours; `from`: the place of the first byte. */
uint8_t guest_pattern(uint32_t place);
void guest_fill(uint32_t at, uint32_t length);
void guest_check(uint32_t at, uint32_t from, uint32_t length);

#endif
