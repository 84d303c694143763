// SPDX-License-Identifier: GPL-2.0
/* Accessors of registers that are not in memory, for the core and plugins. */
#include <linux/io.h>
#include <linux/module.h>

#include <kplug/plugin.h>

#include "access/io.h"
#include "access/stray.h"

/* @at is checked and aligned; @width is 1, 2, 4 or 8 bytes. */
u64 kplug_io_read_at(const void __iomem *at, unsigned int width)
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

void kplug_io_write_at(void __iomem *at, unsigned int width, u64 value)
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
	if (width == 8 || !kplug_io_inside(r->port_length, offset, width)) {
		kplug_stray_report(r, offset, width, _RET_IP_);
		return ~0ull;
	}
	return kplug_io_read_at(r->base + offset, width);
}
EXPORT_SYMBOL_GPL(kplug_io_read_rare);

void kplug_io_write_rare(const struct kplug_io_region *r, u64 offset, unsigned int width, u64 value)
{
	if (width != 8 && kplug_io_inside(r->port_length, offset, width))
		kplug_io_write_at(r->base + offset, width, value);
	else
		kplug_stray_report(r, offset, width, _RET_IP_);
}
EXPORT_SYMBOL_GPL(kplug_io_write_rare);

static bool ports_inside(const struct kplug_io_region *r, u64 offset, unsigned int width, u32 count,
			 unsigned int flags)
{
	return width != 8 && kplug_block_inside(r->port_length, offset, width, count, flags);
}

/* Reads one port repeatedly with the CPU's string instructions. */
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
