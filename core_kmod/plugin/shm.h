/* SPDX-License-Identifier: GPL-2.0 */
/* Memory shared between a program and its plugin. */
#ifndef KPLUG_PLUGIN_SHM_H
#define KPLUG_PLUGIN_SHM_H

#include <linux/types.h>

struct kplug_client;
struct kplug_shm_alloc;
struct vm_area_struct;

int kplug_shm_alloc(struct kplug_client *client, struct kplug_shm_alloc *alloc);
int kplug_shm_free(struct kplug_client *client, u32 id);
u64 kplug_shm_bytes(struct kplug_client *client);
void kplug_shm_free_all(struct kplug_client *client);
int kplug_shm_mmap(struct kplug_client *client, struct vm_area_struct *vma, u64 offset);

#endif /* KPLUG_PLUGIN_SHM_H */
