/* SPDX-License-Identifier: MIT */
/* The interface of bare_edu, the driver without kplug. */
#ifndef BARE_EDU_H
#define BARE_EDU_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The device file is /dev/bare_edu. It maps one page of stamps, then BAR 0. */
#define BARE_EDU_STAMPS 0
#define BARE_EDU_BAR    4096

/**
 * struct bare_edu_stamps - time stamps of the last interrupt
 * @handled: interrupts handled since the mode was set
 * @entry: clock at the entry of the handler
 * @acked: clock after the acknowledge
 * @deferred: clock at the entry of the deferred handler
 */
struct bare_edu_stamps {
	__u64 handled;
	__u64 entry;
	__u64 acked;
	__u64 deferred;
};

/* Argument of BARE_EDU_MODE; with 0 the handler only acknowledges. */
#define BARE_EDU_NS     (1u << 0) /* stamps in monotonic ns */
#define BARE_EDU_TSC    (1u << 1) /* or in cycles of the time stamp counter */
#define BARE_EDU_DEFER  (1u << 2) /* schedule a tasklet */
#define BARE_EDU_NOTIFY (1u << 3) /* wake read(), from the tasklet if there is one */

#define BARE_EDU_ECHO_BYTES 64

#define BARE_EDU_MODE  _IO('b', 1)
#define BARE_EDU_EMPTY _IO('b', 2)
#define BARE_EDU_ECHO  _IO('b', 3) /* copies the argument in and out again */

#endif /* BARE_EDU_H */
