/* SPDX-License-Identifier: MIT */
/* Programs that reached new code, and values that the kernel compared with. */
#ifndef FUZZ_CORPUS_H
#define FUZZ_CORPUS_H

#include <stdbool.h>
#include <stdint.h>

#include "program.h"

/* corpus_keep() - keep the first steps of a program */
void corpus_keep(const struct program *program, unsigned int num);
/* corpus_pick() - a copy of one, rather a young one; false while there is none */
bool corpus_pick(struct program *program);

void dictionary_add(uint64_t value);
uint64_t dictionary_pick(void);

#endif
