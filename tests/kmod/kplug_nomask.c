// SPDX-License-Identifier: GPL-2.0
/*
 * Makes an emulated PCI function say that it has no interrupt-disable bit, as long as it is loaded.
 */
#include <linux/module.h>
#include <linux/pci.h>

static char *address = "";
module_param(address, charp, 0444);

static struct pci_dev *pdev;

static int __init nomask_init(void)
{
	unsigned int domain, bus, slot, function;

	if (sscanf(address, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	pdev->broken_intx_masking = 1;
	return 0;
}

static void __exit nomask_exit(void)
{
	pdev->broken_intx_masking = 0;
	pci_dev_put(pdev);
}

module_init(nomask_init);
module_exit(nomask_exit);

MODULE_DESCRIPTION("a PCI function without an interrupt-disable bit");
MODULE_LICENSE("GPL");
