// SPDX-License-Identifier: GPL-2.0
/* Platform devices, from the device tree or ACPI: bound by driver_override or a plugin. */
#include <linux/ioport.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "bus/bus.h"
#include "bus/platform.h"
#include "bus/power.h"
#include "bus/resource.h"
#include "bus/supply.h"
#include "bus/wired.h"
#include "compat.h"
#include "device.h"
#include "irq/vector.h"
#include "plugin/attach.h"
#include "plugin/registration.h"

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

/* @reg: the plugin whose compatible strings matched, or NULL */
static int bind_platform(struct platform_device *pdev, struct kplug_registration *reg)
{
	int lines = platform_irq_count(pdev);
	struct kplug_device *dev;
	int err;

	if (lines < 0)
		return lines;
	if (strlen(dev_name(&pdev->dev)) >= KPLUG_NAME_MAX)
		return -ENAMETOOLONG;
	err = kplug_supply_on(&pdev->dev);
	if (err)
		return err;
	dev = kplug_device_alloc(&platform_bus_ops, &pdev->dev, dev_name(&pdev->dev),
				 min(lines, KPLUG_MAX_VECTORS));
	if (IS_ERR(dev)) {
		err = PTR_ERR(dev);
		goto err_supply;
	}
	err = find_lines(dev, pdev);
	if (err)
		goto err_put;
	err = add_platform_regions(dev, pdev);
	if (err)
		goto err_remove;
	platform_set_drvdata(pdev, dev);
	if (reg) {
		dev->owner = reg->plugin->owner;
		err = kplug_attach_auto(dev, reg);
		if (err)
			goto err_remove;
	}
	err = kplug_device_publish(dev);
	if (err)
		goto err_remove;
	return 0;

err_remove:
	kplug_resource_remove_all(dev);
err_put:
	kplug_device_put(dev);
err_supply:
	kplug_supply_off(&pdev->dev);
	return err;
}

static int probe_platform(struct platform_device *pdev)
{
	return bind_platform(pdev, NULL);
}

static int probe_platform_plugin(struct platform_device *pdev)
{
	struct platform_driver *driver = to_platform_driver(pdev->dev.driver);

	return bind_platform(pdev,
			     container_of(driver, struct kplug_registration, platform_driver));
}

static void remove_platform(struct platform_device *pdev)
{
	struct kplug_device *dev = platform_get_drvdata(pdev);

	kplug_device_remove(dev);
	kplug_resource_remove_all(dev);
	kplug_device_put(dev);
	kplug_supply_off(&pdev->dev);
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

/* Registers a platform driver for a plugin that names nodes of the device tree. */
int kplug_platform_register(struct kplug_registration *reg)
{
	struct platform_driver *driver = &reg->platform_driver;

	if (!kplug_plugin_of_match(reg->plugin))
		return 0;
	driver->driver.name = reg->driver_name;
	driver->driver.of_match_table = kplug_plugin_of_match(reg->plugin);
	driver->driver.pm = pm_sleep_ptr(&kplug_power_ops);
	driver->probe = probe_platform_plugin;
	driver->remove = platform_remove;
	/* As __platform_driver_register(), whose arguments differ between kernels. */
	driver->driver.owner = reg->plugin->owner;
	driver->driver.bus = &platform_bus_type;
	return driver_register(&driver->driver);
}

void kplug_platform_unregister(struct kplug_registration *reg)
{
	if (kplug_plugin_of_match(reg->plugin))
		platform_driver_unregister(&reg->platform_driver);
}
