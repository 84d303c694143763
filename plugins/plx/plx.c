// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin for cards behind a PCI bridge of PLX. Many boards have PLX' own ids and a driver in Linux,
 * so it takes no device by itself: attach it by name.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "plx.h"

void plx_clear_abort(struct plx *plx)
{
	pci_write_config_word(kplug_pci(plx->dev), PCI_STATUS,
			      PCI_STATUS_REC_MASTER_ABORT | PCI_STATUS_REC_TARGET_ABORT);
	plx_update(plx);
}

static void update_target(struct plx *plx)
{
	u32 value = plx->intcsr;

	if (plx->armed) {
		value |= PLX_TARGET_INT_PCI;
		value |= plx->listen.sources & PLX_LOCAL ? PLX_TARGET_INT(0) : 0;
		value |= plx->listen.sources & PLX_LOCAL2 ? PLX_TARGET_INT(1) : 0;
	}
	plx_write(plx, PLX_TARGET_INTCSR, value);
}

void plx_update(struct plx *plx)
{
	u32 value = plx->intcsr;

	if (!plx->chip->channels) {
		update_target(plx);
		return;
	}
	plx_channels_aborts(plx);
	if (plx->armed) {
		value |= PLX_INT_PCI | PLX_INT_DMA(0) | PLX_INT_DMA(1);
		value |= plx->listen.sources & PLX_DOORBELL ? PLX_INT_DOORBELL : 0;
		value |= plx->listen.sources & PLX_LOCAL ? PLX_INT_LOCAL : 0;
	}
	plx_write(plx, PLX_INTCSR, value);
}

/* Descriptors have addresses of 32 bits, whatever the data have. */
static int setup_dma(struct plx *plx)
{
	const struct kplug_dma_limits limits = { .address_bits = plx->chip->address_bits,
						 .max_segment = PLX_MAX_SIZE };
	const struct kplug_dma_engine engine = { .depth = PLX_CHANNELS,
						 .max_segments = PLX_DESCRIPTORS };
	size_t length = PLX_CHANNELS * PLX_DESCRIPTORS * sizeof(struct plx_descriptor);

	return kplug_dma_set_limits(plx->dev, &limits)                                 ?:
		       dma_set_coherent_mask(kplug_parent(plx->dev), DMA_BIT_MASK(32)) ?:
		       kplug_dma_set_engine(plx->dev, &engine)                         ?:
		       kplug_dma_block_alloc(plx->dev, &plx->block, length);
}

static int setup(struct plx *plx)
{
	const u32 interrupts = plx->chip->channels ?
				       PLX_INT_ALL :
				       PLX_TARGET_INT(0) | PLX_TARGET_INT(1) | PLX_TARGET_INT_PCI;
	int err = 0;

	if (plx->region == PLX_REGION_MEMORY)
		err = kplug_set_widths(plx->dev, plx->region,
				       KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32);
	plx->intcsr = plx_read(plx, plx->chip->intcsr) & ~interrupts;
	plx_update(plx);
	return err || !plx->chip->channels ? err : setup_dma(plx);
}

static int plx_attach(struct kplug_device *dev)
{
	const struct plx_chip *chip;
	struct plx *plx;
	u32 region;
	int err;

	chip = plx_chip_of(dev, &region);
	if (!chip)
		return -ENODEV;
	plx = kzalloc(sizeof(*plx), GFP_KERNEL);
	if (!plx)
		return -ENOMEM;
	plx->dev = dev;
	plx->io = kplug_io(dev);
	plx->chip = chip;
	plx->region = region;
	mutex_init(&plx->control);
	raw_spin_lock_init(&plx->lock);
	err = setup(plx);
	if (err) {
		kfree(plx);
		return err;
	}
	kplug_set_priv(dev, plx);
	return 0;
}

static void plx_detach(struct kplug_device *dev)
{
	struct plx *plx = kplug_priv(dev);

	kplug_dma_block_free(dev, &plx->block);
	kfree(plx);
}

/* A channel that did not stop for its last user may have done so since; there is no reset. */
static int plx_open(struct kplug_client *client)
{
	struct plx *plx = kplug_priv(kplug_client_device(client));

	if (plx->chip->channels && plx_channels_hold(plx)) {
		kplug_dma_idle(plx->dev);
		plx_channels_release(plx);
	}
	return 0;
}

static void set_armed(struct plx *plx, bool armed)
{
	raw_spin_lock_irq(&plx->lock);
	plx->armed = armed;
	plx_update(plx);
	raw_spin_unlock_irq(&plx->lock);
}

static int plx_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	set_armed(kplug_priv(dev), true);
	return 0;
}

static void plx_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	set_armed(kplug_priv(dev), false);
}

