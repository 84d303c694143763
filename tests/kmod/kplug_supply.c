// SPDX-License-Identifier: GPL-2.0
/* A power domain and a reset line, of a node of the test machine's device tree. */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/reset-controller.h>

static bool powered;
module_param(powered, bool, 0444);
static bool in_reset = true;
module_param(in_reset, bool, 0444);
static bool reset_while_off;
module_param(reset_while_off, bool, 0444);
MODULE_PARM_DESC(reset_while_off, "the reset line changed while there was no power");

static int power_on(struct generic_pm_domain *domain)
{
	powered = true;
	return 0;
}

static int power_off(struct generic_pm_domain *domain)
{
	powered = false;
	return 0;
}

static int assert_line(struct reset_controller_dev *controller, unsigned long id)
{
	reset_while_off |= !powered;
	in_reset = true;
	return 0;
}

static int deassert_line(struct reset_controller_dev *controller, unsigned long id)
{
	reset_while_off |= !powered;
	in_reset = false;
	return 0;
}

/* The domain is a part of this module. Linux 6.1 wants a function all the same. */
static void release_nothing(struct device *dev)
{
}

static struct generic_pm_domain domain = {
	.name = "kplug_supply",
	.power_on = power_on,
	.power_off = power_off,
};

static const struct reset_control_ops reset_ops = {
	.assert = assert_line,
	.deassert = deassert_line,
};

static struct reset_controller_dev controller = {
	.owner = THIS_MODULE,
	.ops = &reset_ops,
	.nr_resets = 1,
};

static bool supplies;

static int probe(struct platform_device *pdev)
{
	int err;

	controller.of_node = pdev->dev.of_node;
	err = reset_controller_register(&controller);
	if (err)
		return err;
	err = pm_genpd_init(&domain, NULL, true);
	if (err)
		goto err_controller;
	if (!domain.dev.release)
		domain.dev.release = release_nothing;
	err = of_genpd_add_provider_simple(pdev->dev.of_node, &domain);
	if (err)
		goto err_domain;
	supplies = true;
	return 0;

err_domain:
	pm_genpd_remove(&domain);
err_controller:
	reset_controller_unregister(&controller);
	return err;
}

static const struct of_device_id of_match[] = { { .compatible = "kplug,supply" }, {} };
MODULE_DEVICE_TABLE(of, of_match);

static struct platform_driver driver = {
	.probe = probe,
	.driver = {
		.name = "kplug_supply",
		.of_match_table = of_match,
		.suppress_bind_attrs = true,
	},
};

static int __init supply_init(void)
{
	return platform_driver_register(&driver);
}
module_init(supply_init);

static void __exit supply_exit(void)
{
	platform_driver_unregister(&driver);
	if (!supplies)
		return;
	of_genpd_del_provider(controller.of_node);
	pm_genpd_remove(&domain);
	reset_controller_unregister(&controller);
}
module_exit(supply_exit);

MODULE_DESCRIPTION("kplug test: a supplier of power and a reset line");
MODULE_LICENSE("GPL");
