// SPDX-License-Identifier: GPL-2.0
/* Plugin for QEMU's edu device: interrupts, a call that computes factorials, and DMA. */
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "edu_handler.h"
#include "edu_msg.h"

#define FACTORIAL_TIMEOUT_MS 1000
#define DMA_TIMEOUT_MS       1000 /* the engine needs a tenth of that */

static unsigned int dma_bits = EDU_DMA_BITS;
module_param(dma_bits, uint, 0444);
MODULE_PARM_DESC(dma_bits, "width of the device's DMA addresses, as in QEMU's dma_mask");

struct edu {
	struct mutex lock; /* one factorial at a time */
	bool removed;
	bool away; /* in a reset, frozen or asleep; under @lock */
	bool master; /* the DMA engine is usable */
	bool armed; /* the vector is armed, so the engine's interrupt reaches us */
	raw_spinlock_t dma_lock;
	struct kplug_dma *dma; /* the transaction in the engine; under @dma_lock */
	unsigned int dma_irqs; /* interrupts of the engine still to come; under @dma_lock */
};

/*
 * DMA needs a PCI function and memory below the device's address limit. Without them the
 * plugin attaches all the same and refuses transactions.
 */
static int describe_dma(struct kplug_device *dev, struct edu *edu)
{
	const struct kplug_dma_limits limits = { .address_bits = dma_bits };
	const struct kplug_dma_engine engine = { .max_chunk = EDU_DMA_MAX };
	int err = kplug_pci(dev) ? kplug_dma_set_limits(dev, &limits) : -EOPNOTSUPP;

	if (err)
		return err == -EOPNOTSUPP ? 0 : err;
	edu->master = true;
	return kplug_dma_set_engine(dev, &engine);
}

static int edu_attach(struct kplug_device *dev)
{
	struct edu *edu;
	u32 id = kplug_read32(kplug_io(dev), EDU_REGION, EDU_ID);
	int err;

	if ((id & EDU_ID_MASK) != EDU_ID_VALUE)
		return -ENODEV;
	edu = kzalloc(sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	err = describe_dma(dev, edu);
	if (err) {
		kfree(edu);
		return err;
	}
	mutex_init(&edu->lock);
	raw_spin_lock_init(&edu->dma_lock);
	kplug_set_priv(dev, edu);
	return 0;
}

static void edu_detach(struct kplug_device *dev)
{
	kfree(kplug_priv(dev));
}

/* Drop an interrupt that was pending before the vector was armed: it is not an event. */
static int edu_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	u32 stale = kplug_read32(irq->io, EDU_REGION, EDU_IRQ_STATUS);

	kplug_write32(irq->io, EDU_REGION, EDU_IRQ_ACK, stale);
	WRITE_ONCE(((struct edu *)kplug_priv(dev))->armed, true);
	return 0;
}

/* Also true once the device is gone and its registers read as all ones. */
static bool engine_busy(const struct kplug_io *io)
{
	return kplug_read32(io, EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START;
}

/* The transaction whose chunk the engine has finished, or NULL. Only one caller gets it. */
static struct kplug_dma *take_finished(struct edu *edu, const struct kplug_io *io)
{
	struct kplug_dma *dma = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&edu->dma_lock, flags);
	if (edu->dma && !engine_busy(io)) {
		dma = edu->dma;
		edu->dma = NULL;
	}
	raw_spin_unlock_irqrestore(&edu->dma_lock, flags);
	return dma;
}

static void finish(struct edu *edu, const struct kplug_io *io)
{
	struct kplug_dma *dma = take_finished(edu, io);

	if (dma)
		kplug_dma_done(dma, dma->chunk.length, 0);
}

/* Is this the interrupt of a chunk? A poll may have ended that chunk already. */
static bool is_ours(struct edu *edu)
{
	unsigned long flags;
	bool ours;

	raw_spin_lock_irqsave(&edu->dma_lock, flags);
	ours = edu->dma_irqs;
	if (ours)
		edu->dma_irqs--;
	raw_spin_unlock_irqrestore(&edu->dma_lock, flags);
	return ours;
}

/* The end of a chunk is no event for programs: the core posts one for the transaction. */
static noinline unsigned int handle_dma(struct kplug_irq *irq, unsigned int verdict)
{
	struct edu *edu = kplug_priv(kplug_irq_device(irq));
	bool ours = is_ours(edu);

	finish(edu, irq->io);
	return ours && irq->data[0] == EDU_IRQ_DMA ? KPLUG_HANDLED : verdict;
}

static unsigned int edu_hard(struct kplug_irq *irq)
{
	unsigned int verdict = edu_handler(irq);

	if (likely(verdict == KPLUG_NONE || !(irq->data[0] & EDU_IRQ_DMA)))
		return verdict;
	return handle_dma(irq, verdict);
}

