// SPDX-License-Identifier: GPL-2.0
/* The tracepoints themselves. */
#define CREATE_TRACE_POINTS
#include "trace.h"

DEFINE_STATIC_KEY_FALSE(kplug_trace_handlers);

int kplug_trace_handlers_begin(void)
{
	static_branch_inc(&kplug_trace_handlers);
	return 0;
}

void kplug_trace_handlers_end(void)
{
	static_branch_dec(&kplug_trace_handlers);
}
