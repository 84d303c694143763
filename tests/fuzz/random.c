// SPDX-License-Identifier: MIT
// The numbers that a seed stands for: xorshift64*.
#include "random.h"

#include "corpus.h"

static __thread uint64_t state = 1;

uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dull >> 16;
}

void random_seed(uint64_t seed)
{
	state = (seed + 1) * 0x9e3779b97f4a7c15ull;
	if (!state)
		state = 1;
	any();
	any();
}

uint32_t below(uint32_t limit)
{
	return limit ? any() % limit : 0;
}

bool chance(unsigned int percent)
{
	return below(100) < percent;
}

uint64_t odd_value(void)
{
	switch (below(10)) {
	case 0:
		return 0;
	case 1:
		return below(8);
	case 2:
		return below(300);
	case 3:
		return ~0ull >> below(64);
	case 4:
		return 1ull << below(64);
	case 5:
		return (1ull << below(64)) + below(3) - 1;
	case 6:
		return below(64) * PAGE + (chance(20) ? below(PAGE) : 0);
	case 7:
		return any() << 16 ^ any();
	default:
		return dictionary_pick();
	}
}

uint64_t mostly(uint32_t limit)
{
	return chance(90) ? below(limit) : odd_value();
}
