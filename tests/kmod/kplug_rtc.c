// SPDX-License-Identifier: GPL-2.0
/* Plugin for an RTC that a node of the device tree describes. */
#include <linux/mod_devicetable.h>
#include <linux/module.h>

#include <kplug/plugin.h>

#include "kplug_rtc.h"

static int arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	kplug_write32(irq->io, RTC_REGION, RTC_ACK, 1);
	kplug_write32(irq->io, RTC_REGION, RTC_ENABLE, 1);
	return 0;
}

static void disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	kplug_write32(irq->io, RTC_REGION, RTC_ENABLE, 0);
}

static unsigned int hard(struct kplug_irq *irq)
{
	u32 status = kplug_read32(irq->io, RTC_REGION, RTC_STATUS);

	if (!status)
		return KPLUG_NONE;
	kplug_write32(irq->io, RTC_REGION, RTC_ACK, status);
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static const struct kplug_plugin_ops rtc_ops = {
	.arm = arm,
	.disarm = disarm,
	.hard = hard,
};

static const struct of_device_id rtc_of_match[] = { { .compatible = RTC_COMPATIBLE }, {} };
MODULE_DEVICE_TABLE(of, rtc_of_match);

static const struct kplug_plugin rtc_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "rtc",
	.ops = &rtc_ops,
	.of_match = rtc_of_match,
	.flags = KPLUG_PLUGIN_NO_THREAD,
};
module_kplug_plugin(rtc_plugin, rtc);

MODULE_DESCRIPTION("kplug test: a plugin that names a node of the device tree");
MODULE_LICENSE("GPL");
