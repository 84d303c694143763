// SPDX-License-Identifier: GPL-2.0
/* What a card has, as its registers say, and the memory that the plugin needs for it. */
#include <linux/log2.h>
#include <linux/pci.h>

#include "xdma.h"

/* The registers are in the BAR with the identifiers of the interrupt and the config block. */
static bool has_registers(struct kplug_device *dev, u32 region)
{
	const struct kplug_io *io = kplug_io(dev);

	return pci_resource_len(kplug_pci(dev), region) >= XDMA_REGISTERS_END &&
	       XDMA_ID(kplug_read32(io, region, XDMA_IRQ_BLOCK)) == XDMA_ID_IRQ &&
	       XDMA_ID(kplug_read32(io, region, XDMA_CONFIG_BLOCK)) == XDMA_ID_CONFIG;
}

/* Before the registers is the BAR of the user logic, behind them that of the bypass. */
static int find_regions(struct kplug_device *dev, struct xdma_info *info)
{
	struct pci_dev *pci = kplug_pci(dev);
	u32 bar;

	info->registers = info->user = info->bypass = XDMA_NO_REGION;
	for (bar = 0; bar < PCI_STD_NUM_BARS; bar++) {
		if (!(pci_resource_flags(pci, bar) & IORESOURCE_MEM) || !pci_resource_len(pci, bar))
			continue;
		if (info->registers != XDMA_NO_REGION)
			info->bypass = bar;
		else if (has_registers(dev, bar))
			info->registers = bar;
		else
			info->user = bar;
	}
	return info->registers == XDMA_NO_REGION ? -ENODEV : 0;
}

/* "H2C Channel Alignments (0x4C)": of addresses, and of lengths; 0 is any */
static void align_to(struct xdma *xdma, u32 alignments)
{
	u32 most = max((alignments >> 16) & 0xff, (alignments >> 8) & 0xff);

	if (is_power_of_2(most))
		xdma->info.alignment = max(xdma->info.alignment, most);
}

/* find_channels() - those of a direction, whose numbers are dense; returns how many */
static u32 find_channels(struct xdma *xdma, bool from_card, u32 *streams)
{
	u32 number;

	for (number = 0; number < XDMA_MAX_CHANNELS; number++) {
		struct xdma_channel *c = &xdma->channels[xdma->num_channels];
		u32 block = from_card ? XDMA_C2H_BLOCK(number) : XDMA_H2C_BLOCK(number);
		u32 id = xdma_read(xdma, block, 0);

		if (XDMA_ID(id) != (from_card ? XDMA_ID_C2H : XDMA_ID_H2C) ||
		    XDMA_ID_NUMBER(id) != number)
			break;
		c->xdma = xdma;
		c->block = block;
		c->from_card = from_card;
		c->stream = id & XDMA_ID_STREAM;
		*streams |= c->stream ? BIT(number) : 0;
		align_to(xdma, xdma_read(xdma, block, XDMA_ALIGNMENTS));
		xdma->num_channels++;
	}
	return number;
}

static int find_all(struct kplug_device *dev, struct xdma *xdma)
{
	struct xdma_info *info = &xdma->info;
	int err = find_regions(dev, info);

	if (err)
		return err;
	xdma->region = info->registers;
	info->alignment = 1;
	info->num_h2c = find_channels(xdma, false, &info->h2c_streams);
	xdma->num_h2c = info->num_h2c;
	info->num_c2h = find_channels(xdma, true, &info->c2h_streams);
	return xdma->num_channels ? kplug_set_widths(dev, xdma->region, KPLUG_WIDTH_32) : -ENODEV;
}

void xdma_free(struct kplug_device *dev, struct xdma *xdma)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(xdma->slots); i++)
		kplug_dma_block_free(dev, &xdma->slots[i].block);
	kplug_dma_block_free(dev, &xdma->words);
}

static int allocate(struct kplug_device *dev, struct xdma *xdma)
{
	size_t records = xdma->info.c2h_streams ? sizeof(struct xdma_record) : 0;
	int err = kplug_dma_block_alloc(dev, &xdma->words, XDMA_WORDS);
	u32 i;

	for (i = 0; !err && i < XDMA_SLOTS + xdma->info.num_c2h; i++)
		err = kplug_dma_block_alloc(dev, &xdma->slots[i].block,
					    XDMA_RECORDS + XDMA_DESCRIPTORS * records);
	return err;
}

static int setup_dma(struct kplug_device *dev, struct xdma *xdma)
{
	const struct kplug_dma_limits limits = { .address_bits = 64,
						 .max_segment = XDMA_MAX_LENGTH };
	const struct kplug_dma_engine engine = { .depth = XDMA_SLOTS,
						 .max_segments = XDMA_DESCRIPTORS,
						 .alignment = xdma->info.alignment };
	u32 i;
	int err;

	err = kplug_dma_set_limits(dev, &limits)         ?:
		      kplug_dma_set_engine(dev, &engine) ?:
							   allocate(dev, xdma);
	for (i = 0; !err && i < xdma->num_channels; i++) {
		struct xdma_channel *c = &xdma->channels[i];

		c->word = xdma->words.memory + i * XDMA_WORD_SPACE;
		c->word_bus = xdma->words.address + i * XDMA_WORD_SPACE;
		if (c->from_card)
			c->ring.slot = &xdma->slots[XDMA_SLOTS + i - xdma->num_h2c];
	}
	return err;
}

int xdma_find(struct kplug_device *dev, struct xdma *xdma)
{
	return find_all(dev, xdma) ?: setup_dma(dev, xdma);
}
