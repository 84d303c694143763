/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Calls that the ivshmem plugin understands. */
#ifndef IVSHMEM_MSG_H
#define IVSHMEM_MSG_H

#include <linux/types.h>

/* IVSHMEM_CALL_RING: in struct ivshmem_ring; rings a peer's doorbell. */
#define IVSHMEM_CALL_RING     1

/* IVSHMEM_CALL_POSITION: out __u32, our id among the peers. */
#define IVSHMEM_CALL_POSITION 2

/**
 * struct ivshmem_ring - argument of IVSHMEM_CALL_RING
 * @peer: id, below 65536; unknown ones are ignored by the device
 * @vector: below 65536
 */
struct ivshmem_ring {
	__u32 peer;
	__u32 vector;
};

#endif /* IVSHMEM_MSG_H */
