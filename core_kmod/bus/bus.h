/* SPDX-License-Identifier: GPL-2.0 */
/* The operations that differ between buses. */
#ifndef KPLUG_BUS_BUS_H
#define KPLUG_BUS_BUS_H

#include <linux/types.h>

#include <kplug/plugin.h>

struct kplug_device;
struct kplug_device_info;
struct kplug_vector;

/* The operations of a bus. They may sleep unless marked "hard interrupt". */
struct kplug_bus_ops {
	enum kplug_bus type;
	/* Allocate up to @count vectors (0: all) in @mode; sets dev->irq_mode, num_vectors. */
	int (*irq_alloc)(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
	void (*irq_free)(struct kplug_device *dev);
	/* Request the interrupt; it stays quiet until irq_enable(). */
	int (*irq_request)(struct kplug_vector *v);
	void (*irq_enable)(struct kplug_vector *v);
	/* Undo both; return when no handler runs. */
	void (*irq_release)(struct kplug_vector *v);
	/* Is the device's level line asserted? Hard interrupt. */
	bool (*irq_pending)(struct kplug_vector *v);
	/*
	 * The same, and mask an asserted line: for kplug_vector.level with a user handler. Hard
	 * interrupt.
	 */
	bool (*irq_claim)(struct kplug_vector *v);
	/* Mask the interrupt at its source. Hard interrupt. */
	void (*irq_mask)(struct kplug_vector *v);
	void (*irq_unmask)(struct kplug_vector *v);
	/*
	 * In a pause, after a reset or sleep: program the registers of the bus for the armed
	 * vectors. Optional.
	 */
	void (*restore)(struct kplug_device *dev);
	/* Optional; without any lock. */
	int (*reset)(struct kplug_device *dev);
	/*
	 * With the lock of the bus device, when the driver leaves it: reset the device. 0 when it
	 * accesses no memory any more, because it was reset or is gone. Required with set_master.
	 */
	int (*reset_last)(struct kplug_device *dev);
	/* Stop DMA and messages; must not sleep. NULL on a bus without DMA. */
	void (*quiesce)(struct kplug_device *dev);
	/*
	 * Enable or disable DMA. The bus itself takes messages and kplug_device.num_revoked into
	 * account. NULL on a bus without DMA.
	 */
	void (*set_master)(struct kplug_device *dev, bool on);
	/* Fill in the ids; NULL on a bus without ids. */
	void (*describe)(struct kplug_device *dev, struct kplug_device_info *info);
	/*
	 * Read or write the region with KPLUG_REGION_CONFIG; the offset is checked. -EPERM for a
	 * write to registers owned by Linux or the core. @alone is set for programs: -EAGAIN during
	 * a reset. Without it the context is any.
	 */
	int (*config_access)(struct kplug_device *dev, u64 offset, unsigned int width,
			     bool is_write, u64 *value, bool alone);
};

#endif /* KPLUG_BUS_BUS_H */
