// SPDX-License-Identifier: MIT
// Contents for tests of DMA.
#include "dma.h"

#include "harness.h"

uint8_t dma_byte(uint64_t place)
{
	return (uint8_t)(place * 0x9e3779b97f4a7c15 >> 56);
}

void dma_fill(void *to, size_t length, uint64_t seed)
{
	uint8_t *bytes = to;

	for (size_t i = 0; i < length; i++)
		bytes[i] = dma_byte(seed + i);
}

void dma_check(const void *from, size_t length, uint64_t seed)
{
	const uint8_t *bytes = from;
	size_t i = 0;

	/* An assertion costs much more than a byte. */
	while (i < length && bytes[i] == dma_byte(seed + i))
		i++;
	ck_assert_msg(i == length, "byte %zu", i);
}
