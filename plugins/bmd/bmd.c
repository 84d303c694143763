// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin for cards with Xilinx' bus master design (XAPP1052). Integrators choose the ids of their
 * cards, so it has no table of them: attach it by name.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "bmd.h"

static bool is_bmd(struct kplug_device *dev)
{
	struct pci_dev *pci = kplug_pci(dev);
	u32 id;

	if (!pci || !(pci_resource_flags(pci, BMD_REGION) & IORESOURCE_MEM) ||
	    pci_resource_len(pci, BMD_REGION) < BMD_REGISTERS_END)
		return false;
	id = kplug_read32(kplug_io(dev), BMD_REGION, BMD_DCSR);
	return BMD_DCSR_WIDTH(id) >= 1 && BMD_DCSR_WIDTH(id) <= 3 && BMD_DCSR_VERSION(id) &&
	       BMD_DCSR_FAMILY(id) >= 0x11 && BMD_DCSR_FAMILY(id) <= 0x38;
}

static int setup_dma(struct kplug_device *dev)
{
	const struct kplug_dma_limits limits = { .address_bits = BMD_ADDRESS_BITS };
	const struct kplug_dma_engine engine = { .depth = BMD_SLOTS,
						 .max_chunk = BMD_MAX_CHUNK,
						 .alignment = sizeof(u32) };
	int err = kplug_set_widths(dev, BMD_REGION, KPLUG_WIDTH_32);

	if (err)
		return err;
	return kplug_dma_set_limits(dev, &limits) ?: kplug_dma_set_engine(dev, &engine);
}

static void describe(struct bmd *bmd)
{
	u32 id = bmd_read(bmd, BMD_DCSR);

	bmd->state.version = BMD_DCSR_VERSION(id);
	bmd->state.core_bits = 16 << BMD_DCSR_WIDTH(id);
	bmd->state.lanes = BMD_LINK_LANES(bmd_read(bmd, BMD_LINK_WIDTH));
}

static int bmd_attach(struct kplug_device *dev)
{
	struct bmd *bmd;
	int err;

	if (!is_bmd(dev))
		return -ENODEV;
	err = setup_dma(dev);
	if (err)
		return err;
	bmd = kzalloc(sizeof(*bmd), GFP_KERNEL);
	if (!bmd)
		return -ENOMEM;
	bmd->io = kplug_io(dev);
	raw_spin_lock_init(&bmd->lock);
	describe(bmd);
	bmd_engine_setup(bmd);
	kplug_set_priv(dev, bmd);
	return 0;
}

static void bmd_detach(struct kplug_device *dev)
{
	kfree(kplug_priv(dev));
}

static void set_armed(struct bmd *bmd, bool armed)
{
	raw_spin_lock_irq(&bmd->lock);
	bmd->armed = armed;
	raw_spin_unlock_irq(&bmd->lock);
}

static int bmd_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct bmd *bmd = kplug_priv(dev);

	bmd->line = !pci_dev_msi_enabled(kplug_pci(dev));
	set_armed(bmd, true);
	return 0;
}

static void bmd_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	set_armed(kplug_priv(dev), false);
}

/*
 * The end of a chunk is no event for programs: the core posts one for the transaction. The message
 * of one direction may come after its end was seen at that of the other.
 */
static unsigned int bmd_hard(struct kplug_irq *irq)
{
	struct bmd *bmd = kplug_priv(kplug_irq_device(irq));

	return bmd_engine_end(bmd) || !bmd->line ? KPLUG_HANDLED : KPLUG_NONE;
}

static int bmd_dma_check(struct kplug_dma *dma)
{
	if (dma->args[BMD_ARG_PATTERN] > U32_MAX || dma->args[1] || dma->args[2] || dma->args[3] ||
	    dma->direction == KPLUG_DMA_BOTH || dma->length % sizeof(u32))
		return -EINVAL;
	return 0;
}

static long bmd_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
		     size_t out_len)
{
	struct bmd *bmd = kplug_priv(kplug_client_device(client));

	if (cmd != BMD_CALL_STATE)
		return -ENOTTY;
	if (out_len < sizeof(bmd->state))
		return -EINVAL;
	raw_spin_lock_irq(&bmd->lock);
	*(struct bmd_state *)out = bmd->state;
	raw_spin_unlock_irq(&bmd->lock);
	return sizeof(bmd->state);
}

/* A reset has ended all transfers; the size of packets may be another one. */
static void bmd_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct bmd *bmd = kplug_priv(dev);

	if (event != KPLUG_DEVICE_RESET_DONE && event != KPLUG_DEVICE_RESUME)
		return;
	raw_spin_lock_irq(&bmd->lock);
	bmd_engine_setup(bmd);
	raw_spin_unlock_irq(&bmd->lock);
}

static const struct kplug_plugin_ops bmd_ops = {
	.attach = bmd_attach,
	.detach = bmd_detach,
	.arm = bmd_arm,
	.disarm = bmd_disarm,
	.hard = bmd_hard,
	.call = bmd_call,
	.event = bmd_event,
	.dma_check = bmd_dma_check,
	.dma_program = bmd_dma_program,
	.dma_poll = bmd_dma_poll,
	.dma_abort = bmd_dma_abort,
};

static const struct kplug_plugin bmd_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "bmd",
	.version = BMD_MSG_VERSION,
	.ops = &bmd_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS |
		 KPLUG_PLUGIN_ALLOW_DMA,
	.max_out = sizeof(struct bmd_state),
	.num_vectors = 1,
};
module_kplug_plugin(bmd_plugin, bmd);

MODULE_DESCRIPTION("kplug plugin for Xilinx' bus master design");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
