// SPDX-License-Identifier: GPL-2.0
/* Makes a platform device of a PCI function, because tests need one with memory and a line. */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

#include "kplug_board.h"

static int slot = PCI_DEVFN(8, 0);
module_param(slot, int, 0444);
MODULE_PARM_DESC(slot, "device and function number on bus 0, as from PCI_DEVFN()");

static bool driver;
module_param(driver, bool, 0444);
MODULE_PARM_DESC(driver, "also register a driver that binds the device and does nothing");

static struct pci_dev *pdev;
static struct platform_device *board;

static int add_board(void)
{
	struct resource resources[] = {
		DEFINE_RES_MEM(pci_resource_start(pdev, 0), pci_resource_len(pdev, 0)),
		DEFINE_RES_IRQ(pdev->irq),
	};

	/* A child of the function's resource, as for a cell of a multi-function device. */
	resources[0].parent = &pdev->resource[0];
	board = platform_device_register_resndata(&pdev->dev, BOARD_DRIVER, 0, resources,
						  ARRAY_SIZE(resources), NULL, 0);
	return PTR_ERR_OR_ZERO(board);
}

static int probe(struct platform_device *unused)
{
	return 0;
}

static struct platform_driver board_driver = {
	.probe = probe,
	.driver.name = BOARD_DRIVER,
};

static int __init board_init(void)
{
	int err;

	pdev = pci_get_domain_bus_and_slot(0, 0, slot);
	if (!pdev)
		return -ENODEV;
	err = pci_enable_device(pdev);
	if (err)
		goto err_put;
	err = add_board();
	if (err)
		goto err_disable;
	err = driver ? platform_driver_register(&board_driver) : 0;
	if (err)
		goto err_unregister;
	return 0;

err_unregister:
	platform_device_unregister(board);
err_disable:
	pci_disable_device(pdev);
err_put:
	pci_dev_put(pdev);
	return err;
}
module_init(board_init);

static void __exit board_exit(void)
{
	if (driver)
		platform_driver_unregister(&board_driver);
	platform_device_unregister(board);
	pci_disable_device(pdev);
	pci_dev_put(pdev);
}
module_exit(board_exit);

MODULE_DESCRIPTION("kplug test: a PCI function as a platform device");
MODULE_LICENSE("GPL");
