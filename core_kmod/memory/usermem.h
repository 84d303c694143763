/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that the kernel and a program share, allocated for the program. */
#ifndef KPLUG_MEMORY_USERMEM_H
#define KPLUG_MEMORY_USERMEM_H

#include <linux/types.h>

struct kplug_usermem;
struct vm_area_struct;

struct kplug_usermem *kplug_usermem_alloc(size_t length);
void kplug_usermem_put(struct kplug_usermem *mem);
void *kplug_usermem_addr(const struct kplug_usermem *mem);
size_t kplug_usermem_length(const struct kplug_usermem *mem);
int kplug_usermem_mmap(struct kplug_usermem *mem, struct vm_area_struct *vma, u64 offset);

#endif /* KPLUG_MEMORY_USERMEM_H */
