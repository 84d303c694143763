/* SPDX-License-Identifier: MIT */
/* Loads a module while allocations fail. */
#ifndef FUZZ_LOAD_H
#define FUZZ_LOAD_H

/* load_failing() - the module in the file fails to load in many ways; 0, or 1 if it stays loaded */
int load_failing(const char *path, unsigned int tries);

#endif
