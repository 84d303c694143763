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

#endif /* EDU_MSG_H */
