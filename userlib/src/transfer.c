// SPDX-License-Identifier: MIT
/* Lists of register accesses that the kernel runs now or when the program ends. */
#include "private.h"

#include <errno.h>

int kplug_transfer(struct kplug *k, struct kplug_transfer *transfers, unsigned int num,
		   unsigned int *done)
{
	struct kplug_transfers list = {
		.size = sizeof(list),
		.transfers = (uintptr_t)transfers,
		.num_transfers = num,
		.stride = sizeof(*transfers),
	};
	int err = kplug_ioctl(k, KPLUG_TRANSFER, &list);

	if (done)
		*done = list.out_done;
	return err;
}

/*
 * Refuses a NULL buffer, which would mean a single access, and values that the fields of 8
 * bits would truncate.
 */
static int transfer_block(struct kplug *k, enum kplug_transfer_op op, unsigned int region,
			  uint64_t offset, unsigned int width, const void *buffer, uint32_t count,
			  unsigned int flags)
{
	struct kplug_transfer block = {
		.op = (uint8_t)op,
		.region = (uint8_t)region,
		.width = (uint8_t)width,
		.flags = (uint8_t)flags,
		.count = count,
		.offset = offset,
		.buffer = (uintptr_t)buffer,
	};

	if (region > UINT8_MAX || width > UINT8_MAX || flags > UINT8_MAX)
		return kplug_failed(k, KPLUG_TRANSFER, -EINVAL);
	if (!buffer)
		return kplug_failed(k, KPLUG_TRANSFER, -EFAULT);
	return kplug_transfer(k, &block, 1, NULL);
}

int kplug_transfer_read(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
			void *buffer, uint32_t count, unsigned int flags)
{
	return transfer_block(k, KPLUG_TRANSFER_READ, region, offset, width, buffer, count, flags);
}

int kplug_transfer_write(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
			 const void *buffer, uint32_t count, unsigned int flags)
{
	return transfer_block(k, KPLUG_TRANSFER_WRITE, region, offset, width, buffer, count, flags);
}

int kplug_set_cleanup(struct kplug *k, const struct kplug_transfer *writes, unsigned int num)
{
	struct kplug_cleanup list = {
		.size = sizeof(list),
		.writes = (uintptr_t)writes,
		.num_writes = num,
		.stride = sizeof(*writes),
	};

	return kplug_ioctl(k, KPLUG_CLEANUP, &list);
}
