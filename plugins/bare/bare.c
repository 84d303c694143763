// SPDX-License-Identifier: GPL-2.0
/*
 * A driver without kplug, with which kplug is compared. It acknowledges the
 * interrupt, takes the time and wakes the program that reads /dev/kplug_bare.
 *
 * It suits a PCI function with a 32-bit status register that is zero while the
 * function does not interrupt, and an acknowledge register to which the status
 * is written. The parameters name both and are used when a device is bound.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/swait.h>
#include <linux/uaccess.h>

#include "bare_msg.h"

#define NAME  "kplug_bare"
#define UNSET UINT_MAX

static unsigned int region;
module_param(region, uint, 0644);
MODULE_PARM_DESC(region, "the BAR with the registers (0)");
static unsigned int status = UNSET;
module_param(status, uint, 0644);
MODULE_PARM_DESC(status, "offset of the status register");
static unsigned int ack = UNSET;
module_param(ack, uint, 0644);
MODULE_PARM_DESC(ack, "offset of the acknowledge register");

struct registers {
	unsigned int region;
	unsigned int status;
	unsigned int ack;
};

struct bare {
	struct kref kref; /* the bound device, and the open file */
	struct pci_dev *pdev;
	void __iomem *base;
	void __iomem *status;
	void __iomem *ack;
	struct bare_interrupt last;
	struct swait_queue_head wait; /* legal in a hard interrupt on PREEMPT_RT too */
	bool gone; /* the device is not ours any more */
	unsigned long busy; /* bit 0: a file is open */
	struct miscdevice misc;
};

static void bare_free(struct kref *kref)
{
	kfree(container_of(kref, struct bare, kref));
}

static irqreturn_t bare_handle(int irq, void *data)
{
	struct bare *bare = data;
	u64 entry = ktime_get_ns();
	u32 value = readl(bare->status);

	if (!value)
		return IRQ_NONE;
	writel(value, bare->ack);
	bare->last.acked = ktime_get_ns();
	bare->last.entry = entry;
	WRITE_ONCE(bare->last.handled, bare->last.handled + 1);
	swake_up_one(&bare->wait);
	return IRQ_HANDLED;
}

/* misc_deregister() excludes open(), so the device is still bound. */
static int bare_open(struct inode *inode, struct file *file)
{
	struct bare *bare = container_of(file->private_data, struct bare, misc);

	if (test_and_set_bit(0, &bare->busy))
		return -EBUSY;
	kref_get(&bare->kref);
	file->private_data = bare;
	file->f_pos = READ_ONCE(bare->last.handled);
	return 0;
}

static int bare_release(struct inode *inode, struct file *file)
{
	struct bare *bare = file->private_data;

	clear_bit(0, &bare->busy);
	kref_put(&bare->kref, bare_free);
	return 0;
}

static bool bare_ready(const struct bare *bare, u64 seen)
{
	return READ_ONCE(bare->gone) || READ_ONCE(bare->last.handled) != seen;
}

