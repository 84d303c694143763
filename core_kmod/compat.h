/* SPDX-License-Identifier: GPL-2.0 */
/* All differences between kernel versions, and nothing else. */
#ifndef KPLUG_COMPAT_H
#define KPLUG_COMPAT_H

#include <linux/aer.h>
#include <linux/cc_platform.h>
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/eventfd.h>
#include <linux/iommu.h>
#include <linux/irqdomain.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/swiotlb.h>
#include <linux/timer.h>
#include <linux/version.h>

/* For a buffer that is never read before it is written: the kernel need not initialize it. */
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

/*
 * Since 6.12 large pages can map registers. In earlier kernels get_user_pages_fast() would treat
 * them as memory. Pages of 1 GiB are not used: when a map is split, for example by a partial
 * munmap(), mm_find_pmd() would look for a page table inside of one.
 */
#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
#define KPLUG_COMPAT_HUGE_MAPS

/* The type of the argument went away in 6.17. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
#define KPLUG_COMPAT_PFN(pfn) __pfn_to_pfn_t(pfn, PFN_DEV)
#else
#define KPLUG_COMPAT_PFN(pfn) (pfn)
#endif

static inline vm_fault_t kplug_compat_insert_huge(struct vm_fault *vmf, unsigned long pfn,
						  unsigned int order)
{
	if (order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	return vmf_insert_pfn_pmd(vmf, KPLUG_COMPAT_PFN(pfn), vmf->flags & FAULT_FLAG_WRITE);
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
#define KPLUG_COMPAT_PLATFORM_REMOVE(_name, _remove)   \
	static int _name(struct platform_device *pdev) \
	{                                              \
		_remove(pdev);                         \
		return 0;                              \
	}
#else
#define KPLUG_COMPAT_PLATFORM_REMOVE(_name, _remove)    \
	static void _name(struct platform_device *pdev) \
	{                                               \
		_remove(pdev);                          \
	}
#endif

/* Since 6.2 functions report their errors by default. */
static inline void kplug_compat_report_errors(struct pci_dev *pdev, bool on)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	/* A function without error reporting is not an error. */
	if (on)
		pci_enable_pcie_error_reporting(pdev);
	else
		pci_disable_pcie_error_reporting(pdev);
#endif
}

/*
 * The PCI core does not report the method with which it resets a function. So far, the sixth method
 * and all later ones reset the bus.
 */
static inline bool kplug_compat_resets_itself(const struct pci_dev *pdev)
{
	return pdev->reset_methods[0] && pdev->reset_methods[0] < 6;
}

/* Renamed in 6.2; the old name went away in 6.15. */
static inline int kplug_compat_timer_delete_sync(struct timer_list *timer)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return del_timer_sync(timer);
#else
	return timer_delete_sync(timer);
#endif
}

/* The count went away in 6.8. */
static inline void kplug_compat_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx, 1);
#else
	eventfd_signal(ctx);
#endif
}

/* Can a device that is alone in its group send only its own messages? Renamed in 6.3. */
static inline bool kplug_compat_isolated_messages(struct device *dev, struct iommu_group *group)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	return irq_domain_check_msi_remap() || device_iommu_capable(dev, IOMMU_CAP_INTR_REMAP);
#else
	return iommu_group_has_isolated_msi(group);
#endif
}

/* Since 6.14 kthread_create_worker() leaves the thread asleep. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define kplug_compat_run_worker(...) kthread_create_worker(0, __VA_ARGS__)
#else
#define kplug_compat_run_worker(...) kthread_run_worker(0, __VA_ARGS__)
#endif

/*
 * Pins up to @num pages of the program for a device that only reads them. Before 6.3, the next
 * write to an unwritten page of a private map would replace the page, and the device would keep
 * the old one. There the page is pinned as for a write, even if the program may not write, as
 * drivers did. In shared maps pages are not replaced, and writing may be forbidden or would
 * change the file.
 */
static inline int kplug_compat_pin_to_read(unsigned long address, int num, struct page **pages)
{
	unsigned int flags = FOLL_LONGTERM;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	struct vm_area_struct *vma;

	if (mmap_read_lock_killable(current->mm))
		return -EINTR;
	vma = vma_lookup(current->mm, address);
	if (vma) {
		num = min_t(unsigned long, num, PHYS_PFN(vma->vm_end - address));
		if (is_cow_mapping(vma->vm_flags))
			flags |= FOLL_WRITE | FOLL_FORCE;
	}
	mmap_read_unlock(current->mm);
	if (!vma)
		return -EFAULT;
#endif
	return pin_user_pages_fast(address, num, flags, pages);
}

/* The machine's memory for bounce buffers, in bytes; 0 for none. */
static inline u64 kplug_compat_bounce_size(struct device *dev)
{
#ifdef CONFIG_SWIOTLB
	return dev->dma_io_tlb_mem ? (u64)dev->dma_io_tlb_mem->nslabs << IO_TLB_SHIFT : 0;
#else
	return 0;
#endif
}

/* Its last byte. Linux 6.6 added pools, which may be created later. */
static inline phys_addr_t kplug_compat_bounce_last(struct device *dev)
{
#if !defined(CONFIG_SWIOTLB)
	return 0;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return dev->dma_io_tlb_mem->end - 1;
#elif defined(CONFIG_SWIOTLB_DYNAMIC)
	const struct io_tlb_mem *mem = dev->dma_io_tlb_mem;

	return max_t(phys_addr_t, mem->defpool.end - 1, mem->can_grow ? mem->phys_limit : 0);
#else
	return dev->dma_io_tlb_mem->defpool.end - 1;
#endif
}

/*
 * Since 7.3 the check for encrypted memory is not for modules. Where memory is encrypted, devices
 * reach bounce buffers only.
 */
static inline bool kplug_compat_dma_capable(struct device *dev, dma_addr_t address, size_t length)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)
	return dma_capable(dev, address, length, true);
#else
	return !cc_platform_has(CC_ATTR_MEM_ENCRYPT) &&
	       dma_capable(dev, address, length, true, DMA_ATTR_CC_SHARED);
#endif
}

/* The names changed in 7.1. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#define KPLUG_COMPAT_INVALIDATE                 move_notify
#define kplug_compat_dma_buf_invalidate(dmabuf) dma_buf_move_notify(dmabuf)
#else
#define KPLUG_COMPAT_INVALIDATE                 invalidate_mappings
#define kplug_compat_dma_buf_invalidate(dmabuf) dma_buf_invalidate_mappings(dmabuf)
#endif

#endif /* KPLUG_COMPAT_H */