/* Which of the sources that the program listens to interrupt? */
static u32 active(const struct plx *plx, u32 intcsr)
{
	u32 sources = 0;

	if (plx->chip->channels) {
		sources |= intcsr & PLX_IS_DOORBELL ? PLX_DOORBELL : 0;
		sources |= intcsr & PLX_IS_LOCAL ? PLX_LOCAL : 0;
	} else {
		sources |= intcsr & PLX_TARGET_IS(0) ? PLX_LOCAL : 0;
		sources |= intcsr & PLX_TARGET_IS(1) ? PLX_LOCAL2 : 0;
	}
	return sources & plx->listen.sources;
}

/* The program's steps silence the board; without steps the bridge has to. */
static void serve_local(struct plx *plx, struct kplug_irq *irq, u32 sources)
{
	if (plx->listen.num_steps) {
		kplug_steps_run(irq, plx->listen.steps, plx->listen.num_steps);
		return;
	}
	plx->listen.sources &= ~sources;
	plx_update(plx);
}

static void serve(struct plx *plx, struct kplug_irq *irq, u32 sources)
{
	u32 bits = 0, local = sources & (PLX_LOCAL | PLX_LOCAL2), i;

	if (sources & PLX_DOORBELL) {
		bits = plx_read(plx, PLX_L2P);
		plx_write(plx, PLX_L2P, bits);
	}
	kplug_capture(irq, sources);
	kplug_capture(irq, bits);
	if (local)
		serve_local(plx, irq, local);
	for (i = 0; sources & PLX_DOORBELL && i < plx->chip->mailboxes; i++)
		if (plx->listen.mailboxes & BIT(i))
			kplug_capture(irq, plx_read(plx, PLX_MAILBOX(i)));
}

/* The end of a chunk is no event for programs: the core posts one for the transaction. */
static unsigned int plx_hard(struct kplug_irq *irq)
{
	struct plx *plx = kplug_priv(kplug_irq_device(irq));
	bool ended = false;
	u32 intcsr, sources;

	intcsr = plx_read(plx, plx->chip->intcsr);
	if (intcsr == ~0u)
		return KPLUG_NONE;
	if (plx->chip->channels && intcsr & (PLX_IS_DMA(0) | PLX_IS_DMA(1)))
		ended = plx_channels_end(plx);
	raw_spin_lock(&plx->lock);
	sources = active(plx, intcsr);
	if (sources)
		serve(plx, irq, sources);
	raw_spin_unlock(&plx->lock);
	if (sources)
		return KPLUG_HANDLED | KPLUG_NOTIFY;
	return ended ? KPLUG_HANDLED : KPLUG_NONE;
}

static int plx_dma_check(struct kplug_dma *dma)
{
	const struct plx *plx = kplug_priv(dma->device);
	u64 local = dma->args[PLX_ARG_LOCAL], mode = dma->args[PLX_ARG_MODE];

	if (!plx->chip->channels)
		return -EOPNOTSUPP;
	if (local > U32_MAX || mode & ~(u64)PLX_MODE_BOARD ||
	    dma->args[PLX_ARG_CHANNEL] >= PLX_CHANNELS || dma->args[3] ||
	    dma->direction == KPLUG_DMA_BOTH)
		return -EINVAL;
	if (!(mode & PLX_MODE_FIXED_LOCAL) && dma->length > BIT_ULL(32) - local)
		return -EINVAL;
	return 0;
}

/* A reset may have changed INTCSR. */
static void plx_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct plx *plx = kplug_priv(dev);

	if (event != KPLUG_DEVICE_RESET_DONE && event != KPLUG_DEVICE_RESUME)
		return;
	raw_spin_lock_irq(&plx->lock);
	plx_update(plx);
	raw_spin_unlock_irq(&plx->lock);
}

static const struct kplug_plugin_ops plx_ops = {
	.attach = plx_attach,
	.detach = plx_detach,
	.open = plx_open,
	.arm = plx_arm,
	.disarm = plx_disarm,
	.hard = plx_hard,
	.call = plx_call,
	.event = plx_event,
	.dma_check = plx_dma_check,
	.dma_program = plx_dma_program,
	.dma_poll = plx_dma_poll,
	.dma_abort = plx_dma_abort,
};

static const struct kplug_plugin plx_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "plx",
	.version = PLX_MSG_VERSION,
	.ops = &plx_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_CALLS,
	.max_in = sizeof(struct plx_listen),
	.max_out = PLX_EEPROM_MAX * sizeof(u16),
	.num_vectors = 1,
};
module_kplug_plugin(plx_plugin, plx);

MODULE_DESCRIPTION("kplug plugin for PCI bridges of PLX");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
