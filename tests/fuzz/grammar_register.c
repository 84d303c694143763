// SPDX-License-Identifier: MIT
// The grammar of register accesses.
#include "command.h"
#include "list.h"
#include "random.h"
#include "transfer.h"

#define LONG_LIST 400

void fill_access(enum device_type type, union argument *a)
{
	struct reg reg = register_pick(type, chance(50));
	uint64_t value = odd_value();

	a->access.region = reg.region;
	a->access.width = reg.width;
	a->access.offset = reg.offset;
	if (!reg.may_write || chance(50))
		return;
	a->access.flags = KPLUG_ACCESS_WRITE;
	if (reg.width < 8 && chance(95))
		value &= (1ull << 8 * reg.width) - 1;
	a->access.value = value;
}

static uint32_t make_list(enum device_type type, struct kplug_transfer *list, uint32_t num,
			  bool single_writes)
{
	for (uint32_t i = 0; i < num; i++)
		list[i] = i && chance(50) ? list[i - 1] : transfer_make(type, single_writes);
	return num;
}

void fill_transfer(enum device_type type, union argument *a)
{
	static __thread struct kplug_transfer list[LONG_LIST];
	uint32_t num = make_list(type, list, chance(90) ? 1 + below(8) : below(LONG_LIST), false);

	a->transfer.num_transfers = list_length(num);
	a->transfer.transfers = list_place(type, list, num, sizeof(list[0]), &a->transfer.stride);
}

void fill_cleanup(enum device_type type, union argument *a)
{
	static __thread struct kplug_transfer list[KPLUG_MAX_CLEANUP + 6];
	uint32_t num = chance(90) ? 1 + below(8) : below(ARRAY_SIZE(list));

	make_list(type, list, num, true);
	a->cleanup.num_writes = list_length(num);
	a->cleanup.writes = list_place(type, list, num, sizeof(list[0]), &a->cleanup.stride);
}
