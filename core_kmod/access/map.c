// SPDX-License-Identifier: GPL-2.0
/* Registers mapped into programs: maps outlive the device, and all maps use the same caching. */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <kplug/plugin.h>

#include "access/map.h"
#include "access/mmap.h"
#include "access/region.h"
#include "access/window.h"
#include "client/client.h"
#include "client/lockdown.h"
#include "compat.h"
#include "device.h"

/* A page of all ones, which a map shows once the device is gone. One for each client. */
static struct page *dead_page(struct kplug_client *client)
{
	struct page *page;

	mutex_lock(&client->dead_lock);
	page = client->dead_page;
	if (!page) {
		page = alloc_page(GFP_KERNEL_ACCOUNT);
		if (page)
			memset(page_address(page), 0xff, PAGE_SIZE);
		client->dead_page = page;
	}
	mutex_unlock(&client->dead_lock);
	return page;
}

static vm_fault_t fault_dead(struct kplug_client *client, struct vm_fault *vmf)
{
	struct page *page = dead_page(client);

	if (!page)
		return VM_FAULT_OOM;
	/* Freed with the client, and the file of the map holds the client. */
	return vmf_insert_pfn_prot(vmf->vma, vmf->address, page_to_pfn(page),
				   vm_get_page_prot(vmf->vma->vm_flags));
}

/* The offset of an address in the device node, see KPLUG_MMAP_SHIFT. */
static u64 offset_at(const struct vm_area_struct *vma, unsigned long address)
{
	return ((u64)vma->vm_pgoff << PAGE_SHIFT) + (address - vma->vm_start);
}

static u32 region_at(u64 offset)
{
	return offset >> KPLUG_MMAP_SHIFT;
}

static u64 within_region(u64 offset)
{
	return offset & (BIT_ULL(KPLUG_MMAP_SHIFT) - 1);
}

static unsigned long pfn_at(const struct kplug_device *dev, const struct vm_area_struct *vma,
			    unsigned long address)
{
	u64 offset = offset_at(vma, address);

	return PHYS_PFN(dev->region[region_at(offset)].start + within_region(offset));
}

/* A restricted client loses its windows with its session. @client: NULL for a region's buffer. */
static bool allowed(const struct kplug_client *client, const struct vm_area_struct *vma,
		    unsigned long address, unsigned long length)
{
	u64 offset = offset_at(vma, address);

	return !client || kplug_window_covers(client, region_at(offset), within_region(offset),
					      length, KPLUG_WINDOW_MAP);
}

/* Fills the rest of the page table, so that a large region takes few faults. */
static void insert_around(const struct kplug_device *dev, const struct kplug_client *client,
			  struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long at = max(vmf->address & PMD_MASK, vma->vm_start);
	unsigned long end = min((vmf->address & PMD_MASK) + PMD_SIZE - 1, vma->vm_end - 1);

	for (; at < end; at += PAGE_SIZE)
		if (!allowed(client, vma, at, PAGE_SIZE) ||
		    vmf_insert_pfn(vma, at, pfn_at(dev, vma, at)) != VM_FAULT_NOPAGE)
			return;
}

/**
 * kplug_map_fault() - handle a page fault in a map of registers
 * @dev: entered, and not dead
 * @client: the client that owns the map, or NULL for the map of a buffer
 * @vmf: the fault, in a page that the client may access
 *
 * Return: as a fault handler does.
 */
vm_fault_t kplug_map_fault(const struct kplug_device *dev, const struct kplug_client *client,
			   struct vm_fault *vmf)
{
	unsigned long address = vmf->address & PAGE_MASK;
	vm_fault_t ret = vmf_insert_pfn(vmf->vma, address, pfn_at(dev, vmf->vma, address));

	if (ret == VM_FAULT_NOPAGE)
		insert_around(dev, client, vmf);
	return ret;
}

/* Removal waits for all faults that saw the device alive, and then zaps all maps. */
static vm_fault_t region_fault(struct vm_fault *vmf)
{
	struct kplug_client *client = vmf->vma->vm_file->private_data;
	struct kplug_device *dev = client->dev;
	int idx = kplug_device_enter(dev);
	vm_fault_t ret;

	if (kplug_device_dead(dev) ||
	    !allowed(client, vmf->vma, vmf->address & PAGE_MASK, PAGE_SIZE))
		ret = fault_dead(client, vmf);
	else
		ret = kplug_map_fault(dev, client, vmf);
	kplug_device_leave(dev, idx);
	return ret;
}

