// SPDX-License-Identifier: MIT
/* A script on a device of kplug. */
#include "script.h"

static int read_register(void *device, struct reg *reg)
{
	return kplug_access_read(device, reg->region, reg->offset, reg->width, &reg->value);
}

static int write_register(void *device, const struct reg *reg)
{
	return kplug_access_write(device, reg->region, reg->offset, reg->width, reg->value);
}

struct script_target script_on_kplug(struct kplug *k)
{
	return (struct script_target){
		.device = k,
		.read = read_register,
		.write = write_register,
	};
}
