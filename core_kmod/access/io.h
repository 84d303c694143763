/* SPDX-License-Identifier: GPL-2.0 */
/* Accessors of registers that are not in memory, for the core and plugins. */
#ifndef KPLUG_ACCESS_IO_H
#define KPLUG_ACCESS_IO_H

#include <linux/compiler.h>
#include <linux/types.h>

u64 kplug_io_read_at(const void __iomem *at, unsigned int width);
void kplug_io_write_at(void __iomem *at, unsigned int width, u64 value);

#endif /* KPLUG_ACCESS_IO_H */
