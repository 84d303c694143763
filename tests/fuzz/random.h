/* SPDX-License-Identifier: MIT */
/* The numbers that a seed stands for; each thread has its own. */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE              4096ul

void random_seed(uint64_t seed);
uint64_t any(void);
/* below() - a number from 0 on; 0 for a limit of 0 */
uint32_t below(uint32_t limit);
bool chance(unsigned int percent);
/* pick() - an element of an array */
#define pick(array) ((array)[below(ARRAY_SIZE(array))])

/* odd_value() - a number at which programs tend to be wrong, or one that the kernel compared */
uint64_t odd_value(void);
/* mostly() - a small number, or at times an odd one */
uint64_t mostly(uint32_t limit);

#endif