#ifdef KPLUG_COMPAT_HUGE_MAPS
/**
 * kplug_map_huge_fault() - handle a page fault with one large page
 * @dev: entered
 * @client: the client that owns the map, or NULL for the map of a buffer
 * @vmf: the fault
 * @order: order of the page
 *
 * Return: as a fault handler does; VM_FAULT_FALLBACK when only small pages are possible.
 */
vm_fault_t kplug_map_huge_fault(const struct kplug_device *dev, const struct kplug_client *client,
				struct vm_fault *vmf, unsigned int order)
{
	unsigned long length = PAGE_SIZE << order, start = ALIGN_DOWN(vmf->address, length);
	const struct vm_area_struct *vma = vmf->vma;
	unsigned long pfn;

	if (start < vma->vm_start || length > vma->vm_end - start)
		return VM_FAULT_FALLBACK;
	pfn = pfn_at(dev, vma, start);
	if (!IS_ALIGNED(pfn, BIT(order)) || kplug_device_dead(dev) ||
	    !allowed(client, vma, start, length))
		return VM_FAULT_FALLBACK;
	return kplug_compat_insert_huge(vmf, pfn, order);
}

static vm_fault_t region_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct kplug_client *client = vmf->vma->vm_file->private_data;
	int idx = kplug_device_enter(client->dev);
	vm_fault_t ret = kplug_map_huge_fault(client->dev, client, vmf, order);

	kplug_device_leave(client->dev, idx);
	return ret;
}
#endif

/* The widest access of up to 32 bits that the region permits, and that fits; 0: there is none. */
static unsigned int width_at(u8 widths, u64 offset, int length)
{
	unsigned int width;

	for (width = 4; width; width /= 2)
		if (widths & width && !(offset % width) && length >= width)
			return width;
	return 0;
}

/* Swaps no bytes, like the program's own accesses. @buf: any alignment. */
static void copy_one(void __iomem *at, void *buf, unsigned int width, bool is_write)
{
	union {
		u32 word;
		u16 half;
		u8 byte;
	} value;

	if (is_write)
		memcpy(&value, buf, width);
	if (width == 4 && is_write)
		__raw_writel(value.word, at);
	else if (width == 4)
		value.word = __raw_readl(at);
	else if (width == 2 && is_write)
		__raw_writew(value.half, at);
	else if (width == 2)
		value.half = __raw_readw(at);
	else if (is_write)
		__raw_writeb(value.byte, at);
	else
		value.byte = __raw_readb(at);
	if (!is_write)
		memcpy(buf, &value, width);
}

/* Reads a part of a register of 32 bits. Returns the number of bytes. */
static int read_within(void __iomem *base, u64 offset, void *buf, int length)
{
	u8 word[4];

	length = min_t(int, length, sizeof(word) - offset % sizeof(word));
	copy_one(base + offset - offset % sizeof(word), word, sizeof(word), false);
	memcpy(buf, word + offset % sizeof(word), length);
	return length;
}

/* Returns the number of bytes copied: the region may permit no access that is as narrow. */
static int copy(void __iomem *base, u8 widths, u64 offset, void *buf, int length, bool is_write)
{
	int done, width;

	for (done = 0; done < length; done += width, offset += width) {
		width = width_at(widths, offset, length - done);
		if (width)
			copy_one(base + offset, buf + done, width, is_write);
		else if (widths & KPLUG_WIDTH_32 && !is_write)
			width = read_within(base, offset, buf + done, length - done);
		else
			break;
	}
	return done;
}

/**
 * kplug_map_peek() - access a map of registers for a debugger
 * @dev: entered
 * @client: the client that owns the map, or NULL for the map of a buffer
 * @vma: the map
 * @address: in the map
 * @buf: receives the data of a read, or has that of a write
 * @length: in bytes
 * @write: 0 for a read
 *
 * Each access is as wide as its alignment and the region allow, up to 32 bits. A read that is
 * narrower than the region permits takes a part of 32 bits, and such a write fails. The debugger
 * sees what the program would see: all ones when the device is gone or was revoked.
 *
 * Return: number of bytes, within one page; -EACCES.
 */
