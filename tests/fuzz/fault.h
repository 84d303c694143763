/* SPDX-License-Identifier: MIT */
/* Allocations and copies of this thread that the kernel makes fail. */
#ifndef FUZZ_FAULT_H
#define FUZZ_FAULT_H

#include <stdbool.h>

/* fault_set() - the nth from now on fails; 0: none */
void fault_set(unsigned int nth);
/* fault_left() - what fault_set() was given, less the allocations and copies since */
unsigned int fault_left(void);
/* fault_any() - sometimes a number for fault_set(), else 0 */
unsigned int fault_any(unsigned int percent, unsigned int last);

extern bool inject_faults; /* else fault_any() is always 0 */

#endif
