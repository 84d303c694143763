// SPDX-License-Identifier: GPL-2.0
/* Routes between PCI functions: do requests of one reach the other? */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>

#include "device.h"
#include "dma/reach.h"
#include "dma/route.h"

/* Many root complexes forward requests, but there is no way to detect it. */
static bool root_complex_routes;
module_param(root_complex_routes, bool, 0644);
MODULE_PARM_DESC(root_complex_routes,
		 "requests of one device for another's memory may go through the root complex");

static bool is_below(struct pci_dev *pdev, const struct pci_dev *bridge)
{
	while (pdev && pdev != bridge)
		pdev = pci_upstream_bridge(pdev);
	return pdev;
}

/* The lowest bridge above both functions. */
static struct pci_dev *common_bridge(struct pci_dev *a, struct pci_dev *b)
{
	struct pci_dev *bridge = pci_upstream_bridge(a);

	while (bridge && !is_below(b, bridge))
		bridge = pci_upstream_bridge(bridge);
	return bridge;
}

/* PCIe 4.0, 6.12: does the port redirect requests between neighbours to the root complex? */
static bool redirects(struct pci_dev *port)
{
	u16 control = 0;

	if (port->acs_cap)
		pci_read_config_word(port, port->acs_cap + PCI_ACS_CTRL, &control);
	return control & (PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_EC);
}

static bool redirected(struct pci_dev *pdev, const struct pci_dev *end)
{
	struct pci_dev *port;

	for (port = pci_upstream_bridge(pdev); port != end; port = pci_upstream_bridge(port))
		if (redirects(port))
			return true;
	return false;
}

/* A PCIe switch forwards requests between its ports by itself. */
static bool switched(struct pci_dev *from, struct pci_dev *to)
{
	struct pci_dev *bridge = common_bridge(from, to);

	return bridge && pci_is_pcie(bridge) && pci_pcie_type(bridge) == PCI_EXP_TYPE_UPSTREAM &&
	       !redirected(from, bridge) && !redirected(to, bridge);
}

static const struct pci_bus *root_bus(const struct pci_dev *pdev)
{
	const struct pci_bus *bus = pdev->bus;

	while (bus->parent)
		bus = bus->parent;
	return bus;
}

/**
 * kplug_dma_route_exists() - check whether requests of one function reach another
 * @from: the function that makes the requests; by bus address, unless an IOMMU translates
 * @to: the function that has the memory
 *
 * An IOMMU is in the root complex, so requests that it translates must go there.
 */
bool kplug_dma_route_exists(struct pci_dev *from, struct pci_dev *to)
{
	if (!kplug_dma_reach_translated(&from->dev) && switched(from, to))
		return true;
	return READ_ONCE(root_complex_routes) && root_bus(from) == root_bus(to);
}
