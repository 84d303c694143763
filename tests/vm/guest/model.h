/* SPDX-License-Identifier: MIT */
/* The card that a process on the host models (tests/models, tests/vm/run --model). */
#ifndef KPLUG_TEST_MODEL_H
#define KPLUG_TEST_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/* model_is() - has this machine that card? */
bool model_is(const char *name);
/* model_needed() - skips the test on a machine without this card */
void model_needed(const char *name);

/*
 * model_complaints() - what the model says about its driver since the last call; "" for nothing.
 * After each test the harness asks, and an answer fails the test. Overwritten by the next call.
 */
const char *model_complaints(void);

/* model_count() - a counter of the model */
uint64_t model_count(const char *name);

/* model_fault() - the card has a fault (tests/models/fault.c), which happens `count` times */
void model_fault(const char *name, unsigned int count);
/* model_fault_after() - not before it could have happened `before` times */
void model_fault_after(const char *name, unsigned int count, unsigned int before);

#endif
