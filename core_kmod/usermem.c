// SPDX-License-Identifier: GPL-2.0
/* Memory that a program asked for and that kernel and program both see. */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "core.h"

/* Context: process, of the program that pays for it. Return: NULL for no memory. */
struct kplug_usermem *kplug_usermem_alloc(size_t length)
{
	struct kplug_usermem *mem = kzalloc(sizeof(*mem), GFP_KERNEL_ACCOUNT);

	if (!mem)
		return NULL;
	mem->length = PAGE_ALIGN(length);
	mem->mm = current->mm;
	if (account_locked_vm(mem->mm, mem->length >> PAGE_SHIFT, true))
		goto err_free;
	mem->addr = vmalloc_user(mem->length);
	if (!mem->addr)
		goto err_account;
	mmgrab(mem->mm);
	return mem;

err_account:
	account_locked_vm(mem->mm, mem->length >> PAGE_SHIFT, false);
err_free:
	kfree(mem);
	return NULL;
}

/* Mappings keep their pages. */
void kplug_usermem_free(struct kplug_usermem *mem)
{
	vfree(mem->addr);
	account_locked_vm(mem->mm, mem->length >> PAGE_SHIFT, false);
	mmdrop(mem->mm);
	kfree(mem);
}

int kplug_usermem_mmap(const struct kplug_usermem *mem, struct vm_area_struct *vma, u64 offset)
{
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	return remap_vmalloc_range(vma, mem->addr, offset >> PAGE_SHIFT);
}
