// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel lockdown: not even root may change the running kernel, and a device can write to the
 * kernel's memory. Therefore programs only read registers. Plugins may write them, because
 * they are signed modules.
 */
#include <linux/security.h>

#include "bus/bus.h"
#include "client/lockdown.h"
#include "device.h"
#include "dma/reach.h"

/* As for the kernel's own interfaces to registers: resource files in sysfs, ioperm(), /dev/mem. */
static enum lockdown_reason reason(enum kplug_bus bus)
{
	switch (bus) {
	case KPLUG_BUS_PCI:
		return LOCKDOWN_PCI_ACCESS;
	case KPLUG_BUS_ISA:
		return LOCKDOWN_IOPORT;
	default:
		return LOCKDOWN_DEV_MEM;
	}
}

/**
 * kplug_lockdown() - check whether programs may write or map registers
 * @bus: bus of the device
 *
 * The kernel logs a refusal, as it does for its other interfaces.
 *
 * Context: process; also with the device entered or with its lock.
 * Return: 0, or -EPERM when the kernel is locked down.
 */
int kplug_lockdown(const struct kplug_bus_ops *bus)
{
	return security_locked_down(reason(bus->type));
}

/**
 * kplug_lockdown_master() - check whether a program may make the device a bus master
 * @dev: a device with DMA or message interrupts
 *
 * The kernel does not know how the device's engine is programmed. An IOMMU keeps the device
 * from memory that is not mapped for it. Plugins know their device and are not checked.
 *
 * Return: 0 or -EPERM.
 */
int kplug_lockdown_master(const struct kplug_device *dev)
{
	return kplug_dma_reach_translated(dev->parent) ? 0 : kplug_lockdown(dev->bus);
}
