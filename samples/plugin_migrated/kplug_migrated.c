// SPDX-License-Identifier: GPL-2.0
/*
 * A Kernel PlugIn of WinDriver after its move, see docs/from-windriver.md. It counts the interrupts
 * of QEMU's edu device.
 *
 *	make				(KPLUG=.../plugin_api if kplug is not installed)
 *	insmod kplug_migrated.ko
 *	windriver_after
 */
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kplug/plugin.h>

#include "migrated.h"

struct migrated {
	spinlock_t lock;
	u32 last; /* status of the last interrupt */
	struct migrated_counts counts; /* under @lock */
};

static int migrated_attach(struct kplug_device *dev)
{
	struct migrated *migrated = kzalloc(sizeof(*migrated), GFP_KERNEL);

	if (!migrated)
		return -ENOMEM;
	spin_lock_init(&migrated->lock);
	kplug_set_priv(dev, migrated);
	return 0;
}

static void migrated_detach(struct kplug_device *dev)
{
	kfree(kplug_priv(dev));
}

static int migrated_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	u32 stale = kplug_read32(irq->io, MIGRATED_REGION, MIGRATED_IRQ_STATUS);

	kplug_write32(irq->io, MIGRATED_REGION, MIGRATED_IRQ_ACK, stale);
	irq->ctx = kplug_priv(dev);
	return 0;
}

static void migrated_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	kplug_write32(irq->io, MIGRATED_REGION, MIGRATED_STATUS, 0);
}

static unsigned int migrated_hard(struct kplug_irq *irq)
{
	struct migrated *migrated = irq->ctx;
	u32 status = kplug_read32(irq->io, MIGRATED_REGION, MIGRATED_IRQ_STATUS);

	if (!status || status == ~0u)
		return KPLUG_NONE;
	kplug_write32(irq->io, MIGRATED_REGION, MIGRATED_IRQ_ACK, status);
	WRITE_ONCE(migrated->last, status);
	return KPLUG_HANDLED | KPLUG_DEFER;
}

/* The program gets one event, however many interrupts there were, with both counts in it. */
static void migrated_deferred(struct kplug_irq *irq, unsigned int coalesced)
{
	struct migrated *migrated = irq->ctx;
	u64 words[2];

	spin_lock_bh(&migrated->lock);
	migrated->counts.interrupts += coalesced;
	migrated->counts.last = READ_ONCE(migrated->last);
	words[0] = migrated->counts.interrupts;
	words[1] = migrated->counts.last;
	spin_unlock_bh(&migrated->lock);
	kplug_event_post(kplug_irq_device(irq), irq->vector, KPLUG_EVENT_IRQ, words, 2);
}

static long migrated_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
			  void *out, size_t out_len)
{
	struct migrated *migrated = kplug_priv(kplug_client_device(client));

	if (cmd != MIGRATED_CALL_COUNTS)
		return -ENOTTY;
	if (out_len < sizeof(migrated->counts))
		return -EINVAL;
	spin_lock_bh(&migrated->lock);
	memcpy(out, &migrated->counts, sizeof(migrated->counts));
	spin_unlock_bh(&migrated->lock);
	return sizeof(migrated->counts);
}

static const struct kplug_plugin_ops migrated_ops = {
	.attach = migrated_attach,
	.detach = migrated_detach,
	.arm = migrated_arm,
	.disarm = migrated_disarm,
	.hard = migrated_hard,
	.deferred = migrated_deferred,
	.call = migrated_call,
};

static const struct kplug_plugin migrated_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "migrated",
	.ops = &migrated_ops,
	.max_out = sizeof(struct migrated_counts),
};
module_kplug_plugin(migrated_plugin, migrated);

MODULE_DESCRIPTION("kplug plugin that was a Kernel PlugIn");
MODULE_LICENSE("GPL");
