// SPDX-License-Identifier: GPL-2.0
/*
 * Gives the card to the kernel's driver of XDMA, which wants a platform device: with the registers,
 * the interrupts and names for the channels. Writing N to the parameter 'entries' moves lists of N
 * entries.
 */
#include <linux/dma/amd_xdma.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/platform_data/amd_xdma.h>
#include <linux/platform_device.h>

#include "witness.h"

#define CONFIG_BAR 1
#define CHANNELS   4 /* of each direction */
#define VECTORS    (2 * CHANNELS)

static struct pci_dev *card;
static struct platform_device *platform;

static struct xdma_chan_info to_card = { .dir = DMA_MEM_TO_DEV };
static struct xdma_chan_info from_card = { .dir = DMA_DEV_TO_MEM };

static struct dma_slave_map channels[] = {
	{ .slave = "to-card", .param = XDMA_FILTER_PARAM(&to_card) },
	{ .slave = "from-card", .param = XDMA_FILTER_PARAM(&from_card) },
};

static int platform_add(struct pci_dev *pci)
{
	unsigned int vector = pci_irq_vector(pci, 0);
	struct resource resources[] = {
		{ .start = pci_resource_start(pci, CONFIG_BAR),
		  .end = pci_resource_end(pci, CONFIG_BAR),
		  .flags = IORESOURCE_MEM,
		  .parent = &pci->resource[CONFIG_BAR] },
		{ .start = vector, .end = vector + VECTORS - 1, .flags = IORESOURCE_IRQ },
	};
	struct xdma_platdata data = {
		.max_dma_channels = CHANNELS,
		.device_map = channels,
		.device_map_cnt = ARRAY_SIZE(channels),
	};
	struct platform_device_info info = {
		.parent = &pci->dev,
		.name = "xdma",
		.id = PLATFORM_DEVID_NONE,
		.res = resources,
		.num_res = ARRAY_SIZE(resources),
		.data = &data,
		.size_data = sizeof(data),
	};

	channels[0].devname = dev_name(&pci->dev);
	channels[1].devname = dev_name(&pci->dev);
	platform = platform_device_register_full(&info);
	return PTR_ERR_OR_ZERO(platform);
}

static int card_probe(struct pci_dev *pci, const struct pci_device_id *id)
{
	int error = pcim_enable_device(pci);

	if (error)
		return error;
	pci_set_master(pci);
	error = dma_set_mask_and_coherent(&pci->dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	error = pci_alloc_irq_vectors(pci, VECTORS, VECTORS, PCI_IRQ_MSIX);
	if (error < 0)
		return error;
	error = platform_add(pci);
	if (error)
		pci_free_irq_vectors(pci);
	else
		card = pci;
	return error;
}

static void card_remove(struct pci_dev *pci)
{
	card = NULL;
	platform_device_unregister(platform);
	pci_free_irq_vectors(pci);
}

static const struct pci_device_id card_ids[] = { { PCI_DEVICE(0x10ee, 0x9038) }, {} };

static struct pci_driver card_driver = {
	.name = "xdma_witness",
	.id_table = card_ids,
	.probe = card_probe,
	.remove = card_remove,
};
module_pci_driver(card_driver);

static int entries_set(const char *text, const struct kernel_param *parameter)
{
	unsigned int entries;
	int error = kstrtouint(text, 0, &entries);

	if (error)
		return error;
	return card ? lists_run(card, entries) : -ENODEV;
}

static const struct kernel_param_ops entries_ops = { .set = entries_set };
module_param_cb(entries, &entries_ops, NULL, 0200);
MODULE_PARM_DESC(entries, "when written: moves scatter lists with this number of entries");

MODULE_DESCRIPTION("The kernel's driver of XDMA as a witness of a model");
MODULE_LICENSE("GPL");
