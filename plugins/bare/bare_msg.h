/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What a program reads from /dev/kplug_bare. */
#ifndef BARE_MSG_H
#define BARE_MSG_H

#include <linux/types.h>

/**
 * struct bare_interrupt - the last interrupt
 * @handled: interrupts handled since the device was bound
 * @entry: monotonic ns at the entry of the handler
 * @acked: monotonic ns after the acknowledge
 *
 * read() waits until @handled is more than in the last one that this file has read.
 */
struct bare_interrupt {
	__u64 handled;
	__u64 entry;
	__u64 acked;
};

#endif /* BARE_MSG_H */
