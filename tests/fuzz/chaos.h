/* SPDX-License-Identifier: MIT */
/* What an administrator, the machine and the bus do while programs run. */
#ifndef FUZZ_CHAOS_H
#define FUZZ_CHAOS_H

#include <stdbool.h>
#include <stdint.h>

/* chaos_prepare() - what works only before programs have devices: once for each guest */
void chaos_prepare(void);
/* chaos_run() - one upheaval after the other until the fuzzer stops; does not return */
_Noreturn void chaos_run(uint64_t seed);
/* chaos_name() - what the upheaval with this number is called; NULL: there is none */
const char *chaos_name(unsigned int number);

/* chaos_without() - leaves out the upheavals with this name, or "reset" and such; false: none */
bool chaos_without(const char *name);

/* Helpers of the upheavals. */
void prepare_modules(void);
void nap(unsigned int milliseconds);
/* host_request() - asks the agent on the host (tests/vm/agent.py); true when it answered ok */
bool host_request(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