/* The engine cannot be stopped, but it finishes soon. */
static void wait_for_engine(const struct kplug_io *io)
{
	unsigned int ms;

	for (ms = 0; ms < DMA_TIMEOUT_MS && engine_busy(io); ms++) {
		if (kplug_read32(io, EDU_REGION, EDU_ID) == ~0u)
			break;
		msleep(1);
	}
}

/*
 * Disables the interrupt at the end of a factorial, which a program may have enabled, and
 * waits for the engine, whose interrupt cannot be disabled.
 */
static void edu_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct edu *edu = kplug_priv(dev);

	raw_spin_lock_irq(&edu->dma_lock);
	edu->armed = false;
	raw_spin_unlock_irq(&edu->dma_lock);
	kplug_write32(irq->io, EDU_REGION, EDU_STATUS, 0);
	wait_for_engine(irq->io);
}

static int edu_dma_check(struct kplug_dma *dma)
{
	struct edu *edu = kplug_priv(dma->device);
	u64 length = min_t(u64, dma->length, EDU_DMA_MAX);

	if (!edu->master)
		return -EOPNOTSUPP;
	if (dma->args[EDU_ARG_OFFSET] > EDU_DMA_MAX - length || dma->args[1] || dma->args[2] ||
	    dma->args[3] || dma->direction == KPLUG_DMA_BOTH)
		return -EINVAL;
	return dma->polled || READ_ONCE(edu->armed) ? 0 : -ENOTCONN;
}

/* docs/specs/edu.txt, "DMA controller" */
static int edu_dma_program(struct kplug_dma *dma)
{
	bool from_device = dma->direction == KPLUG_DMA_FROM_DEVICE;
	const struct kplug_io *io = kplug_io(dma->device);
	u64 memory = dma->chunk.segments[0].address;
	u64 buffer = EDU_DMA_BUFFER + dma->args[EDU_ARG_OFFSET];
	struct edu *edu = kplug_priv(dma->device);
	unsigned long flags;

	raw_spin_lock_irqsave(&edu->dma_lock, flags);
	if (!dma->polled && !edu->armed) {
		raw_spin_unlock_irqrestore(&edu->dma_lock, flags);
		return -ENOTCONN;
	}
	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, from_device ? buffer : memory);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, from_device ? memory : buffer);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, dma->chunk.length);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND,
		      EDU_DMA_START | (from_device ? EDU_DMA_FROM_DEVICE : 0) |
			      (dma->polled ? 0 : EDU_DMA_IRQ));
	edu->dma = dma;
	edu->dma_irqs += !dma->polled;
	raw_spin_unlock_irqrestore(&edu->dma_lock, flags);
	return 0;
}

static void edu_dma_poll(struct kplug_dma *dma)
{
	finish(kplug_priv(dma->device), kplug_io(dma->device));
}

static void edu_dma_abort(struct kplug_dma *dma)
{
	const struct kplug_io *io = kplug_io(dma->device);
	struct edu *edu = kplug_priv(dma->device);

	wait_for_engine(io);
	finish(edu, io);
	raw_spin_lock_irq(&edu->dma_lock);
	edu->dma = NULL;
	raw_spin_unlock_irq(&edu->dma_lock);
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

/* The engine runs one transaction at a time, so the second reads what the first wrote. */
static int copy(struct kplug_client *client, const struct edu_copy *arg)
{
	struct kplug_dma_execution to = { .id = arg->to_device, .length = arg->length };
	struct kplug_dma_execution from = { .id = arg->from_device, .length = arg->length };

	if (!arg->length || arg->length > EDU_DMA_MAX || arg->__pad)
		return -EINVAL;
	return kplug_dma_execute(client, &to) ?: kplug_dma_execute(client, &from);
}

static long edu_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
		     size_t out_len)
{
	struct kplug_device *dev = kplug_client_device(client);
	const u32 *arg = in;

	if (cmd == EDU_CALL_COPY)
		return in_len == sizeof(struct edu_copy) ? copy(client, in) : -EINVAL;
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

/* Waits for the current factorial. The device has no state to restore after a reset. */
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
	.hard = edu_hard,
	.call = edu_call,
	.event = edu_event,
	.dma_check = edu_dma_check,
	.dma_program = edu_dma_program,
	.dma_poll = edu_dma_poll,
	.dma_abort = edu_dma_abort,
};

static const struct pci_device_id edu_ids[] = { { PCI_DEVICE(EDU_VENDOR_ID, EDU_DEVICE_ID) }, {} };
MODULE_DEVICE_TABLE(pci, edu_ids);

static const struct kplug_plugin edu_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "edu",
	.version = EDU_MSG_VERSION,
	.ops = &edu_ops,
	.pci_ids = edu_ids,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS |
		 KPLUG_PLUGIN_ALLOW_DMA,
	.max_in = sizeof(struct edu_copy),
	.max_out = sizeof(u32),
};
module_kplug_plugin(edu_plugin, edu);

MODULE_DESCRIPTION("kplug plugin for QEMU's edu device");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
