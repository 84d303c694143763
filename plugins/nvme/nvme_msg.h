/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The transactions and calls of the nvme plugin. */
#ifndef NVME_MSG_H
#define NVME_MSG_H

#include <linux/types.h>

/* kplug_device_info.out_plugin_version; grows with every change that a program can notice. */
#define NVME_MSG_VERSION 1

/*
 * A transaction reads or writes consecutive blocks:
 *
 *	args[0] NVME_READ or NVME_WRITE
 *	args[1] number of the first block
 *	args[2] id of the namespace
 *	args[3] 0 or NVME_FUA
 *
 * Its length is a multiple of the block size. So is its max_chunk, if the program sets one.
 * The memory may start at any multiple of 4 bytes.
 *
 * Errors when it is started: EINVAL when these rules are broken, there is no such namespace,
 * the blocks are beyond its end, or the direction of the transaction is the opposite. EROFS
 * when the namespace is read-only. EPERM when a restricted client may not write, see the
 * module's parameter restricted_write.
 *
 * Errors at its end, from the controller: EINVAL and EROFS as above. EAGAIN when the
 * namespace is not ready or is being formatted. ENOSPC, EACCES. EREMOTEIO when the medium has
 * lost the data or does not have it. ESTALE when the namespace has changed since the
 * transaction was checked, so its block numbers may be wrong: call NVME_CALL_IDENTIFY and try
 * again. EIO in all other cases, including when the function is reset, goes to sleep or must
 * be reset.
 *
 * The plugin restarts a controller that fails, until it works or the device goes away.
 * Meanwhile transactions wait, except that those which time out or which their client ends
 * end at once. The timeout of a transaction affects no other: the plugin aborts its command,
 * or if necessary deletes its queue or restarts the controller, and sends the commands of
 * other transactions again.
 */
#define NVME_WRITE 1
#define NVME_READ  2

#define NVME_FUA 1 /* the transaction ends when the data is on the medium */

/*
 * NVME_CALL_IDENTIFY: out struct nvme_info. The plugin reads the namespaces again, which may
 * take 20 ms. If the controller does not answer within a second, the answer has the
 * namespaces of the previous scan. EINTR, ENODEV and ECANCELED as for NVME_CALL_FLUSH.
 */
#define NVME_CALL_IDENTIFY 1

/*
 * NVME_CALL_FLUSH: in __u32 namespace. When it returns, all data written before is on the
 * medium. At most four flushes run at a time; others wait for their turn. EINTR when the
 * program is killed. ENODEV when the device goes away. ECANCELED when the client closes or
 * detaches meanwhile. EIO when the function is reset. ETIMEDOUT after 30 s, including the
 * wait for a turn; the command may still be running then.
 */
#define NVME_CALL_FLUSH 2

#define NVME_MAX_NAMESPACES 16 /* the plugin shows the first ones only */

#define NVME_NAMESPACE_READ_ONLY (1u << 0)

/**
 * struct nvme_namespace - one namespace
 * @num_blocks: size in blocks
 * @block_size: in bytes
 * @id: for args[2] of a transaction
 * @flags: NVME_NAMESPACE_*
 * @__reserved: 0
 */
struct nvme_namespace {
	__u64 num_blocks;
	__u32 block_size;
	__u32 id;
	__u32 flags;
	__u32 __reserved;
};

#define NVME_VOLATILE_CACHE (1u << 0) /* written data needs a flush */

/**
 * struct nvme_info - answer of NVME_CALL_IDENTIFY
 * @serial: serial number; this and the next two are padded with blanks and have no NUL
 * @model: model of the controller
 * @firmware: revision of the firmware
 * @flags: NVME_VOLATILE_CACHE or 0
 * @num_queues: number of queues that interrupt
 * @num_polled_queues: number of queues for transactions with KPLUG_POLL_ALWAYS
 * @depth: transactions at a time, over all queues
 * @max_chunk: bytes that one command can transfer
 * @num_namespaces: number of @namespaces; those with metadata, or with blocks larger than
 *	4096 bytes, are left out
 * @namespaces: sorted by id
 */
struct nvme_info {
	char serial[20];
	char model[40];
	char firmware[8];
	__u32 flags;
	__u32 num_queues;
	__u32 num_polled_queues;
	__u32 depth;
	__u32 max_chunk;
	__u32 num_namespaces;
	__u32 __pad;
	struct nvme_namespace namespaces[NVME_MAX_NAMESPACES];
};

#endif /* NVME_MSG_H */
