/* SPDX-License-Identifier: GPL-2.0 */
/* Registers mapped into programs: maps outlive the device, and all maps use the same caching. */
#ifndef KPLUG_ACCESS_MAP_H
#define KPLUG_ACCESS_MAP_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct kplug_client;
struct kplug_device;
struct vm_area_struct;
struct vm_fault;

vm_fault_t kplug_map_huge_fault(const struct kplug_device *dev, const struct kplug_client *client,
				struct vm_fault *vmf, unsigned int order);

/* Request large pages also where the administrator allows them only on request. */
#define KPLUG_MAP_VM_FLAGS (VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_HUGEPAGE)

vm_fault_t kplug_map_fault(const struct kplug_device *dev, const struct kplug_client *client,
			   struct vm_fault *vmf);
int kplug_map_peek(const struct kplug_device *dev, const struct kplug_client *client,
		   struct vm_area_struct *vma, unsigned long address, void *buf, int length,
		   int write);
int kplug_map_region(struct kplug_client *client, struct vm_area_struct *vma, unsigned int index,
		     u64 offset);
void kplug_map_zap_client(struct kplug_client *client);
void kplug_map_zap_peers(struct kplug_device *dev);
void kplug_map_zap(struct kplug_device *dev);

#endif /* KPLUG_ACCESS_MAP_H */
