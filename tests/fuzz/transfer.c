// SPDX-License-Identifier: MIT
// Register accesses as elements of a list.
#include "transfer.h"

#include <string.h>

#include "memory.h"
#include "random.h"

#define BLOCK 64 /* registers */

static uint64_t fitting_value(uint32_t width)
{
	uint64_t value = odd_value();

	return width < 8 ? value & ((1ull << 8 * width) - 1) : value;
}

static uint8_t operation(bool write)
{
	if (write)
		return KPLUG_TRANSFER_WRITE;
	return chance(97) ? KPLUG_TRANSFER_READ : chance(50) ? 0 : 3 + below(3);
}

static void make_block_read(enum device_type type, struct kplug_transfer *transfer)
{
	transfer->count = chance(70) ? 1 + below(BLOCK) : chance(80) ? below(3000) : odd_value();
	transfer->flags ^= below(2);
	transfer->value = 0;
	transfer->buffer = memory_place(type, NULL, PAGE);
}

/* To one register, since those behind it may be dangerous. */
static void make_block_write(enum device_type type, struct kplug_transfer *transfer)
{
	uint64_t data[BLOCK];

	memset(data, any(), sizeof(data));
	transfer->flags = KPLUG_TRANSFER_FIFO;
	transfer->count = 1 + below(BLOCK);
	transfer->value = 0;
	transfer->buffer = memory_place(type, data, sizeof(data));
}

struct kplug_transfer transfer_make(enum device_type type, bool single_write)
{
	struct reg reg = register_pick(type, single_write || chance(40));
	bool write = reg.may_write && (single_write || chance(40));
	struct kplug_transfer transfer = {
		.op = operation(write),
		.region = reg.region > 255 ? 255 : reg.region,
		.width = reg.width,
		.offset = reg.offset,
		.count = 1,
		.flags = chance(98) ? 0 : odd_value(),
	};

	if (write || chance(3))
		transfer.value = chance(97) ? fitting_value(reg.width) : odd_value();
	if (single_write)
		return transfer;
	if (transfer.op == KPLUG_TRANSFER_READ && chance(25))
		make_block_read(type, &transfer);
	else if (write && reg.region != KPLUG_CONFIG_REGION && chance(30))
		make_block_write(type, &transfer);
	/* All zeros but the offset: no element at all. */
	if (chance(2))
		transfer = (struct kplug_transfer){ .offset = below(64) };
	return transfer;
}
