/* SPDX-License-Identifier: MIT */
/* What a generated plugin takes from the kernel, for a process in which it runs alone. */
#ifndef SHIM_NEW_MODULE_H
#define SHIM_NEW_MODULE_H

#include <errno.h>
#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

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

/* usleep_range() - the device has done it meanwhile */
void usleep_range(unsigned long least, unsigned long most);

typedef u64 dma_addr_t;

struct mutex {
	int held;
};

#define mutex_init(lock)   ((lock)->held = 0)
#define mutex_lock(lock)   ((lock)->held++)
#define mutex_unlock(lock) ((lock)->held--)

#define GFP_KERNEL           0
#define kzalloc(size, flags) calloc(1, size)
#define kfree(memory)        free(memory)

#define BIT(number) (1ul << (number))
#define fsleep(us)  usleep_range(us, us)

struct pci_device_id {
	u32 vendor, device;
};

#define PCI_DEVICE(vendor_, device_) .vendor = (vendor_), .device = (device_)

struct module;

#define THIS_MODULE NULL
#define __init
#define __exit
#define MODULE_ALIAS(name)            struct module
#define MODULE_DEVICE_TABLE(bus, ids) struct module
#define MODULE_DESCRIPTION(text)      struct module
#define MODULE_LICENSE(text)          struct module
#define module_init(function)         int (*const host_init)(void) = (function)
#define module_exit(function)         void (*const host_exit)(void) = (function)

extern int (*const host_init)(void);
extern void (*const host_exit)(void);

#endif
