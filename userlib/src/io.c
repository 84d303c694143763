// SPDX-License-Identifier: MIT
/* The accessors of handler.h for registers that are not mapped: the kernel accesses them. */
#include "private.h"

#include <errno.h>

/* As in the kernel, the accessors do not reach configuration space. */
static int reaches(const struct kplug_io *io, unsigned int region)
{
	return io->client && region != KPLUG_CONFIG_REGION;
}

/* A signal must not look like a device that is gone. */
static int access_register(struct kplug *k, struct kplug_access *access)
{
	int err;

	do
		err = kplug_ioctl(k, KPLUG_ACCESS, access);
	while (err == -EINTR);
	return err;
}

__u64 kplug_io_read_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width)
{
	struct kplug_access access = {
		.size = sizeof(access),
		.region = region,
		.width = width,
		.offset = offset,
	};

	if (!reaches(io, region) || access_register(io->client, &access))
		return ~(__u64)0;
	return access.out_value;
}

void kplug_io_write_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width, __u64 value)
{
	struct kplug_access access = {
		.size = sizeof(access),
		.flags = KPLUG_ACCESS_WRITE,
		.region = region,
		.width = width,
		.offset = offset,
		.value = value,
	};

	if (reaches(io, region))
		access_register(io->client, &access);
}

int kplug_io_read_block_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			     unsigned int width, void *buffer, __u32 count, unsigned int flags)
{
	if (!reaches(io, region))
		return kplug_failed(io->client, KPLUG_TRANSFER, -EINVAL);
	return kplug_transfer_read(io->client, region, offset, width, buffer, count,
				   flags & KPLUG_TRANSFER_FIFO);
}

int kplug_io_write_block_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			      unsigned int width, const void *buffer, __u32 count,
			      unsigned int flags)
{
	if (!reaches(io, region))
		return kplug_failed(io->client, KPLUG_TRANSFER, -EINVAL);
	return kplug_transfer_write(io->client, region, offset, width, buffer, count,
				    flags & KPLUG_TRANSFER_FIFO);
}
