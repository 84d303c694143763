// SPDX-License-Identifier: MIT
/* Messages to the plugin. */
#include "private.h"

#include <errno.h>
#include <stdint.h>

int kplug_call(struct kplug *k, unsigned int cmd, const void *in, size_t in_len, void *out,
	       size_t out_len)
{
	struct kplug_call call = {
		.size = sizeof(call),
		.cmd = cmd,
		.in = (uintptr_t)in,
		.out = (uintptr_t)out,
		.in_len = (uint32_t)in_len,
		.out_len = (uint32_t)out_len,
	};

	/* A length that does not fit its field must not be truncated to a valid one. */
	if (in_len > KPLUG_MAX_MESSAGE || out_len > KPLUG_MAX_MESSAGE)
		return kplug_failed(k, KPLUG_CALL, -E2BIG);
	return kplug_ioctl(k, KPLUG_CALL, &call);
}
