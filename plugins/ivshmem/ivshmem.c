// SPDX-License-Identifier: GPL-2.0
/* Plugin for QEMU's ivshmem-doorbell: peers raise its MSI-X vectors, which need no acknowledge. */
#include <linux/pci.h>
#include <linux/slab.h>

#include <kplug/plugin.h>

#include "ivshmem_msg.h"
#include "ivshmem_regs.h"

struct ivshmem {
	u64 rings[KPLUG_MAX_VECTORS]; /* only the vector's handler writes its element */
};

static int ivshmem_attach(struct kplug_device *dev)
{
	struct ivshmem *ivshmem = kvzalloc(sizeof(*ivshmem), GFP_KERNEL);

	if (!ivshmem)
		return -ENOMEM;
	kplug_set_priv(dev, ivshmem);
	/* It is RAM. A device in its first state has none. */
	kplug_set_widths(dev, IVSHMEM_MEMORY,
			 KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32 | KPLUG_WIDTH_64);
	return 0;
}

static void ivshmem_detach(struct kplug_device *dev)
{
	kvfree(kplug_priv(dev));
}

/* Gives each vector its own counter. */
static int ivshmem_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct ivshmem *ivshmem = kplug_priv(dev);

	irq->ctx = &ivshmem->rings[irq->vector];
	return 0;
}

/* "Interrupts" in the specification: the device has no status to read or clear. */
static unsigned int ivshmem_hard(struct kplug_irq *irq)
{
	u64 *rings = irq->ctx;

	kplug_capture(irq, ++*rings);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static long ring(struct kplug_device *dev, const struct ivshmem_ring *arg)
{
	if (arg->peer > U16_MAX || arg->vector > U16_MAX)
		return -EINVAL;
	kplug_write32(kplug_io(dev), IVSHMEM_REGISTERS, IVSHMEM_DOORBELL,
		      arg->peer << 16 | arg->vector);
	return 0;
}

static long ivshmem_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
			 void *out, size_t out_len)
{
	struct kplug_device *dev = kplug_client_device(client);

	switch (cmd) {
	case IVSHMEM_CALL_RING:
		return in_len == sizeof(struct ivshmem_ring) ? ring(dev, in) : -EINVAL;
	case IVSHMEM_CALL_POSITION:
		if (in_len || out_len < sizeof(u32))
			return -EINVAL;
		*(u32 *)out = kplug_read32(kplug_io(dev), IVSHMEM_REGISTERS, IVSHMEM_POSITION);
		return sizeof(u32);
	default:
		return -ENOTTY;
	}
}

static const struct kplug_plugin_ops ivshmem_ops = {
	.attach = ivshmem_attach,
	.detach = ivshmem_detach,
	.arm = ivshmem_arm,
	.hard = ivshmem_hard,
	.call = ivshmem_call,
};

static const struct pci_device_id ivshmem_ids[] = { { PCI_DEVICE(IVSHMEM_VENDOR_ID,
								 IVSHMEM_DEVICE_ID) },
						    {} };
MODULE_DEVICE_TABLE(pci, ivshmem_ids);

static const struct kplug_plugin ivshmem_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "ivshmem",
	.version = IVSHMEM_MSG_VERSION,
	.ops = &ivshmem_ops,
	.pci_ids = ivshmem_ids,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_EVENTS,
	.max_in = sizeof(struct ivshmem_ring),
	.max_out = sizeof(u32),
};
module_kplug_plugin(ivshmem_plugin, ivshmem);

MODULE_DESCRIPTION("kplug plugin for QEMU's ivshmem-doorbell");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
