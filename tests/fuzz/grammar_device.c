// SPDX-License-Identifier: MIT
// The grammar of commands about the device and the client.
#include "command.h"
#include "list.h"
#include "memory.h"
#include "random.h"

void fill_device_info(enum device_type type, union argument *a)
{
	(void)type;
	(void)a;
}

void fill_region_info(enum device_type type, union argument *a)
{
	a->region_info.index = mostly(9);
	if (chance(50))
		return;
	a->region_info.num_ranges = mostly(5);
	a->region_info.stride = list_stride(sizeof(struct kplug_map_range));
	a->region_info.ranges = memory_place(type, NULL, PAGE);
}

void fill_features(enum device_type type, union argument *a)
{
	(void)type;
	a->features.command = chance(80) ? _IO(KPLUG_IOCTL_TYPE, 0x40 + below(0x24)) : odd_value();
}

void fill_restrict_trust(enum device_type type, union argument *a)
{
	(void)type;
	(void)a;
}

void fill_reset(enum device_type type, union argument *a)
{
	(void)type;
	(void)a;
}

void fill_caching(enum device_type type, union argument *a)
{
	(void)type;
	a->caching.region = mostly(4);
	a->caching.caching = mostly(2);
}
