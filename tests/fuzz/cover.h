/* SPDX-License-Identifier: MIT */
/* Which code of the modules the calls of this thread reach, by the kernel's KCOV. */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include <stdbool.h>

/* cover_module() - notes where kplug.ko is loaded; before the threads start */
void cover_module(void);
void cover_open(void);
/* cover_start() - `comparisons`: collect what the kernel compares instead of where it goes */
void cover_start(bool comparisons);
void cover_reset(void);
/* cover_look() - whether the calls since cover_reset() reached new code */
bool cover_look(void);
void cover_stop(void);

#endif
