// SPDX-License-Identifier: GPL-2.0
/* Platform devices, from the device tree or ACPI: thin glue, bound by driver_override. */
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "bus/bus.h"
#include "bus/platform.h"
#include "bus/power.h"
#include "bus/resource.h"
#include "bus/wired.h"
#include "compat.h"
#include "device.h"
#include "irq/vector.h"

static const struct kplug_bus_ops platform_bus_ops = {
	.type = KPLUG_BUS_PLATFORM,
	KPLUG_WIRED_OPS,
};

/* Adds memory and ports in the order in which the platform lists them. */
static int add_platform_regions(struct kplug_device *dev, struct platform_device *pdev)
{
	unsigned int i, region = 0;
	int err = 0;

	for (i = 0; !err && i < pdev->num_resources && region < KPLUG_MAX_REGIONS; i++) {
		const struct resource *res = &pdev->resource[i];

		if (resource_type(res) == IORESOURCE_MEM || resource_type(res) == IORESOURCE_IO)
			err = kplug_resource_add(dev, region++, res, "kplug");
	}
	return err;
}

static int find_lines(struct kplug_device *dev, struct platform_device *pdev)
{
	unsigned int i;

	for (i = 0; i < dev->max_vectors; i++) {
		int irq = platform_get_irq(pdev, i);

		if (irq < 0)
			return irq;
		dev->vectors[i].linux_irq = irq;
	}
	return 0;
}

static int probe_platform(struct platform_device *pdev)
{
	int lines = platform_irq_count(pdev);
	struct kplug_device *dev;
	int err;

	if (lines < 0)
		return lines;
	if (strlen(dev_name(&pdev->dev)) >= KPLUG_NAME_MAX)
		return -ENAMETOOLONG;
	dev = kplug_device_alloc(&platform_bus_ops, &pdev->dev, dev_name(&pdev->dev),
				 min(lines, KPLUG_MAX_VECTORS));
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = find_lines(dev, pdev);
	if (err)
		goto err_put;
	err = add_platform_regions(dev, pdev);
	if (err)
		goto err_remove;
	platform_set_drvdata(pdev, dev);
	err = kplug_device_publish(dev);
	if (err)
		goto err_remove;
	return 0;

err_remove:
	kplug_resource_remove_all(dev);
err_put:
	kplug_device_put(dev);
	return err;
}

static void remove_platform(struct platform_device *pdev)
{
	struct kplug_device *dev = platform_get_drvdata(pdev);

	kplug_device_remove(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
}
KPLUG_COMPAT_PLATFORM_REMOVE(platform_remove, remove_platform)

static struct platform_driver kplug_platform_driver = {
	.probe = probe_platform,
	.remove = platform_remove,
	.driver = {
		.name = "kplug",
		.pm = pm_sleep_ptr(&kplug_power_ops),
	},
};

int kplug_platform_init(void)
{
	return platform_driver_register(&kplug_platform_driver);
}

void kplug_platform_exit(void)
{
	platform_driver_unregister(&kplug_platform_driver);
}
