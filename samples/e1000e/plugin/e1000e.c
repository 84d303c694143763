// SPDX-License-Identifier: GPL-2.0
/* The plugin of Intel's 82574: interrupts, and a loopback of frames. */
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "e1000e_device.h"
#include "e1000e_msg.h"
#include "loopback.h"

#define RESET_TIMEOUT_US 100000 /* more than it should take */

struct e1000e {
	struct mutex lock; /* of what follows */
	unsigned long armed; /* vectors, a bit each */
	bool away; /* in a reset of its bus, asleep or removed; written without the lock */
	bool master; /* the device reaches memory */
	struct loopback loopback;
	raw_spinlock_t counts_lock;
	struct e1000e_counts counts;
};

/* Without memory that the device reaches there is no loopback. */
static int describe_dma(struct kplug_device *dev, struct e1000e *card)
{
	const struct kplug_dma_limits limits = { .address_bits = 64 };
	int err = kplug_dma_set_limits(dev, &limits);

	if (err)
		return err == -EOPNOTSUPP ? 0 : err;
	err = loopback_init(&card->loopback, dev);
	card->master = !err;
	return err;
}

static int e1000e_attach(struct kplug_device *dev)
{
	struct e1000e *card;
	int err;

	card = kzalloc(sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	mutex_init(&card->lock);
	raw_spin_lock_init(&card->counts_lock);
	err = describe_dma(dev, card);
	if (err) {
		kfree(card);
		return err;
	}
	kplug_set_priv(dev, card);
	return 0;
}

static void e1000e_detach(struct kplug_device *dev)
{
	struct e1000e *card = kplug_priv(dev);

	if (card->master)
		loopback_free(&card->loopback, dev);
	kfree(card);
}

/* What was pending before is no event. */
static int e1000e_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct e1000e *card = kplug_priv(dev);

	mutex_lock(&card->lock);
	e1000e_forget(irq->io, irq->vector);
	e1000e_enable(irq->io, irq->vector);
	card->armed |= BIT(irq->vector);
	mutex_unlock(&card->lock);
	return 0;
}

static void e1000e_disarm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct e1000e *card = kplug_priv(dev);

	mutex_lock(&card->lock);
	e1000e_disable(irq->io, irq->vector);
	card->armed &= ~BIT(irq->vector);
	mutex_unlock(&card->lock);
}

static void count(struct e1000e *card, u64 status)
{
	unsigned long flags;
	unsigned int bit;

	raw_spin_lock_irqsave(&card->counts_lock, flags);
	card->counts.interrupts++;
	for (bit = 0; status; bit++, status >>= 1)
		card->counts.bits[bit] += status & 1;
	raw_spin_unlock_irqrestore(&card->counts_lock, flags);
}

static unsigned int e1000e_hard(struct kplug_irq *irq)
{
	struct e1000e *card = kplug_priv(kplug_irq_device(irq));
	unsigned int verdict = e1000e_handler(irq);

	if (verdict == KPLUG_NONE)
		return verdict;
	count(card, irq->data[0]);
	if (card->master)
		loopback_look(&card->loopback, irq);
	return verdict;
}

static void enable_again(struct kplug_device *dev, struct e1000e *card)
{
	int vector;

	for (vector = 0; vector < E1000E_VECTORS; vector++)
		if (card->armed & BIT(vector))
			e1000e_enable(kplug_io(dev), vector);
}

static int reset(struct kplug_device *dev, struct e1000e *card)
{
	const struct kplug_io *io = kplug_io(dev);
	unsigned int us;

	e1000e_reset(io);
	fsleep(E1000E_RESET_US);
	for (us = 0; !e1000e_ready(io); us += 10) {
		if (us >= RESET_TIMEOUT_US || READ_ONCE(card->away))
			return -ETIMEDOUT;
		usleep_range(10, 20);
	}
	enable_again(dev, card);
	return 0;
}

static long call_reset(struct kplug_device *dev, struct e1000e *card)
{
	if (card->loopback.owner)
		return -EBUSY;
	return card->away ? -EAGAIN : reset(dev, card);
}

static long call_counts(struct e1000e *card, void *out, size_t out_len)
{
	unsigned long flags;

	if (out_len < sizeof(card->counts))
		return -EINVAL;
	raw_spin_lock_irqsave(&card->counts_lock, flags);
	memcpy(out, &card->counts, sizeof(card->counts));
	raw_spin_unlock_irqrestore(&card->counts_lock, flags);
	return sizeof(card->counts);
}

/* Afterwards the device uses no memory of the client, or the core takes bus mastery away. */
static void stop(struct kplug_device *dev, struct e1000e *card)
{
	if (card->loopback.started && !card->away) {
		loopback_halt(&card->loopback, kplug_io(dev));
		if (reset(dev, card) && !card->away)
			kplug_dma_stuck(dev);
	}
	loopback_end(&card->loopback);
}

static long call_start(struct kplug_client *client, struct e1000e *card, const void *in,
		       size_t in_len)
{
	int err;

	if (in_len != sizeof(struct e1000e_start))
		return -EINVAL;
	if (!card->master)
		return -EOPNOTSUPP;
	if (card->loopback.owner && (card->loopback.owner != client || card->loopback.started))
		return -EBUSY;
	if (card->away)
		return -EAGAIN;
	loopback_end(&card->loopback);
	err = reset(kplug_client_device(client), card);
	return err ? err : loopback_start(&card->loopback, client, in);
}

