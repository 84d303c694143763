/* SPDX-License-Identifier: MIT */
/* A program is a list of steps; a step is an operation, a descriptor, and a seed for the rest. */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_STEPS 8

struct step {
	uint8_t op;
	uint8_t slot;
	uint32_t seed;
};

struct program {
	unsigned int num;
	struct step steps[MAX_STEPS];
};

/* program_make() - a new one, or a variation of one that reached new code */
void program_make(struct program *program);
void program_run(const struct program *program);
/* program_replay() - the steps OP:SLOT:SEED, alone, each with its result; 0, or 1 after a typo */
int program_replay(char **steps);

#endif
