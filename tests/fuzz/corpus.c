// SPDX-License-Identifier: MIT
// The corpus and the dictionary. Threads write them without a lock: a torn program is one more.
#include "corpus.h"

#include "random.h"
#include "state.h"

#define YOUNG 64

void corpus_keep(const struct program *program, unsigned int num)
{
	uint32_t at = state->num_corpus++;
	struct program kept = *program;

	kept.num = num;
	state->corpus[at < CORPUS_SIZE ? at : below(CORPUS_SIZE)] = kept;
}

bool corpus_pick(struct program *program)
{
	uint32_t num = state->num_corpus;

	if (!num)
		return false;
	if (num > CORPUS_SIZE)
		num = CORPUS_SIZE;
	*program = state->corpus[chance(30) && num > YOUNG ? num - 1 - below(YOUNG) : below(num)];
	return program->num && program->num <= MAX_STEPS;
}

/* Small numbers come anyway, and addresses of the kernel are different each time. */
void dictionary_add(uint64_t value)
{
	uint32_t num = state->num_dictionary;

	if (value < 16 || value > 0xffff800000000000ull || num == DICTIONARY)
		return;
	for (uint32_t i = 0; i < num; i++)
		if (state->dictionary[i] == value)
			return;
	state->dictionary[num] = value;
	state->num_dictionary = num + 1;
}

uint64_t dictionary_pick(void)
{
	uint32_t num = state->num_dictionary;

	return num ? state->dictionary[below(num)] : any();
}
