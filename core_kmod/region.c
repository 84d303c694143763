// SPDX-License-Identifier: GPL-2.0
/* Registers: checked access, and mappings that outlive the device. */
#include <linux/mm.h>
#include <linux/module.h>

#include "compat.h"
#include "core.h"

/* @at is checked and aligned; @width is 1, 2, 4 or 8 bytes. */
u64 kplug_region_read(const void __iomem *at, unsigned int width)
{
	switch (width) {
	case 1:
		return ioread8(at);
	case 2:
		return ioread16(at);
	case 4:
		return ioread32(at);
	default:
		return ioread64(at);
	}
}

void kplug_region_write(void __iomem *at, unsigned int width, u64 value)
{
	switch (width) {
	case 1:
		iowrite8(value, at);
		break;
	case 2:
		iowrite16(value, at);
		break;
	case 4:
		iowrite32(value, at);
		break;
	default:
		iowrite64(value, at);
	}
}

u64 kplug_io_read_rare(const struct kplug_io_region *r, u64 offset, unsigned int width)
{
	if (width == 8 || !kplug_io_inside(r->port_length, offset, width))
		return ~0ull;
	return kplug_region_read(r->base + offset, width);
}
EXPORT_SYMBOL_GPL(kplug_io_read_rare);

void kplug_io_write_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			 u64 value)
{
	if (width != 8 && kplug_io_inside(r->port_length, offset, width))
		kplug_region_write(r->base + offset, width, value);
}
EXPORT_SYMBOL_GPL(kplug_io_write_rare);

static bool access_valid(const struct kplug_device *dev, const struct kplug_access *access)
{
	const struct kplug_region *region;
	u32 width = access->width;

	if (access->region >= KPLUG_MAX_REGIONS)
		return false;
	if (width != 1 && width != 2 && width != 4 && width != 8)
		return false;
	region = &dev->region[access->region];
	if (width == 8 && region->flags & KPLUG_REGION_PORT)
		return false;
	if (access->offset % width || region->length < width ||
	    access->offset > region->length - width)
		return false;
	if (!(access->flags & KPLUG_ACCESS_WRITE))
		return !access->value;
	return width == 8 || !(access->value >> (8 * width));
}

int kplug_region_access(struct kplug_device *dev, struct kplug_access *access)
{
	bool is_write = access->flags & KPLUG_ACCESS_WRITE;
	void __iomem *at;

	if (access->flags & ~KPLUG_ACCESS_WRITE)
		return -EOPNOTSUPP;
	if (!access_valid(dev, access))
		return -EINVAL;
	if (dev->region[access->region].flags & KPLUG_REGION_CONFIG)
		return dev->bus->config_access(dev, access->offset, access->width, is_write,
					       is_write ? &access->value : &access->out_value);
	at = dev->io.region[access->region].base + access->offset;
	if (is_write)
		kplug_region_write(at, access->width, access->value);
	else
		access->out_value = kplug_region_read(at, access->width);
	return 0;
}

void kplug_region_describe(struct kplug_opener *opener, struct kplug_region_info *info)
{
	const struct kplug_region *region = &opener->dev->region[info->index];

	info->out_flags = region->flags;
	if (!opener->trusted)
		info->out_flags &= ~KPLUG_REGION_MMAP;
	info->out_length = region->length;
	info->out_mmap_offset = info->out_flags & KPLUG_REGION_MMAP ?
				(u64)info->index << KPLUG_MMAP_SHIFT : 0;
}

/* What a mapping shows when the device is gone: a page of its opener, all ones. */
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

/* Removal zaps all mappings after every fault that saw the device alive. */
static vm_fault_t region_fault(struct vm_fault *vmf)
{
	struct kplug_opener *opener = vmf->vma->vm_file->private_data;
	struct kplug_device *dev = opener->dev;
	int idx = kplug_device_enter(dev);
	vm_fault_t ret;

	if (kplug_device_dead(dev))
		ret = fault_dead(opener, vmf);
	else
		ret = fault_alive(dev, vmf);
	kplug_device_leave(dev, idx);
	return ret;
}

static const struct vm_operations_struct region_vm_ops = {
	.fault = region_fault,
};

int kplug_region_mmap(struct kplug_opener *opener, struct vm_area_struct *vma,
		      unsigned int index, u64 offset)
{
	const struct kplug_region *region = &opener->dev->region[index];
	u64 length = vma->vm_end - vma->vm_start;

	if (!opener->trusted)
		return -EPERM;
	if (!(region->flags & KPLUG_REGION_MMAP) || !(vma->vm_flags & VM_SHARED) ||
	    length > region->length || offset > region->length - length)
		return -EINVAL;
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &region_vm_ops;
	return 0;
}
