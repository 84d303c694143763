/* SPDX-License-Identifier: MIT */
#ifndef SHIM_PLUGIN_IOPOLL_H
#define SHIM_PLUGIN_IOPOLL_H

#include <linux/module.h>

/* It looks as often as the kernel does at least. */
#define read_poll_timeout(read, value, condition, sleep_us, timeout_us, sleep_first, ...) \
	({                                                                                \
		unsigned int left_ = (timeout_us) / (sleep_us);                           \
                                                                                          \
		(void)(sleep_first);                                                      \
		while ((value) = read(__VA_ARGS__), !(condition) && left_--)              \
			usleep_range(sleep_us, sleep_us);                                 \
		(condition) ? 0 : -ETIMEDOUT;                                             \
	})

#endif
