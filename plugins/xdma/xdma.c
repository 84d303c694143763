// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin for cards with Xilinx' XDMA: DMA between programs and the card. Integrators choose the
 * ids of their cards, so it has no table of them: attach it by name.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "xdma.h"
#include "xdma_board.h"

static u32 all_channels(const struct xdma *xdma)
{
	return BIT(xdma->num_channels) - 1;
}

static void reset_state(struct xdma *xdma)
{
	u32 i;

	xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_CHANNELS_DISABLE, ~0u);
	xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_CHANNEL_VECTORS, 0);
	xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_CHANNEL_VECTORS + 4, 0);
	for (i = 0; i < xdma->num_channels; i++)
		xdma_channel_setup(&xdma->channels[i]);
	xdma_user_setup(xdma);
}

static int xdma_attach(struct kplug_device *dev)
{
	struct xdma *xdma;
	int err;

	if (!kplug_pci(dev))
		return -ENODEV;
	xdma = kzalloc(sizeof(*xdma), GFP_KERNEL);
	if (!xdma)
		return -ENOMEM;
	xdma->io = kplug_io(dev);
	raw_spin_lock_init(&xdma->lock);
	mutex_init(&xdma->ring_lock);
	err = xdma_find(dev, xdma);
	if (err) {
		xdma_free(dev, xdma);
		kfree(xdma);
		return err;
	}
	reset_state(xdma);
	kplug_set_priv(dev, xdma);
	return 0;
}

static void xdma_detach(struct kplug_device *dev)
{
	struct xdma *xdma = kplug_priv(dev);
	u32 i;

	/* The next driver starts the engines by a rise of Run. */
	for (i = 0; i < xdma->num_channels; i++)
		xdma_put(&xdma->channels[i], XDMA_CONTROL_CLEAR, XDMA_RUN);
	xdma_free(dev, xdma);
	kfree(xdma);
}

/* An engine that did not stop for its last user may have done so since; it has no reset. */
static int xdma_open(struct kplug_client *client)
{
	struct kplug_device *dev = kplug_client_device(client);
	struct xdma *xdma = kplug_priv(dev);

	mutex_lock(&xdma->ring_lock);
	if (xdma_channels_hold(xdma)) {
		kplug_dma_idle(dev);
		xdma_channels_release(xdma);
	}
	mutex_unlock(&xdma->ring_lock);
	return 0;
}

static void set_armed(struct xdma *xdma, bool armed)
{
	raw_spin_lock_irq(&xdma->lock);
	xdma->armed = armed;
	raw_spin_unlock_irq(&xdma->lock);
	xdma_write(xdma, XDMA_IRQ_BLOCK, armed ? XDMA_CHANNELS_ENABLE : XDMA_CHANNELS_DISABLE,
		   all_channels(xdma));
	xdma_user_setup(xdma);
}

static int xdma_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct xdma *xdma = kplug_priv(dev);

	if (irq->vector)
		xdma_user_arm(xdma, irq->vector, true);
	else
		set_armed(xdma, true);
	return 0;
}

static void xdma_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct xdma *xdma = kplug_priv(dev);

	if (irq->vector)
		xdma_user_arm(xdma, irq->vector, false);
	else
		set_armed(xdma, false);
}

/* end_channel() - true when it has new periods of a ring */
static bool end_channel(struct xdma_channel *c)
{
	unsigned long flags;
	bool ring;

	raw_spin_lock_irqsave(&c->xdma->lock, flags);
	ring = c->ring.owner && xdma_ring_hard(c);
	raw_spin_unlock_irqrestore(&c->xdma->lock, flags);
	if (!ring)
		xdma_channel_end(c);
	return ring;
}

/* The end of a chunk is no event for programs: the core posts one for the transaction. */
static unsigned int end_channels(struct xdma *xdma, u64 *rings)
{
	u32 requests = xdma_read(xdma, XDMA_IRQ_BLOCK, XDMA_CHANNEL_REQUESTS), i;

	if (requests == ~0u || !(requests & all_channels(xdma)))
		return xchg(&xdma->taken, false) ? KPLUG_HANDLED : KPLUG_NONE;
	for (i = 0; i < xdma->num_channels; i++)
		if (requests & BIT(i) && end_channel(&xdma->channels[i]))
			*rings |= BIT(i - xdma->info.num_h2c);
	return KPLUG_HANDLED;
}

