/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The calls and transactions of the edu plugin. */
#ifndef EDU_MSG_H
#define EDU_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define EDU_MSG_VERSION 1

/*
 * EDU_CALL_FACTORIAL: in __u32 n, out __u32 n! modulo 2^32. ETIMEDOUT when the device does
 * not finish, ENODEV when it goes away, EAGAIN while it is in a reset or frozen, EINTR after a
 * signal.
 */
#define EDU_CALL_FACTORIAL 1

/* EDU_CALL_RAISE: in __u32 status bits with which to raise the interrupt; not 0 or all ones. */
#define EDU_CALL_RAISE 2

/*
 * EDU_CALL_COPY: in struct edu_copy. Starts two transactions, one to the device's buffer and
 * one from it. Each posts its event at the end, as always.
 */
#define EDU_CALL_COPY 3

struct edu_copy {
	__u32 to_device; /* id of the transaction to the device */
	__u32 from_device; /* id of the transaction from the device */
	__u32 length; /* in bytes, at most EDU_DMA_MAX */
	__u32 __pad;
};

/*
 * A transaction goes one way, to the device's buffer or from it. Of
 * kplug_dma_execution.args, args[EDU_ARG_OFFSET] is the offset in that buffer; every chunk,
 * of at most EDU_DMA_MAX bytes, starts there. The other args are 0. ENOTCONN when the
 * transaction is not polled and vector 0 is not armed with the plugin.
 */
#define EDU_ARG_OFFSET 0

#endif /* EDU_MSG_H */
