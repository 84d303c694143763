// SPDX-License-Identifier: GPL-2.0
/* Registers mapped into programs: they outlive the device, and all maps of one agree. */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "compat.h"
#include "core.h"

/* What a mapping shows without the device: a page of its opener, all ones. */
static struct page *dead_page(struct kplug_opener *opener)
{
	struct page *page;

	mutex_lock(&opener->dead_lock);
	page = opener->dead_page;
	if (!page) {
		page = alloc_page(GFP_KERNEL_ACCOUNT);
		if (page)
			memset(page_address(page), 0xff, PAGE_SIZE);
		opener->dead_page = page;
	}
	mutex_unlock(&opener->dead_lock);
	return page;
}

static vm_fault_t fault_dead(struct kplug_opener *opener, struct vm_fault *vmf)
{
	struct page *page = dead_page(opener);

	if (!page)
		return VM_FAULT_OOM;
	/* Freed with the opener, which the mapping's file keeps. */
	return vmf_insert_pfn_prot(vmf->vma, vmf->address, page_to_pfn(page),
				   vm_get_page_prot(vmf->vma->vm_flags));
}

static vm_fault_t fault_alive(struct kplug_device *dev, struct vm_fault *vmf)
{
	u64 offset = (u64)vmf->pgoff << PAGE_SHIFT;
	const struct kplug_region *region = &dev->region[offset >> KPLUG_MMAP_SHIFT];

	offset &= BIT_ULL(KPLUG_MMAP_SHIFT) - 1;
	return vmf_insert_pfn(vmf->vma, vmf->address, PHYS_PFN(region->start + offset));
}

/* A restricted opener's windows go with its session. */
static bool allowed(const struct kplug_opener *opener, const struct vm_fault *vmf)
{
	u64 offset = (u64)vmf->pgoff << PAGE_SHIFT;

	return kplug_window_covers(opener, offset >> KPLUG_MMAP_SHIFT,
				   offset & (BIT_ULL(KPLUG_MMAP_SHIFT) - 1), PAGE_SIZE,
				   KPLUG_WINDOW_MAP);
}

/* Removal zaps all mappings after every fault that saw the device alive. */
static vm_fault_t region_fault(struct vm_fault *vmf)
{
	struct kplug_opener *opener = vmf->vma->vm_file->private_data;
	struct kplug_device *dev = opener->dev;
	int idx = kplug_device_enter(dev);
	vm_fault_t ret;

	if (kplug_device_dead(dev) || !allowed(opener, vmf))
		ret = fault_dead(opener, vmf);
	else
		ret = fault_alive(dev, vmf);
	kplug_device_leave(dev, idx);
	return ret;
}

static struct kplug_region *region_of(const struct vm_area_struct *vma)
{
	struct kplug_opener *opener = vma->vm_file->private_data;

	return &opener->dev->region[vma->vm_pgoff >> (KPLUG_MMAP_SHIFT - PAGE_SHIFT)];
}

static void region_vm_open(struct vm_area_struct *vma)
{
	atomic_inc(&region_of(vma)->maps);
}

static void region_vm_close(struct vm_area_struct *vma)
{
	atomic_dec(&region_of(vma)->maps);
}

static const struct vm_operations_struct region_vm_ops = {
	.open = region_vm_open,
	.close = region_vm_close,
	.fault = region_fault,
};

static bool may_map(struct kplug_opener *opener, unsigned int index, u64 offset, u64 length)
{
	int idx = kplug_device_enter(opener->dev);
	bool may = kplug_window_covers(opener, index, offset, length, KPLUG_WINDOW_MAP);

	kplug_device_leave(opener->dev, idx);
	return may;
}

int kplug_region_mmap(struct kplug_opener *opener, struct vm_area_struct *vma,
		      unsigned int index, u64 offset)
{
	struct kplug_region *region = &opener->dev->region[index];
	u64 length = vma->vm_end - vma->vm_start;

	if (!may_map(opener, index, offset, length))
		return -EPERM;
	if (!(region->flags & KPLUG_REGION_MMAP) || !(vma->vm_flags & VM_SHARED) ||
	    length > region->length || offset > region->length - length)
		return -EINVAL;
	/* From here on its caching stays what it is. */
	if (!atomic_inc_unless_negative(&region->maps))
		return -EBUSY;
	vma->vm_page_prot = region->flags & KPLUG_REGION_WC ?
				    pgprot_writecombine(vma->vm_page_prot) :
				    pgprot_noncached(vma->vm_page_prot);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &region_vm_ops;
	return 0;
}

/* Every access to a mapping faults again, and is looked at again. */
void kplug_region_zap(struct kplug_device *dev)
{
	/* The registers; rings and shared memory stay what they are. */
	unmap_mapping_range(dev->inode->i_mapping, 0,
			    (loff_t)KPLUG_MMAP_RING << KPLUG_MMAP_SHIFT, 1);
}

static void __iomem *map_as(const struct kplug_region *region, bool combine)
{
	return combine ? ioremap_wc(region->start, region->length) :
			 ioremap(region->start, region->length);
}

/*
 * Processors do not want one address mapped in two ways, so the old map goes
 * first. Meanwhile the region has no length for those who use it without the
 * lock, which they see as out of range; if there is no memory for the new map it
 * stays so.
 */
static int remap(struct kplug_device *dev, unsigned int index, bool combine)
{
	struct kplug_region *region = &dev->region[index];
	struct kplug_io_region *io = &dev->io.region[index];

	WRITE_ONCE(io->length, 0);
	synchronize_srcu(&dev->srcu);
	if (io->base)
		iounmap(io->base);
	io->base = map_as(region, combine);
	if (!io->base)
		return -ENOMEM;
	/* Pairs with the entry of readers: who sees the length sees the map. */
	synchronize_srcu(&dev->srcu);
	WRITE_ONCE(io->length, region->length);
	return 0;
}

/* Nothing may know where the region is mapped: no program, no recipe, no armed plugin. */
static int set_caching(struct kplug_device *dev, unsigned int index, bool combine)
{
	struct kplug_region *region = &dev->region[index];
	int err;

	if (combine == !!(region->flags & KPLUG_REGION_WC) && dev->io.region[index].base)
		return 0;
	if (dev->num_armed || atomic_cmpxchg(&region->maps, 0, -1))
		return -EBUSY;
	err = remap(dev, index, combine);
	if (!err && combine)
		region->flags |= KPLUG_REGION_WC;
	else if (!err)
		region->flags &= ~KPLUG_REGION_WC;
	atomic_set(&region->maps, 0);
	return err;
}

int kplug_set_caching(struct kplug_device *dev, unsigned int region, enum kplug_caching caching)
{
	lockdep_assert_held(&dev->lock);
	if (region >= KPLUG_MAX_REGIONS || caching > KPLUG_CACHING_WC ||
	    !(dev->region[region].flags & KPLUG_REGION_MMAP))
		return -EINVAL;
	return set_caching(dev, region, caching == KPLUG_CACHING_WC);
}
EXPORT_SYMBOL_GPL(kplug_set_caching);
