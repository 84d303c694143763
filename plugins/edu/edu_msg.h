/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Calls that the edu plugin understands. */
#ifndef EDU_MSG_H
#define EDU_MSG_H

#include <linux/types.h>

/*
 * EDU_CALL_FACTORIAL: in __u32 n, out __u32 n! modulo 2^32. ETIMEDOUT when the
 * device does not finish, ENODEV when it goes away, EINTR on a signal.
 */
#define EDU_CALL_FACTORIAL 1

/* EDU_CALL_RAISE: in __u32 bits to raise the interrupt with; not 0, not all ones. */
#define EDU_CALL_RAISE     2

/*
 * EDU_CALL_COPY: in struct edu_copy. Runs two transactions, one to the device's
 * buffer and one from there; their ends are events as always.
 */
#define EDU_CALL_COPY      3

struct edu_copy {
	__u32 to_device;	/* ids */
	__u32 from_device;
	__u32 length;	/* in bytes, at most EDU_DMA_MAX */
	__u32 __pad;
};

/*
 * Transactions go one way, to the device's buffer or from it. kplug_execution.args:
 * [0] the first byte in the buffer, the same for each chunk of at most
 * EDU_DMA_MAX bytes, [1] to [3] 0. EBADFD when neither polled nor vector 0 armed
 * with the plugin.
 */
#define EDU_ARG_OFFSET 0

#endif /* EDU_MSG_H */
