// SPDX-License-Identifier: GPL-2.0
/* A driver for QEMU's edu device without kplug, to measure kplug against. */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/swait.h>
#include <linux/timex.h>
#include <linux/uaccess.h>

#include "bare_edu.h"

#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_ACK    0x64

struct bare_edu {
	void __iomem *bar;
	struct bare_edu_stamps *stamps; /* one page, mapped by the program */
	struct pci_dev *pdev;
	unsigned long mode;
	struct tasklet_struct tasklet;
	struct swait_queue_head wait; /* legal in a hard interrupt on PREEMPT_RT too */
	struct miscdevice misc;
};

static u64 clock_none(void)
{
	return 0;
}

static u64 clock_ns(void)
{
	return ktime_get_ns();
}

static u64 clock_tsc(void)
{
	return get_cycles();
}

static u64 (*stamp_clock(const struct bare_edu *b))(void)
{
	if (b->mode & BARE_EDU_TSC)
		return clock_tsc;
	return b->mode & BARE_EDU_NS ? clock_ns : clock_none;
}

/* The whole interrupt. @now is a compile-time constant, so each variant has its own code. */
static __always_inline irqreturn_t handle(struct bare_edu *b, u64 (*now)(void))
{
	u64 entry = now();
	u32 status = readl(b->bar + EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, b->bar + EDU_IRQ_ACK);
	b->stamps->acked = now();
	b->stamps->entry = entry;
	b->stamps->handled++;
	if (b->mode & BARE_EDU_DEFER)
		tasklet_schedule(&b->tasklet);
	else if (b->mode & BARE_EDU_NOTIFY)
		swake_up_one(&b->wait);
	return IRQ_HANDLED;
}

static irqreturn_t hard_plain(int irq, void *b)
{
	return handle(b, clock_none);
}

static irqreturn_t hard_ns(int irq, void *b)
{
	return handle(b, clock_ns);
}

static irqreturn_t hard_tsc(int irq, void *b)
{
	return handle(b, clock_tsc);
}

static void deferred(struct tasklet_struct *tasklet)
{
	struct bare_edu *b = container_of(tasklet, struct bare_edu, tasklet);

	b->stamps->deferred = stamp_clock(b)();
	if (b->mode & BARE_EDU_NOTIFY)
		swake_up_one(&b->wait);
}

static int start(struct bare_edu *b, unsigned long mode)
{
	irq_handler_t hard = hard_plain;

	b->mode = mode;
	memset(b->stamps, 0, sizeof(*b->stamps));
	if (mode & BARE_EDU_TSC)
		hard = hard_tsc;
	else if (mode & BARE_EDU_NS)
		hard = hard_ns;
	/* Never a thread, so that the comparison is fair on PREEMPT_RT. */
	return request_irq(pci_irq_vector(b->pdev, 0), hard, IRQF_NO_THREAD, "bare_edu", b);
}

static void stop(struct bare_edu *b)
{
	free_irq(pci_irq_vector(b->pdev, 0), b);
	tasklet_kill(&b->tasklet);
}

static struct bare_edu *to_bare(struct file *file)
{
	return container_of(file->private_data, struct bare_edu, misc);
}

/* Blocks until there are more interrupts than the last read() of this file returned. */
static ssize_t bare_edu_read(struct file *file, char __user *buf, size_t len, loff_t *seen)
{
	struct bare_edu *b = to_bare(file);
	u64 handled;

	if (len < sizeof(handled))
		return -EINVAL;
	if (swait_event_interruptible_exclusive(b->wait, READ_ONCE(b->stamps->handled) != *seen))
		return -ERESTARTSYS;
	handled = READ_ONCE(b->stamps->handled);
	*seen = handled;
	return put_user(handled, (u64 __user *)buf) ?: (ssize_t)sizeof(handled);
}

static long bare_edu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct bare_edu *b = to_bare(file);
	u8 echo[BARE_EDU_ECHO_BYTES];

	switch (cmd) {
	case BARE_EDU_EMPTY:
		return 0;
	case BARE_EDU_ECHO:
		if (copy_from_user(echo, (void __user *)arg, sizeof(echo)) ||
		    copy_to_user((void __user *)arg, echo, sizeof(echo)))
			return -EFAULT;
		return 0;
	case BARE_EDU_MODE:
		stop(b);
		return start(b, arg);
	}
	return -ENOTTY;
}

static int bare_edu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bare_edu *b = to_bare(file);

	if (vma->vm_pgoff == BARE_EDU_STAMPS >> PAGE_SHIFT)
		return vm_insert_page(vma, vma->vm_start, virt_to_page(b->stamps));
	vma->vm_pgoff -= BARE_EDU_BAR >> PAGE_SHIFT;
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return vm_iomap_memory(vma, pci_resource_start(b->pdev, 0), pci_resource_len(b->pdev, 0));
}

static const struct file_operations bare_edu_fops = {
	.owner = THIS_MODULE,
	.read = bare_edu_read,
	.unlocked_ioctl = bare_edu_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = bare_edu_mmap,
};

static int bare_edu_probe(struct pci_dev *pdev, const struct pci_device_id *unused)
{
	struct bare_edu *b = devm_kzalloc(&pdev->dev, sizeof(*b), GFP_KERNEL);
	int err;

	if (!b)
		return -ENOMEM;
	b->pdev = pdev;
	pci_set_drvdata(pdev, b);
	init_swait_queue_head(&b->wait);
	tasklet_setup(&b->tasklet, deferred);
	b->misc = (struct miscdevice){
		.minor = MISC_DYNAMIC_MINOR,
		.name = "bare_edu",
		.fops = &bare_edu_fops,
	};
	b->stamps = (void *)devm_get_free_pages(&pdev->dev, GFP_KERNEL | __GFP_ZERO, 0);
	if (!b->stamps)
		return -ENOMEM;
	err = pci_enable_device(pdev);
	if (err)
		return err;
	err = pci_request_regions(pdev, "bare_edu");
	if (err)
		goto disable;
	err = -ENOMEM;
	b->bar = pci_iomap(pdev, 0, 0);
	if (!b->bar)
		goto release;
	pci_set_master(pdev); /* an MSI is a write by the device */
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);
	if (err < 0)
		goto unmap;
	err = start(b, 0);
	if (err)
		goto free_vectors;
	err = misc_register(&b->misc);
	if (err)
		goto stop;
	return 0;

stop:
	stop(b);
free_vectors:
	pci_free_irq_vectors(pdev);
unmap:
	pci_iounmap(pdev, b->bar);
release:
	pci_release_regions(pdev);
disable:
	pci_disable_device(pdev);
	return err;
}

static void bare_edu_remove(struct pci_dev *pdev)
{
	struct bare_edu *b = pci_get_drvdata(pdev);

	misc_deregister(&b->misc);
	stop(b);
	pci_free_irq_vectors(pdev);
	pci_iounmap(pdev, b->bar);
	pci_release_regions(pdev);
	pci_disable_device(pdev);
}

/* It has no ids: only driver_override binds it, so it takes no device from kplug. */
static struct pci_driver bare_edu_driver = {
	.name = "bare_edu",
	.probe = bare_edu_probe,
	.remove = bare_edu_remove,
};
module_pci_driver(bare_edu_driver);

MODULE_DESCRIPTION("edu without kplug, for comparison");
MODULE_LICENSE("GPL");
