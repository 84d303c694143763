/* SPDX-License-Identifier: MIT */
/* What files of plugins take from the kernel, beside the shims of the core. */
#ifndef SHIM_PLUGIN_MODULE_H
#define SHIM_PLUGIN_MODULE_H

#include <errno.h>
#include <linux/align.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <string.h>

typedef u64 dma_addr_t;

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define round_up(value, multiple) ((((value)-1) | ((__typeof__(value))(multiple)-1)) + 1)

#define lower_32_bits(value) ((u32)(value))
#define upper_32_bits(value) ((u32)((value) >> 32))
/* The host of the tests is little-endian, as are the models. */
#define cpu_to_le32(value) ((__le32)(value))
#define cpu_to_le64(value) ((__le64)(value))
#define le32_to_cpu(value) ((u32)(value))

#define U32_MAX (~0u)

#define raw_spin_lock_irqsave(lock, flags) \
	do {                               \
		(flags) = 0;               \
		raw_spin_lock(lock);       \
	} while (0)
#define raw_spin_unlock_irqrestore(lock, flags) \
	do {                                    \
		(void)(flags);                  \
		raw_spin_unlock(lock);          \
	} while (0)
#define raw_spin_lock_irq(lock)   raw_spin_lock(lock)
#define raw_spin_unlock_irq(lock) raw_spin_unlock(lock)

/* usleep_range() - the device works meanwhile */
void usleep_range(unsigned long least, unsigned long most);

static inline void udelay(unsigned long us)
{
	(void)us;
}

#endif
