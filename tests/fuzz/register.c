// SPDX-License-Identifier: MIT
// Registers that may be used without harm: they program no engine, and are no message table.
#include <uapi/kplug_abi.h>

#include "device.h"
#include "random.h"

#define EDU_DMA_FIRST 0x78
#define EDU_DMA_END   0xa0
#define TRIES         64

struct area {
	enum device_type type;
	uint32_t region;
	bool may_write;
	uint32_t widths; /* a mask */
	uint32_t offset, length;
};

static const struct area areas[] = {
	{ EDU, 0, true, 4, 0, EDU_DMA_FIRST },
	{ EDU, 0, false, 12, 0x1000, 0xff000 },
	{ TESTDEV, 0, true, 12, 0, 0x1000 },
	{ TESTDEV, 1, true, 7, 0, 0x100 },
	{ IVSHMEM, 0, true, 4, 0, 0x10 },
	{ IVSHMEM, 1, false, 12, 0, 0x1000 },
	{ IVSHMEM, 2, true, 12, 0, 0x100000 },
	{ NVME, 0, false, 12, 0, 0x40 },
	{ NIC, 0, false, 4, 0xd0, 4 },
	{ NIC, 0, false, 4, 0x400, 0x100 },
	{ NIC, 3, false, 12, 0, 0x1000 },
	{ SERIAL, 0, true, 7, 0, 8 },
	{ ISA, 0, true, 7, 0, 8 },
	{ PLATFORM, 0, true, 4, 0, EDU_DMA_FIRST },
};

bool register_is_dangerous(enum device_type type, uint32_t region, uint64_t offset)
{
	if (region)
		return region != KPLUG_CONFIG_REGION && (type == NIC || type == NVME);
	if (type == NVME || type == NIC)
		return true;
	return (type == EDU || type == PLATFORM) && offset + 8 > EDU_DMA_FIRST &&
	       offset < EDU_DMA_END;
}

static struct reg wild(enum device_type type)
{
	struct reg reg = {
		.region = mostly(9),
		.offset = odd_value(),
		.width = chance(70) ? 1u << below(4) : odd_value() & 0xff,
	};

	if (register_is_dangerous(type, reg.region, reg.offset)) {
		reg.region = 0;
		reg.offset = 0;
		reg.width = 4;
	}
	return reg;
}

static struct reg in_config_space(void)
{
	struct reg reg = { .region = KPLUG_CONFIG_REGION, .width = 1u << below(4) };
	uint32_t end = chance(50) ? 0x40 : chance(50) ? 256 : 4096;

	reg.offset = below(end) & -reg.width;
	reg.may_write = true;
	return reg;
}

static struct reg within(const struct area *area)
{
	struct reg reg = { .region = area->region, .may_write = area->may_write };
	uint32_t length = area->length > 64 && chance(60) ? 64 : area->length;

	do
		reg.width = 1u << below(4);
	while (!(reg.width & area->widths));
	reg.offset = area->offset + (below(length) & -reg.width);
	return reg;
}

struct reg register_pick(enum device_type type, bool write)
{
	if (chance(12))
		return wild(type);
	if (chance(25) && type < NULL_DEVICE)
		return in_config_space();
	for (int tries = 0; tries < TRIES; tries++) {
		const struct area *area = &pick(areas);

		if (area->type == type && (area->may_write || !write))
			return within(area);
	}
	return (struct reg){ .region = below(8), .width = 4 };
}
