// SPDX-License-Identifier: GPL-2.0
/* Removes the address of a BAR of an emulated PCI function while the module is loaded. */
#include <linux/module.h>
#include <linux/pci.h>

static char *address = "";
module_param(address, charp, 0444);
static int bar;
module_param(bar, int, 0444);

static struct pci_dev *pdev;
static u32 at[2];

static void registers(bool write)
{
	int i, offset = PCI_BASE_ADDRESS_0 + 4 * bar;

	for (i = 0; i < ARRAY_SIZE(at) && bar + i < PCI_STD_NUM_BARS; i++)
		if (write)
			pci_write_config_dword(pdev, offset + 4 * i, at[i]);
		else
			pci_read_config_dword(pdev, offset + 4 * i, &at[i]);
}

static int __init nobar_init(void)
{
	unsigned int domain, bus, slot, function;

	if (sscanf(address, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4 || bar < 0 ||
	    bar >= PCI_STD_NUM_BARS)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	registers(false);
	pdev->resource[bar].flags |= IORESOURCE_UNSET;
	return 0;
}

static void __exit nobar_exit(void)
{
	pdev->resource[bar].flags &= ~IORESOURCE_UNSET;
	registers(true);
	pci_dev_put(pdev);
}

module_init(nobar_init);
module_exit(nobar_exit);

MODULE_DESCRIPTION("a PCI function with a BAR without an address");
MODULE_LICENSE("GPL");
