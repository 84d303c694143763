/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The calls of the ivshmem plugin. */
#ifndef IVSHMEM_MSG_H
#define IVSHMEM_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define IVSHMEM_MSG_VERSION 1

/* IVSHMEM_CALL_RING: in struct ivshmem_ring; rings a peer's doorbell. */
#define IVSHMEM_CALL_RING 1

/* IVSHMEM_CALL_POSITION: out __u32, this device's id among the peers. */
#define IVSHMEM_CALL_POSITION 2

/**
 * struct ivshmem_ring - argument of IVSHMEM_CALL_RING
 * @peer: id, below 65536; the device ignores unknown ids
 * @vector: below 65536
 */
struct ivshmem_ring {
	__u32 peer;
	__u32 vector;
};

#endif /* IVSHMEM_MSG_H */
