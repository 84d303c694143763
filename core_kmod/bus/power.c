// SPDX-License-Identifier: GPL-2.0
/* System sleep. The bus handles power states and configuration space. */
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/pm.h>

#include "bus/bus.h"
#include "bus/power.h"
#include "device.h"
#include "irq/pause.h"
#include "plugin/attach.h"

static int suspend(struct device *parent)
{
	struct kplug_device *dev = dev_get_drvdata(parent);

	kplug_pause_begin(dev, KPLUG_DEVICE_SUSPEND);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_SUSPEND, NULL, 0);
	return 0;
}

static int resume(struct device *parent)
{
	struct kplug_device *dev = dev_get_drvdata(parent);

	mutex_lock(&dev->lock);
	if (dev->bus->restore)
		dev->bus->restore(dev);
	kplug_attach_notify(dev, KPLUG_DEVICE_RESUME);
	kplug_event_post(dev, KPLUG_NO_VECTOR, KPLUG_EVENT_RESUME, NULL, 0);
	kplug_pause_end(dev);
	mutex_unlock(&dev->lock);
	return 0;
}

/* For drivers whose data is the kplug device. */
DEFINE_SIMPLE_DEV_PM_OPS(kplug_power_ops, suspend, resume);
