// SPDX-License-Identifier: GPL-2.0
/* Memory shared between a program and its plugin, by id. */
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "core.h"

struct shm {
	struct kplug_shm shm;	/* what the plugin sees */
	struct kref ref;
	struct kplug_usermem *memory;
};

static struct shm *make(size_t length)
{
	struct shm *shm = kzalloc(sizeof(*shm), GFP_KERNEL_ACCOUNT);

	if (!shm)
		return NULL;
	shm->memory = kplug_usermem_alloc(length);
	if (!shm->memory) {
		kfree(shm);
		return NULL;
	}
	kref_init(&shm->ref);
	shm->shm.addr = shm->memory->addr;
	shm->shm.length = shm->memory->length;
	kplug_object_created(KPLUG_OBJECT_SHM);
	return shm;
}

static void release(struct kref *ref)
{
	struct shm *shm = container_of(ref, struct shm, ref);

	kplug_usermem_free(shm->memory);
	kfree(shm);
	kplug_object_destroyed(KPLUG_OBJECT_SHM);
}

static void put(struct shm *shm)
{
	kref_put(&shm->ref, release);
}

static struct shm *get(struct kplug_opener *opener, u32 id)
{
	struct shm *shm;

	xa_lock(&opener->shms);
	shm = xa_load(&opener->shms, id);
	if (shm)
		kref_get(&shm->ref);
	xa_unlock(&opener->shms);
	return shm;
}

int kplug_shm_alloc(struct kplug_opener *opener, struct kplug_shm_alloc *alloc)
{
	struct shm *shm;
	int err;

	if (!kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_SHM))
		return -EPERM;
	if (alloc->flags || alloc->__reserved)
		return -EOPNOTSUPP;
	if (!alloc->length || alloc->length > KPLUG_MAX_SHM)
		return -EINVAL;
	shm = make(alloc->length);
	if (!shm)
		return -ENOMEM;
	err = xa_alloc(&opener->shms, &alloc->out_id, shm, XA_LIMIT(1, KPLUG_MAX_SHMS),
		       GFP_KERNEL_ACCOUNT);
	if (err) {
		put(shm);
		return err == -EBUSY ? -ENOSPC : err;
	}
	alloc->out_mmap_offset = (u64)KPLUG_MMAP_SHM << KPLUG_MMAP_SHIFT |
				 (u64)alloc->out_id << KPLUG_MMAP_SHM_SHIFT;
	return 0;
}

int kplug_shm_free(struct kplug_opener *opener, u32 id)
{
	struct shm *shm = xa_erase(&opener->shms, id);

	if (!shm)
		return -ENOENT;
	put(shm);
	return 0;
}

/* At close(); the plugin may still hold some. */
void kplug_shm_free_all(struct kplug_opener *opener)
{
	unsigned long id;
	struct shm *shm;

	xa_for_each(&opener->shms, id, shm)
		put(shm);
	xa_destroy(&opener->shms);
}

/* @offset: id and offset in it, as kplug_shm_alloc() composed them */
int kplug_shm_mmap(struct kplug_opener *opener, struct vm_area_struct *vma, u64 offset)
{
	struct shm *shm = get(opener, offset >> KPLUG_MMAP_SHM_SHIFT);
	int err;

	if (!shm)
		return -ENOENT;
	err = kplug_usermem_mmap(shm->memory, vma,
				 offset & (BIT_ULL(KPLUG_MMAP_SHM_SHIFT) - 1));
	put(shm);
	return err;
}

struct kplug_shm *kplug_shm_get(struct kplug_opener *opener, u32 id)
{
	struct shm *shm = get(opener, id);

	return shm ? &shm->shm : NULL;
}
EXPORT_SYMBOL_GPL(kplug_shm_get);

void kplug_shm_put(struct kplug_shm *shm)
{
	put(container_of(shm, struct shm, shm));
}
EXPORT_SYMBOL_GPL(kplug_shm_put);