static unsigned int xdma_hard(struct kplug_irq *irq)
{
	struct xdma *xdma = kplug_priv(kplug_irq_device(irq));
	u64 lines = xdma_user_hard(xdma, irq->vector), rings = 0;
	unsigned int verdict = irq->vector ? KPLUG_NONE : end_channels(xdma, &rings);

	if (!lines && !rings)
		return verdict;
	kplug_capture(irq, lines);
	kplug_capture(irq, rings);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static int xdma_dma_check(struct kplug_dma *dma)
{
	struct xdma *xdma = kplug_priv(dma->device);
	u64 card = dma->args[XDMA_ARG_CARD], flags = dma->args[XDMA_ARG_FLAGS];
	const struct xdma_channel *c;

	if (dma->args[3] || flags & ~(u64)(XDMA_FLAG_FIXED | XDMA_FLAG_GOES_ON) ||
	    dma->direction == KPLUG_DMA_BOTH || card + dma->length < card ||
	    (card | dma->length) & (xdma->info.alignment - 1))
		return -EINVAL;
	c = xdma_channel_find(xdma, dma->direction, dma->args[XDMA_ARG_CHANNEL]);
	if (!c || (c->stream && (card || flags & XDMA_FLAG_FIXED)))
		return -EINVAL;
	return xdma_permitted(xdma, dma->client, c, card,
			      flags & XDMA_FLAG_FIXED ? XDMA_WIDEST : dma->length) ?
		       0 :
		       -EPERM;
}

static void xdma_close(struct kplug_client *client)
{
	xdma_rings_stop(kplug_client_device(client), client);
}

/* A reset has stopped the channels and forgotten what was set. */
static void xdma_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct xdma *xdma = kplug_priv(dev);

	if (event == KPLUG_DEVICE_RESET_PREPARE || event == KPLUG_DEVICE_SUSPEND ||
	    event == KPLUG_DEVICE_FROZEN || event == KPLUG_DEVICE_SHUTDOWN)
		xdma_rings_stop(dev, NULL);
	if (event != KPLUG_DEVICE_RESET_DONE && event != KPLUG_DEVICE_RESUME)
		return;
	reset_state(xdma);
	if (xdma->armed)
		xdma_write(xdma, XDMA_IRQ_BLOCK, XDMA_CHANNELS_ENABLE, all_channels(xdma));
}

const struct kplug_plugin_ops xdma_ops = {
	.attach = xdma_attach,
	.detach = xdma_detach,
	.open = xdma_open,
	.arm = xdma_arm,
	.disarm = xdma_disarm,
	.hard = xdma_hard,
	.close = xdma_close,
	.call = xdma_call,
	.event = xdma_event,
	.dma_check = xdma_dma_check,
	.dma_program = xdma_dma_program,
	.dma_poll = xdma_dma_poll,
	.dma_abort = xdma_dma_abort,
};
EXPORT_SYMBOL_GPL(xdma_ops);

int xdma_board_user(struct kplug_device *dev, const struct xdma_user *user)
{
	return xdma_user_call(kplug_priv(dev), user);
}
EXPORT_SYMBOL_GPL(xdma_board_user);

const struct kplug_plugin xdma_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "xdma",
	.version = XDMA_MSG_VERSION,
	.ops = &xdma_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_DMA | KPLUG_PLUGIN_ALLOW_CALLS,
	.max_in = sizeof(struct xdma_ring_start),
	.max_out = sizeof(struct xdma_info),
	.num_vectors = 1 + XDMA_LINES,
};
EXPORT_SYMBOL_GPL(xdma_plugin);
module_kplug_plugin(xdma_plugin, xdma);

MODULE_DESCRIPTION("kplug plugin for Xilinx' XDMA");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
