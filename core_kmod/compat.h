/* SPDX-License-Identifier: GPL-2.0 */
/* All differences between kernel versions, and nothing else. */
#ifndef KPLUG_COMPAT_H
#define KPLUG_COMPAT_H

#include <linux/aer.h>
#include <linux/eventfd.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/version.h>

/* For a buffer whose every byte is written before it is read, or never read. */
#if __has_attribute(__uninitialized__)
#define kplug_uninitialized __attribute__((__uninitialized__))
#else
#define kplug_uninitialized
#endif

/* The device argument of class.devnode became const in 6.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define KPLUG_DEVNODE_CONST
#else
#define KPLUG_DEVNODE_CONST const
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/* The name became a string in 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define KPLUG_COMPAT_IMPORT_NS(name) MODULE_IMPORT_NS(name)
#else
#define KPLUG_COMPAT_IMPORT_NS(name) MODULE_IMPORT_NS(#name)
#endif

/* The owner went away in 6.4. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define kplug_compat_class_create(name) class_create(THIS_MODULE, name)
#else
#define kplug_compat_class_create(name) class_create(name)
#endif

/* The arguments of class attributes became const in 6.4. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define KPLUG_CLASS_CONST
#else
#define KPLUG_CLASS_CONST const
#endif

/* Since 6.11 platform_driver.remove returns nothing. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define KPLUG_COMPAT_PLATFORM_REMOVE(_name, _remove)		\
static int _name(struct platform_device *pdev)			\
{								\
	_remove(pdev);						\
	return 0;						\
}
#else
#define KPLUG_COMPAT_PLATFORM_REMOVE(_name, _remove)		\
static void _name(struct platform_device *pdev)			\
{								\
	_remove(pdev);						\
}
#endif

/* Since 6.2 functions report their errors without being told to. */
static inline void kplug_compat_report_errors(struct pci_dev *pdev, bool on)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	/* That it cannot is no failure. */
	if (on)
		pci_enable_pcie_error_reporting(pdev);
	else
		pci_disable_pcie_error_reporting(pdev);
#endif
}

/* Renamed in 6.8. */
#ifndef PCI_IRQ_INTX
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

/* The count went away in 6.8. */
static inline void kplug_compat_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx, 1);
#else
	eventfd_signal(ctx);
#endif
}

/* Since 6.14 kthread_create_worker() leaves the thread asleep. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define kplug_compat_run_worker(...) kthread_create_worker(0, __VA_ARGS__)
#else
#define kplug_compat_run_worker(...) kthread_run_worker(0, __VA_ARGS__)
#endif

#endif /* KPLUG_COMPAT_H */
