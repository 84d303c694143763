// SPDX-License-Identifier: GPL-2.0
/* Reports accesses of plugins outside of a region, which are bugs of the plugin. */
#include <linux/device.h>
#include <linux/module.h>

#include "access/stray.h"
#include "device.h"
#include "plugin/registration.h"

/* The plugin is running, so it is attached and its registration exists. */
static void warn_once(struct kplug_device *dev, struct kplug_registration *reg, unsigned int region,
		      u64 offset, unsigned int width, unsigned long caller)
{
	if (test_and_set_bit(KPLUG_REGISTRATION_STRAYED, &reg->flags))
		return;
	dev_warn(
		kplug_parent(dev),
		"kplug: plugin %s: %u bytes at %#llx are outside of region %u, at %pS; such reads return all ones, and such writes have no effect\n",
		reg->plugin->name, width, (unsigned long long)offset, region, (void *)caller);
}

/**
 * kplug_stray_report() - report an access outside of a region, once for each plugin
 * @r: a region of a device
 * @offset: of the access
 * @width: in bytes
 * @caller: an address in the function that made the access
 *
 * The core checks the accesses that it makes for programs. They are outside of a region only
 * while its caching is being changed.
 *
 * Context: any, hard interrupt included.
 */
void kplug_stray_report(const struct kplug_io_region *r, u64 offset, unsigned int width,
			unsigned long caller)
{
	struct kplug_registration *reg;
	struct kplug_device *dev;

	if (within_module_core(caller, THIS_MODULE))
		return;
	rcu_read_lock();
	dev = kplug_device_of_region(r);
	reg = dev ? READ_ONCE(dev->plugin) : NULL;
	if (reg)
		warn_once(dev, reg, r - dev->io.region, offset, width, caller);
	rcu_read_unlock();
}
