// SPDX-License-Identifier: MIT
// Arrays that an argument points to.
#include "list.h"

#include <string.h>

#include "memory.h"
#include "random.h"

uint32_t list_stride(uint32_t size)
{
	if (chance(92))
		return size;
	return chance(60) ? size + 8 * below(4) : chance(50) ? 8 * below(8) : odd_value();
}

uint32_t list_length(uint32_t num)
{
	return chance(97) ? num : odd_value();
}

uint64_t list_place(enum device_type type, const void *elements, uint32_t num, uint32_t size,
		    uint32_t *stride)
{
	static __thread char spread[MAX_LIST];
	uint32_t copied, wanted = list_stride(size);

	*stride = wanted;
	if (wanted < 8 || wanted > 4 * size || (uint64_t)num * wanted > MAX_LIST)
		wanted = size;
	if ((uint64_t)num * wanted > MAX_LIST)
		return 0;
	memset(spread, 0, num * wanted);
	copied = wanted < size ? wanted : size;
	for (uint32_t i = 0; i < num; i++)
		memcpy(spread + i * wanted, (const char *)elements + i * size, copied);
	if (chance(3) && num && wanted > size)
		spread[num * wanted - 1] = 1;
	return memory_place(type, spread, num * wanted);
}
