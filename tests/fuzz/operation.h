/* SPDX-License-Identifier: MIT */
/* What a step may do: a command of commands.def, or anything else with a descriptor. */
#ifndef FUZZ_OPERATION_H
#define FUZZ_OPERATION_H

#include <stdint.h>

#include "program.h"

/* operation_set_up() - once, before any other */
void operation_set_up(void);
unsigned int operation_count(void);
const char *operation_name(unsigned int op);
/* operation_find() - its number; operation_count() when there is none with this name */
unsigned int operation_find(const char *name);
/* operation_share() - the percentage of the time that it may have */
unsigned int operation_share(unsigned int op);
/* operation_run() - the result, or -errno */
long operation_run(unsigned int op, unsigned int slot);
/* step_make() - a step with an operation that is often worth it */
struct step step_make(void);

#endif
