// SPDX-License-Identifier: GPL-2.0
/*
 * Odd names: a PCI driver for edu with spaces in its name, and a platform device with a long one.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return pcim_enable_device(pdev);
}

static const struct pci_device_id ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, {} };

static struct pci_driver driver = {
	.name = "kplug test board with a long name and spaces",
	.id_table = ids,
	.probe = probe,
};

static struct platform_device *device;

static int __init names_init(void)
{
	int err;

	device = platform_device_register_simple("capture-controller-of-board-with-long-name",
						 PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	err = pci_register_driver(&driver);
	if (err)
		platform_device_unregister(device);
	return err;
}

static void __exit names_exit(void)
{
	pci_unregister_driver(&driver);
	platform_device_unregister(device);
}

module_init(names_init);
module_exit(names_exit);

MODULE_DESCRIPTION("odd names of a driver and a device");
MODULE_LICENSE("GPL");