static bool runs_for(const struct e1000e *card, const struct kplug_client *client)
{
	return card->loopback.owner == client && card->loopback.started && !card->away;
}

static long call_send(struct kplug_client *client, struct e1000e *card, const void *in,
		      size_t in_len, u32 *out, size_t out_len)
{
	long count;

	if (in_len != sizeof(struct e1000e_frames) || out_len < sizeof(*out))
		return -EINVAL;
	if (!runs_for(card, client))
		return -ENOTCONN;
	count = loopback_send(&card->loopback, kplug_io(kplug_client_device(client)), in);
	if (count < 0)
		return count;
	*out = count;
	return sizeof(*out);
}

static long call_receive(struct kplug_client *client, struct e1000e *card, void *out,
			 size_t out_len)
{
	if (out_len < sizeof(struct e1000e_frames))
		return -EINVAL;
	if (!runs_for(card, client))
		return -ENOTCONN;
	loopback_receive(&card->loopback, kplug_io(kplug_client_device(client)), out);
	return sizeof(struct e1000e_frames);
}

static long call_stop(struct kplug_client *client, struct e1000e *card)
{
	if (card->loopback.owner != client)
		return -ENOTCONN;
	stop(kplug_client_device(client), card);
	return 0;
}

static long locked_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
			void *out, size_t out_len)
{
	struct e1000e *card = kplug_priv(kplug_client_device(client));

	switch (cmd) {
	case E1000E_CALL_RESET:
		return call_reset(kplug_client_device(client), card);
	case E1000E_CALL_START:
		return call_start(client, card, in, in_len);
	case E1000E_CALL_SEND:
		return call_send(client, card, in, in_len, out, out_len);
	case E1000E_CALL_RECEIVE:
		return call_receive(client, card, out, out_len);
	case E1000E_CALL_STOP:
		return call_stop(client, card);
	default:
		return -ENOTTY;
	}
}

static long e1000e_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
			void *out, size_t out_len)
{
	struct e1000e *card = kplug_priv(kplug_client_device(client));
	long result;

	if (cmd == E1000E_CALL_COUNTS)
		return call_counts(card, out, out_len);
	mutex_lock(&card->lock);
	result = locked_call(client, cmd, in, in_len, out, out_len);
	mutex_unlock(&card->lock);
	return result;
}

static void e1000e_close(struct kplug_client *client)
{
	struct kplug_device *dev = kplug_client_device(client);
	struct e1000e *card = kplug_priv(dev);

	mutex_lock(&card->lock);
	if (card->loopback.owner == client)
		stop(dev, card);
	mutex_unlock(&card->lock);
}

/* After a reset of the bus, or a sleep, the device has lost what was written. */
static void e1000e_event(struct kplug_device *dev, enum kplug_device_event event)
{
	struct e1000e *card = kplug_priv(dev);

	switch (event) {
	case KPLUG_DEVICE_RESET_DONE:
	case KPLUG_DEVICE_RESUME:
	case KPLUG_DEVICE_RECOVERED:
		mutex_lock(&card->lock);
		WRITE_ONCE(card->away, false);
		enable_again(dev, card);
		mutex_unlock(&card->lock);
		break;
	case KPLUG_DEVICE_REMOVE:
	case KPLUG_DEVICE_RESET_PREPARE:
	case KPLUG_DEVICE_SUSPEND:
	case KPLUG_DEVICE_FROZEN:
	case KPLUG_DEVICE_SHUTDOWN:
		/* A reset that waits sees it, and ends: then nothing touches the device. */
		WRITE_ONCE(card->away, true);
		mutex_lock(&card->lock);
		card->loopback.started = false;
		mutex_unlock(&card->lock);
		break;
	default:
		break;
	}
}

static const struct kplug_plugin_ops e1000e_ops = {
	.attach = e1000e_attach,
	.detach = e1000e_detach,
	.close = e1000e_close,
	.arm = e1000e_arm,
	.disarm = e1000e_disarm,
	.hard = e1000e_hard,
	.call = e1000e_call,
	.event = e1000e_event,
};

static const struct pci_device_id e1000e_ids[] = { { PCI_DEVICE(E1000E_PCI_VENDOR,
								E1000E_PCI_DEVICE) },
						   {} };
MODULE_DEVICE_TABLE(pci, e1000e_ids);

static const struct kplug_plugin e1000e_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "e1000e",
	.ops = &e1000e_ops,
	.pci_ids = e1000e_ids,
	.flags = KPLUG_PLUGIN_NO_THREAD,
	.max_in = sizeof(struct e1000e_frames),
	.max_out = sizeof(struct e1000e_counts),
	.version = E1000E_MSG_VERSION,
	.num_vectors = E1000E_VECTORS,
};
module_kplug_plugin(e1000e_plugin, e1000e);

MODULE_DESCRIPTION("kplug plugin for e1000e");
MODULE_LICENSE("GPL");
