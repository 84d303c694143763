// SPDX-License-Identifier: GPL-2.0
/* Registers: checked accesses, one at a time. */
#include <linux/module.h>

#include "core.h"

/* @at is checked and aligned; @width is 1, 2, 4 or 8 bytes. */
u64 kplug_region_read(const void __iomem *at, unsigned int width)
{
	switch (width) {
	case 1:
		return ioread8(at);
	case 2:
		return ioread16(at);
	case 4:
		return ioread32(at);
	default:
		return ioread64(at);
	}
}

void kplug_region_write(void __iomem *at, unsigned int width, u64 value)
{
	switch (width) {
	case 1:
		iowrite8(value, at);
		break;
	case 2:
		iowrite16(value, at);
		break;
	case 4:
		iowrite32(value, at);
		break;
	default:
		iowrite64(value, at);
	}
}

u64 kplug_io_read_rare(const struct kplug_io_region *r, u64 offset, unsigned int width)
{
	if (width == 8 || !kplug_io_inside(r->port_length, offset, width))
		return ~0ull;
	return kplug_region_read(r->base + offset, width);
}
EXPORT_SYMBOL_GPL(kplug_io_read_rare);

void kplug_io_write_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			 u64 value)
{
	if (width != 8 && kplug_io_inside(r->port_length, offset, width))
		kplug_region_write(r->base + offset, width, value);
}
EXPORT_SYMBOL_GPL(kplug_io_write_rare);

static bool ports_inside(const struct kplug_io_region *r, u64 offset, unsigned int width,
			 u32 count, unsigned int flags)
{
	return width != 8 && kplug_block_inside(r->port_length, offset, width, count, flags);
}

/* All from one port: the string instructions of the processor. */
static void read_fifo(void __iomem *port, unsigned int width, void *buffer, u32 count)
{
	if (width == 1)
		ioread8_rep(port, buffer, count);
	else if (width == 2)
		ioread16_rep(port, buffer, count);
	else
		ioread32_rep(port, buffer, count);
}

static void write_fifo(void __iomem *port, unsigned int width, const void *buffer, u32 count)
{
	if (width == 1)
		iowrite8_rep(port, buffer, count);
	else if (width == 2)
		iowrite16_rep(port, buffer, count);
	else
		iowrite32_rep(port, buffer, count);
}

int kplug_io_read_block_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			     void *buffer, u32 count, unsigned int flags)
{
	unsigned int step = flags & KPLUG_TRANSFER_FIFO ? count : 1;
	u32 i;

	if (!ports_inside(r, offset, width, count, flags))
		return -EINVAL;
	for (i = 0; i < count; i += step, offset += width, buffer += width)
		read_fifo(r->base + offset, width, buffer, step);
	return 0;
}
EXPORT_SYMBOL_GPL(kplug_io_read_block_rare);

int kplug_io_write_block_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			      const void *buffer, u32 count, unsigned int flags)
{
	unsigned int step = flags & KPLUG_TRANSFER_FIFO ? count : 1;
	u32 i;

	if (!ports_inside(r, offset, width, count, flags))
		return -EINVAL;
	for (i = 0; i < count; i += step, offset += width, buffer += width)
		write_fifo(r->base + offset, width, buffer, step);
	return 0;
}
EXPORT_SYMBOL_GPL(kplug_io_write_block_rare);

int kplug_region_access(struct kplug_opener *opener, struct kplug_access *access)
{
	struct kplug_transfer t = {
		.op = access->flags & KPLUG_ACCESS_WRITE ? KPLUG_TRANSFER_WRITE :
							   KPLUG_TRANSFER_READ,
		.region = min_t(u32, access->region, KPLUG_MAX_REGIONS),
		.width = min_t(u32, access->width, U8_MAX),
		.count = 1,
		.offset = access->offset,
		.value = access->value,
	};
	int err;

	if (access->flags & ~KPLUG_ACCESS_WRITE)
		return -EOPNOTSUPP;
	err = kplug_transfer_check(opener->dev, &t);
	if (!err)
		err = kplug_window_allows(opener, &t) ? kplug_transfer_single(opener->dev, &t) :
							-EPERM;
	access->out_value = t.out_value;
	return err;
}

void kplug_region_describe(struct kplug_opener *opener, struct kplug_region_info *info)
{
	const struct kplug_region *region = &opener->dev->region[info->index];

	info->out_flags = region->flags;
	if (!kplug_window_maps(opener, info->index))
		info->out_flags &= ~KPLUG_REGION_MMAP;
	info->out_length = region->length;
	info->out_mmap_offset = info->out_flags & KPLUG_REGION_MMAP ?
				(u64)info->index << KPLUG_MMAP_SHIFT : 0;
}
