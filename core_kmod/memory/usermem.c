// SPDX-License-Identifier: GPL-2.0
/* Memory that the kernel and a program share, allocated for the program. */
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "memory/charge.h"
#include "memory/usermem.h"

/* Maps hold a reference too, so that the memory is charged as long as one exists. */
struct kplug_usermem {
	struct kref ref;
	void *addr;
	struct page **pages;
	unsigned long num; /* number of pages */
	struct kplug_charge charge;
};

static void free_usermem_pages(struct kplug_usermem *mem)
{
	while (mem->num)
		__free_page(mem->pages[--mem->num]);
	kvfree(mem->pages);
}

/* Allocates page by page, because vmalloc_user() does not charge a memory cgroup. */
static int alloc_usermem_pages(struct kplug_usermem *mem, unsigned long num)
{
	mem->pages = kvmalloc_array(num, sizeof(*mem->pages), GFP_KERNEL_ACCOUNT);
	if (!mem->pages)
		return -ENOMEM;
	for (; mem->num < num; mem->num++) {
		mem->pages[mem->num] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!mem->pages[mem->num])
			goto err_free;
	}
	mem->addr = vmap(mem->pages, num, VM_MAP, PAGE_KERNEL);
	if (mem->addr)
		return 0;

err_free:
	free_usermem_pages(mem);
	return -ENOMEM;
}

/**
 * kplug_usermem_alloc() - allocate zeroed memory for the kernel and a program
 * @length: in bytes, not 0; the caller has checked it against a limit of the ABI
 *
 * Context: process, of the program that is charged; without contended locks.
 * Return: the memory, for kplug_usermem_put(); or NULL.
 */
struct kplug_usermem *kplug_usermem_alloc(size_t length)
{
	unsigned long num = PAGE_ALIGN(length) >> PAGE_SHIFT;
	struct kplug_usermem *mem = kzalloc(sizeof(*mem), GFP_KERNEL_ACCOUNT);

	if (!mem)
		return NULL;
	kref_init(&mem->ref);
	if (kplug_charge_take(&mem->charge, num, false))
		goto err_free;
	if (alloc_usermem_pages(mem, num))
		goto err_charge;
	return mem;

err_charge:
	kplug_charge_give(&mem->charge);
err_free:
	kfree(mem);
	return NULL;
}

static void release_usermem(struct kref *ref)
{
	struct kplug_usermem *mem = container_of(ref, struct kplug_usermem, ref);

	vunmap(mem->addr);
	free_usermem_pages(mem);
	kplug_charge_give(&mem->charge);
	kfree(mem);
}

/* Drops a reference; maps hold their own. Context: process. */
void kplug_usermem_put(struct kplug_usermem *mem)
{
	kref_put(&mem->ref, release_usermem);
}

void *kplug_usermem_addr(const struct kplug_usermem *mem)
{
	return mem->addr;
}

size_t kplug_usermem_length(const struct kplug_usermem *mem)
{
	return mem->num << PAGE_SHIFT;
}

/* A map is split, moved, or inherited by a child process. */
static void map_open(struct vm_area_struct *vma)
{
	struct kplug_usermem *mem = vma->vm_private_data;

	kref_get(&mem->ref);
}

/* The pages of the map are unmapped already. */
static void map_close(struct vm_area_struct *vma)
{
	kplug_usermem_put(vma->vm_private_data);
}

static const struct vm_operations_struct vm_ops = {
	.open = map_open,
	.close = map_close,
};

/**
 * kplug_usermem_mmap() - map the memory into a program
 * @mem: the memory; the caller has a reference
 * @vma: the map, with mmap_lock
 * @offset: offset in @mem of the first byte, a multiple of the page size
 *
 * Return: 0 or -errno.
 */
int kplug_usermem_mmap(struct kplug_usermem *mem, struct vm_area_struct *vma, u64 offset)
{
	u64 first = offset >> PAGE_SHIFT;
	int err;

	if (!(vma->vm_flags & VM_SHARED) || first >= mem->num || vma_pages(vma) > mem->num - first)
		return -EINVAL;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	err = vm_map_pages_zero(vma, mem->pages + first, mem->num - first);
	if (err)
		return err;
	kref_get(&mem->ref);
	vma->vm_private_data = mem;
	vma->vm_ops = &vm_ops;
	return 0;
}