static ssize_t bare_read(struct file *file, char __user *buffer, size_t length, loff_t *seen)
{
	struct bare *bare = file->private_data;
	struct bare_interrupt last;

	if (length < sizeof(last))
		return -EINVAL;
	if (!bare_ready(bare, *seen) && file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	if (swait_event_interruptible_exclusive(bare->wait, bare_ready(bare, *seen)))
		return -ERESTARTSYS;
	if (READ_ONCE(bare->gone))
		return -ENODEV;
	/* An interrupt that comes now may mix its times with those of the last one. */
	last = bare->last;
	if (copy_to_user(buffer, &last, sizeof(last)))
		return -EFAULT;
	*seen = last.handled;
	return sizeof(last);
}

static const struct file_operations bare_fops = {
	.owner = THIS_MODULE,
	.open = bare_open,
	.release = bare_release,
	.read = bare_read,
};

static bool bare_has(const struct pci_dev *pdev, unsigned int bar, unsigned int offset)
{
	return IS_ALIGNED(offset, sizeof(u32)) &&
	       (u64)offset + sizeof(u32) <= pci_resource_len(pdev, bar);
}

/* A copy that was checked: root may write the parameters at any time. */
static int bare_registers(struct pci_dev *pdev, struct registers *reg)
{
	kernel_param_lock(THIS_MODULE);
	*reg = (struct registers){ .region = region, .status = status, .ack = ack };
	kernel_param_unlock(THIS_MODULE);
	if (reg->region >= PCI_STD_NUM_BARS ||
	    !(pci_resource_flags(pdev, reg->region) & IORESOURCE_MEM)) {
		dev_err(&pdev->dev, "region %u is not a memory BAR\n", reg->region);
		return -EINVAL;
	}
	if (!bare_has(pdev, reg->region, reg->status) || !bare_has(pdev, reg->region, reg->ack)) {
		dev_err(&pdev->dev, "status %#x or ack %#x is not a register of region %u\n",
			reg->status, reg->ack, reg->region);
		return -EINVAL;
	}
	return 0;
}

/* The region is not claimed: programs map it through the resource files of sysfs. */
static int bare_map(struct bare *bare)
{
	struct registers reg;
	int err = bare_registers(bare->pdev, &reg);

	if (err)
		return err;
	bare->base = pci_iomap(bare->pdev, reg.region, max(reg.status, reg.ack) + sizeof(u32));
	if (!bare->base)
		return -ENOMEM;
	bare->status = bare->base + reg.status;
	bare->ack = bare->base + reg.ack;
	return 0;
}

static int bare_arm(struct bare *bare)
{
	struct pci_dev *pdev = bare->pdev;
	unsigned long flags = IRQF_NO_THREAD; /* also on PREEMPT_RT, as kplug's own handlers */
	int err;

	pci_set_master(pdev); /* a message interrupt is a write on the bus */
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES);
	if (err < 0)
		return err;
	if (!pdev->msi_enabled && !pdev->msix_enabled)
		flags |= IRQF_SHARED;
	err = request_irq(pci_irq_vector(pdev, 0), bare_handle, flags, NAME, bare);
	if (err)
		pci_free_irq_vectors(pdev);
	return err;
}

static void bare_disarm(struct bare *bare)
{
	free_irq(pci_irq_vector(bare->pdev, 0), bare);
	pci_free_irq_vectors(bare->pdev);
}

static struct bare *bare_alloc(struct pci_dev *pdev)
{
	struct bare *bare = kzalloc(sizeof(*bare), GFP_KERNEL);

	if (!bare)
		return NULL;
	kref_init(&bare->kref);
	bare->pdev = pdev;
	init_swait_queue_head(&bare->wait);
	bare->misc = (struct miscdevice){
		.minor = MISC_DYNAMIC_MINOR,
		.name = NAME,
		.fops = &bare_fops,
		.mode = 0600,
	};
	return bare;
}

/* One device at a time: of a second one, the name is taken. */
static int bare_probe(struct pci_dev *pdev, const struct pci_device_id *unused)
{
	struct bare *bare = bare_alloc(pdev);
	int err;

	if (!bare)
		return -ENOMEM;
	err = pci_enable_device(pdev);
	if (err)
		goto free;
	err = bare_map(bare);
	if (err)
		goto disable;
	err = bare_arm(bare);
	if (err)
		goto unmap;
	err = misc_register(&bare->misc);
	if (err)
		goto disarm;
	pci_set_drvdata(pdev, bare);
	return 0;

disarm:
	bare_disarm(bare);
unmap:
	pci_iounmap(pdev, bare->base);
disable:
	pci_disable_device(pdev);
free:
	kref_put(&bare->kref, bare_free);
	return err;
}

static void bare_remove(struct pci_dev *pdev)
{
	struct bare *bare = pci_get_drvdata(pdev);

	misc_deregister(&bare->misc);
	bare_disarm(bare);
	WRITE_ONCE(bare->gone, true);
	swake_up_all(&bare->wait);
	pci_iounmap(pdev, bare->base);
	pci_disable_device(pdev);
	kref_put(&bare->kref, bare_free);
}

/* No table of ids: a device is bound by driver_override only. */
static struct pci_driver bare_driver = {
	.name = NAME,
	.probe = bare_probe,
	.remove = bare_remove,
};
module_pci_driver(bare_driver);

MODULE_DESCRIPTION("A driver without kplug, for comparison");
MODULE_LICENSE("GPL");
