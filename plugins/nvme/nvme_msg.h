/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What programs ask of the nvme plugin: transactions and calls. */
#ifndef NVME_MSG_H
#define NVME_MSG_H

#include <linux/types.h>

/*
 * A transaction reads or writes blocks that follow each other:
 *
 *	args[0] NVME_READ or NVME_WRITE
 *	args[1] the first block
 *	args[2] the namespace
 *	args[3] 0 or NVME_FUA
 *
 * Its length is a multiple of the block size, and so is a max_chunk of the
 * program's own. The memory may start at any multiple of 4 bytes.
 *
 * EINVAL: not so, no such namespace, beyond its end, or the other direction.
 * EROFS: the namespace cannot be written. EPERM: a restricted opener may not
 * write, see the module's parameter restricted_write.
 *
 * At the end, as the controller has it: EINVAL and EROFS as above, EAGAIN: not
 * ready; ENOSPC, EACCES; EREMOTEIO: the medium has lost or does not hold the
 * data; EIO: all else, and when the controller had to be reset.
 */
#define NVME_WRITE 1
#define NVME_READ  2

#define NVME_FUA   1	/* not done before it is on the medium */

/* NVME_CALL_IDENTIFY: out struct nvme_info */
#define NVME_CALL_IDENTIFY 1

/*
 * NVME_CALL_FLUSH: in __u32 namespace. What was written before is on the medium
 * when it returns. EINTR when the program is killed, ENODEV when the device goes
 * away, EIO when it is reset, ETIMEDOUT after 30 s.
 */
#define NVME_CALL_FLUSH    2

#define NVME_MAX_NAMESPACES 16	/* that are seen, the first ones */

#define NVME_NAMESPACE_READ_ONLY (1u << 0)

/**
 * struct nvme_namespace - one namespace
 * @num_blocks: its size
 * @block_size: in bytes
 * @id: for args[2]
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

#define NVME_VOLATILE_CACHE (1u << 0)	/* what is written needs a flush */

/**
 * struct nvme_info - answer of NVME_CALL_IDENTIFY
 * @serial: padded with blanks, as are the next two; none ends with a NUL
 * @model: of the controller
 * @firmware: its revision
 * @flags: NVME_VOLATILE_CACHE
 * @num_queues: that interrupt
 * @num_polled_queues: for transactions with KPLUG_POLL_ALWAYS
 * @depth: transactions at a time, over all queues
 * @max_chunk: bytes that one command transfers
 * @num_namespaces: how many follow; those with metadata are left out
 * @namespaces: in the order of their ids
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
	struct nvme_namespace namespaces[NVME_MAX_NAMESPACES];
};

#endif /* NVME_MSG_H */
