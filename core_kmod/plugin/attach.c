// SPDX-License-Identifier: GPL-2.0
/* Attaching a plugin to a device: by its ids, permanently, or while it has sessions. */
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>

#include "device.h"
#include "dma/engine.h"
#include "dma/quarantine.h"
#include "irq/arm.h"
#include "plugin/attach.h"
#include "plugin/registration.h"

/* Adds a user of @reg on @dev; the first one attaches the plugin. */
int kplug_attach_use(struct kplug_device *dev, struct kplug_registration *reg)
{
	int err = 0;

	lockdep_assert_held(&dev->lock);
	if (dev->dead)
		return -ENODEV;
	if (READ_ONCE(reg->gone))
		return -ENOENT;
	if (dev->plugin && dev->plugin != reg)
		return -EBUSY;
	if (!dev->plugin) {
		kref_get(&reg->ref);
		WRITE_ONCE(dev->plugin, reg);
		kplug_dma_engine_reset(dev);
		if (reg->ops.attach)
			err = reg->ops.attach(dev);
		if (err) {
			kplug_arm_drop_plugin(dev);
			WRITE_ONCE(dev->plugin, NULL);
			dev_err_ratelimited(kplug_parent(dev),
					    "kplug: plugin %s: attach failed: %d\n",
					    reg->plugin->name, err);
			kplug_registration_put(reg);
			return err;
		}
	}
	dev->plugin_users++;
	return 0;
}

/* Removes a user; the last one detaches the plugin. */
void kplug_attach_unuse(struct kplug_device *dev)
{
	struct kplug_registration *reg = dev->plugin;

	lockdep_assert_held(&dev->lock);
	if (--dev->plugin_users)
		return;
	kplug_arm_drop_plugin(dev);
	if (reg->ops.detach)
		reg->ops.detach(dev);
	dev->plugin_priv = NULL;
	WRITE_ONCE(dev->plugin, NULL);
	kplug_registration_put(reg);
	kplug_dma_quarantine_consider(dev);
}

/* Attaches at bind time, by the plugin's own ids. It does not pin the module. */
int kplug_attach_auto(struct kplug_device *dev, struct kplug_registration *reg)
{
	int err;

	mutex_lock(&dev->lock);
	err = kplug_attach_use(dev, reg);
	if (!err)
		dev->plugin_auto = true;
	mutex_unlock(&dev->lock);
	return err;
}

int kplug_attach_permanent(struct kplug_device *dev, const char *name)
{
	struct kplug_registration *reg;
	int err;

	if (!kplug_registration_name_valid(name))
		return -EINVAL;
	reg = kplug_registration_get_pinned(name, true);
	if (IS_ERR(reg))
		return PTR_ERR(reg);
	mutex_lock(&dev->lock);
	err = dev->plugin_permanent ? -EALREADY : kplug_attach_use(dev, reg);
	if (!err)
		dev->plugin_permanent = true;
	mutex_unlock(&dev->lock);
	if (err)
		kplug_registration_put_pinned(reg);
	return err;
}

static void drop_permanent(struct kplug_device *dev)
{
	struct kplug_registration *reg = dev->plugin;

	dev->plugin_permanent = false;
	kplug_attach_unuse(dev);
	kplug_registration_put_pinned(reg);
}

/* Ends the permanent attachment and the automatic one. */
int kplug_attach_detach(struct kplug_device *dev)
{
	int err = 0;

	mutex_lock(&dev->lock);
	if (!dev->plugin_permanent && !dev->plugin_auto)
		err = dev->dead ? -ENODEV : -ENOTCONN;
	if (dev->plugin_auto) {
		dev->plugin_auto = false;
		kplug_attach_unuse(dev);
	}
	if (dev->plugin_permanent)
		drop_permanent(dev);
	mutex_unlock(&dev->lock);
	return err;
}

void kplug_attach_notify(struct kplug_device *dev, enum kplug_device_event event)
{
	lockdep_assert_held(&dev->lock);
	if (dev->plugin && dev->plugin->ops.event)
		dev->plugin->ops.event(dev, event);
}

/* Ends the attachment when the device or plugin goes. There are no sessions any more. */
void kplug_attach_drop(struct kplug_device *dev)
{
	mutex_lock(&dev->lock);
	if (dev->plugin_auto) {
		dev->plugin_auto = false;
		kplug_attach_unuse(dev);
	}
	if (dev->plugin_permanent)
		drop_permanent(dev);
	mutex_unlock(&dev->lock);
}
