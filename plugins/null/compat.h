/* SPDX-License-Identifier: GPL-2.0 */
/* All differences between kernel versions, and nothing else. */
#ifndef NULL_COMPAT_H
#define NULL_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/version.h>

/* Linux 6.13 merged the two steps into one function. */
static inline void null_compat_timer_setup(struct hrtimer *timer,
					   enum hrtimer_restart (*function)(struct hrtimer *))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer->function = function;
#else
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#endif
}

#endif /* NULL_COMPAT_H */
