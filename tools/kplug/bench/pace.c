// SPDX-License-Identifier: MIT
/* kplug bench irq: intervals between interrupts, equal or random. */
#include "bench.h"

#define SEED 0x9e3779b97f4a7c15ull /* any but 0; fixed, so that runs are comparable */

void bench_pace_begin(struct bench_pace *pace, double rate, bool random)
{
	*pace = (struct bench_pace){
		.interval = (uint64_t)(1e9 / rate),
		.random = random,
		.state = SEED,
	};
}

/* xorshift64 */
static uint64_t random64(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

uint64_t bench_pace_next(struct bench_pace *pace)
{
	if (!pace->random)
		return pace->interval;
	return random64(&pace->state) % (2 * pace->interval + 1);
}
