// SPDX-License-Identifier: GPL-2.0
/* Plugin for QEMU's edu device: acknowledges in the hard interrupt, computes by call. */
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <kplug/plugin.h>

#include "edu_handler.h"
#include "edu_msg.h"

#define FACTORIAL_TIMEOUT_MS 1000

struct edu {
	struct mutex lock;	/* one factorial at a time */
	bool removed;
	bool away;	/* is reset, frozen or asleep: under @lock */
};

static int edu_attach(struct kplug_device *dev)
{
	struct edu *edu;
	u32 id = kplug_read32(kplug_io(dev), EDU_REGION, EDU_ID);

	if ((id & EDU_ID_MASK) != EDU_ID_VALUE)
		return -ENODEV;
	edu = kzalloc(sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	mutex_init(&edu->lock);
	kplug_set_priv(dev, edu);
	return 0;
}

static void edu_detach(struct kplug_device *dev)
{
	kfree(kplug_priv(dev));
}

/* An interrupt that somebody left pending before us is not an event of ours. */
static int edu_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	u32 stale = kplug_read32(irq->io, EDU_REGION, EDU_IRQ_STATUS);

	kplug_write32(irq->io, EDU_REGION, EDU_IRQ_ACK, stale);
	return 0;
}

/* No interrupt at the end of a factorial that a program asked for by itself. */
static void edu_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	kplug_write32(irq->io, EDU_REGION, EDU_STATUS, 0);
}

static int wait_idle(struct edu *edu, const struct kplug_io *io)
{
	unsigned int ms;

	for (ms = 0; ms < FACTORIAL_TIMEOUT_MS; ms++) {
		if (READ_ONCE(edu->removed))
			return -ENODEV;
		if (!(kplug_read32(io, EDU_REGION, EDU_STATUS) & EDU_STATUS_BUSY))
			return 0;
		if (msleep_interruptible(1))
			return -EINTR;
	}
	return -ETIMEDOUT;
}

/* docs/specs/edu.txt, "MMIO area spec", offset 0x08 */
static int factorial(struct edu *edu, const struct kplug_io *io, u32 n, u32 *result)
{
	int err = mutex_lock_interruptible(&edu->lock);

	if (err)
		return err;
	err = edu->away ? -EAGAIN : wait_idle(edu, io);
	if (!err) {
		kplug_write32(io, EDU_REGION, EDU_FACTORIAL, n);
		err = wait_idle(edu, io);
	}
	if (!err)
		*result = kplug_read32(io, EDU_REGION, EDU_FACTORIAL);
	mutex_unlock(&edu->lock);
	return err;
}

static long edu_call(struct kplug_opener *opener, u32 cmd, const void *in, size_t in_len,
		     void *out, size_t out_len)
{
	struct kplug_device *dev = kplug_opener_device(opener);
	const u32 *arg = in;

	if (in_len != sizeof(*arg))
		return -EINVAL;
	switch (cmd) {
	case EDU_CALL_FACTORIAL:
		if (out_len < sizeof(u32))
			return -EINVAL;
		return factorial(kplug_priv(dev), kplug_io(dev), *arg, out) ?: sizeof(u32);
	case EDU_CALL_RAISE:
		if (!*arg || *arg == ~0u)
			return -EINVAL;
		kplug_write32(kplug_io(dev), EDU_REGION, EDU_IRQ_RAISE, *arg);
		return 0;
	default:
		return -ENOTTY;
	}
}

/* Waits for the factorial under way; there is nothing to write again afterwards. */
static void set_away(struct edu *edu, bool away)
{
	mutex_lock(&edu->lock);
	edu->away = away;
	mutex_unlock(&edu->lock);
}

static void edu_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct edu *edu = kplug_priv(dev);

	switch (event) {
	case KPLUG_DEVICE_REMOVE:
		WRITE_ONCE(edu->removed, true);
		break;
	case KPLUG_DEVICE_RESET_PREPARE:
	case KPLUG_DEVICE_SUSPEND:
	case KPLUG_DEVICE_FROZEN:
		set_away(edu, true);
		break;
	case KPLUG_DEVICE_RESET_DONE:
	case KPLUG_DEVICE_RESUME:
		set_away(edu, false);
		break;
	default:
		break;
	}
}

static const struct kplug_plugin_ops edu_ops = {
	.attach = edu_attach,
	.detach = edu_detach,
	.arm = edu_arm,
	.disarm = edu_disarm,
	.hard = edu_handler,
	.call = edu_call,
	.event = edu_event,
};

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR_ID, EDU_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static const struct kplug_plugin edu_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "edu",
	.ops = &edu_ops,
	.pci_ids = edu_ids,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS,
	.max_in = sizeof(u32),
	.max_out = sizeof(u32),
};
module_kplug_plugin(edu_plugin, edu);

MODULE_DESCRIPTION("kplug plugin for QEMU's edu device");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
