// SPDX-License-Identifier: GPL-2.0
/* System sleep; power states and configuration space are the bus's business. */
#include <linux/pm.h>

#include "core.h"

static int suspend(struct device *parent)
{
	struct kplug_device *dev = dev_get_drvdata(parent);

	mutex_lock(&dev->lock);
	kplug_transaction_hold(dev);
	kplug_plugin_tell(dev, KPLUG_DEVICE_SUSPEND);
	kplug_pause_begin(dev);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_SUSPEND, NULL, 0);
	mutex_unlock(&dev->lock);
	return 0;
}

static int resume(struct device *parent)
{
	struct kplug_device *dev = dev_get_drvdata(parent);

	mutex_lock(&dev->lock);
	if (dev->bus->restore)
		dev->bus->restore(dev);
	kplug_plugin_tell(dev, KPLUG_DEVICE_RESUME);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_RESUME, NULL, 0);
	kplug_pause_end(dev);
	mutex_unlock(&dev->lock);
	return 0;
}

/* For drivers whose data is the kplug device. */
DEFINE_SIMPLE_DEV_PM_OPS(kplug_power_ops, suspend, resume);