int kplug_map_peek(const struct kplug_device *dev, const struct kplug_client *client,
		   struct vm_area_struct *vma, unsigned long address, void *buf, int length,
		   int write)
{
	u64 offset = offset_at(vma, address);
	const struct kplug_io_region *io = &dev->io.region[region_at(offset)];

	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ | VM_WRITE)))
		return -EACCES;
	length = min_t(unsigned long, length, PAGE_SIZE - offset_in_page(address));
	if (!kplug_device_dead(dev) && allowed(client, vma, address & PAGE_MASK, PAGE_SIZE) &&
	    kplug_io_inside(READ_ONCE(io->length), within_region(offset), length))
		length = copy(io->base, READ_ONCE(dev->region[region_at(offset)].widths),
			      within_region(offset), buf, length, write);
	else if (!write)
		memset(buf, 0xff, length);
	return length ?: -EACCES;
}

static int region_access(struct vm_area_struct *vma, unsigned long address, void *buf, int length,
			 int write)
{
	struct kplug_client *client = vma->vm_file->private_data;
	int idx = kplug_device_enter(client->dev);
	int ret = kplug_map_peek(client->dev, client, vma, address, buf, length, write);

	kplug_device_leave(client->dev, idx);
	return ret;
}

static struct kplug_region *region_of(const struct vm_area_struct *vma)
{
	struct kplug_client *client = vma->vm_file->private_data;

	return &client->dev->region[vma->vm_pgoff >> (KPLUG_MMAP_SHIFT - PAGE_SHIFT)];
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
#ifdef KPLUG_COMPAT_HUGE_MAPS
	.huge_fault = region_huge_fault,
#endif
	.access = region_access,
};

static bool may_map(struct kplug_client *client, unsigned int index, u64 offset, u64 length)
{
	int idx = kplug_device_enter(client->dev);
	bool may = kplug_window_covers(client, index, offset, length, KPLUG_WINDOW_MAP) &&
		   kplug_region_maps(&client->dev->region[index], offset, length);

	kplug_device_leave(client->dev, idx);
	return may;
}

int kplug_map_region(struct kplug_client *client, struct vm_area_struct *vma, unsigned int index,
		     u64 offset)
{
	struct kplug_region *region = &client->dev->region[index];
	u64 length = vma->vm_end - vma->vm_start;

	if (!may_map(client, index, offset, length) || kplug_lockdown(client->dev->bus))
		return -EPERM;
	if (!(region->flags & KPLUG_REGION_MMAP) || !(vma->vm_flags & VM_SHARED) ||
	    length > region->length || offset > region->length - length)
		return -EINVAL;
	/* From here on its caching cannot change. */
	if (!atomic_inc_unless_negative(&region->maps))
		return -EBUSY;
	vma->vm_page_prot = region->flags & KPLUG_REGION_WC ?
				    pgprot_writecombine(vma->vm_page_prot) :
				    pgprot_noncached(vma->vm_page_prot);
	vm_flags_set(vma, KPLUG_MAP_VM_FLAGS);
	vma->vm_ops = &region_vm_ops;
	return 0;
}

/* Zaps the maps of registers; rings and shared memory stay mapped. */
static void zap_registers(struct inode *inode)
{
	unmap_mapping_range(inode->i_mapping, 0, (loff_t)KPLUG_MMAP_RING << KPLUG_MMAP_SHIFT, 1);
}

/* Every later access to a map of the client faults, and is checked again. */
void kplug_map_zap_client(struct kplug_client *client)
{
	zap_registers(client->inode);
}

/* The same for buffers of the device's own memory, for all clients. */
void kplug_map_zap_peers(struct kplug_device *dev)
{
	zap_registers(dev->inode);
}

/* The same for all clients and buffers; called without the device's lock. */
void kplug_map_zap(struct kplug_device *dev)
{
	struct kplug_client *client;

	mutex_lock(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		zap_registers(client->inode);
	mutex_unlock(&dev->lock);
	kplug_map_zap_peers(dev);
}
