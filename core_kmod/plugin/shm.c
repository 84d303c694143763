// SPDX-License-Identifier: GPL-2.0
/* Memory shared between a program and its plugin. */
#include <linux/kref.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include <kplug/plugin.h>

#include "access/mmap.h"
#include "client/client.h"
#include "client/rights.h"
#include "device.h"
#include "memory/usermem.h"
#include "object.h"
#include "plugin/shm.h"

struct shm {
	struct kplug_shm shm; /* the part that plugins see */
	struct kref ref;
	struct kplug_usermem *memory;
};

static struct shm *make_shm(size_t length)
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
	shm->shm.addr = kplug_usermem_addr(shm->memory);
	shm->shm.length = kplug_usermem_length(shm->memory);
	kplug_object_created(KPLUG_OBJECT_SHM);
	return shm;
}

static void release_shm(struct kref *ref)
{
	struct shm *shm = container_of(ref, struct shm, ref);

	kplug_usermem_put(shm->memory);
	kfree(shm);
	kplug_object_destroyed(KPLUG_OBJECT_SHM);
}

static void put_shm(struct shm *shm)
{
	kref_put(&shm->ref, release_shm);
}

static struct shm *get_shm(struct kplug_client *client, u32 id)
{
	struct shm *shm;

	xa_lock(&client->shms);
	shm = xa_load(&client->shms, id);
	if (shm)
		kref_get(&shm->ref);
	xa_unlock(&client->shms);
	return shm;
}

/* Returns 0 with the lock held, or -errno. */
static int lock_to_share(struct kplug_client *client)
{
	int err = kplug_client_lock(client);

	if (err || kplug_session_allows(client, KPLUG_PLUGIN_ALLOW_SHM))
		return err;
	mutex_unlock(&client->dev->lock);
	return -EPERM;
}

/* Fails if the permission has ended meanwhile. */
static int publish_shm(struct kplug_client *client, struct shm *shm, u32 *id)
{
	int err = lock_to_share(client);

	if (err)
		return err;
	err = xa_alloc(&client->shms, id, shm, XA_LIMIT(1, KPLUG_MAX_SHMS), GFP_KERNEL_ACCOUNT);
	mutex_unlock(&client->dev->lock);
	return err;
}

/* KPLUG_SHM_ALLOC. Allocates without the lock, so that other clients do not wait. */
int kplug_shm_alloc(struct kplug_client *client, struct kplug_shm_alloc *alloc)
{
	struct shm *shm;
	int err;

	err = lock_to_share(client);
	if (err)
		return err;
	mutex_unlock(&client->dev->lock);
	if (!alloc->length || alloc->length > KPLUG_MAX_SHM)
		return -EINVAL;
	shm = make_shm(alloc->length);
	if (!shm)
		return -ENOMEM;
	err = publish_shm(client, shm, &alloc->out_id);
	if (err) {
		put_shm(shm);
		return err == -EBUSY ? -ENOSPC : err;
	}
	alloc->out_mmap_offset = (u64)KPLUG_MMAP_SHM << KPLUG_MMAP_SHIFT |
				 (u64)alloc->out_id << KPLUG_MMAP_SHM_SHIFT;
	return 0;
}

int kplug_shm_free(struct kplug_client *client, u32 id)
{
	struct shm *shm = xa_erase(&client->shms, id);

	if (!shm)
		return -ENOENT;
	put_shm(shm);
	return 0;
}

/* The memory that the client has allocated and not freed. With the device's lock. */
u64 kplug_shm_bytes(struct kplug_client *client)
{
	unsigned long id;
	struct shm *shm;
	u64 bytes = 0;

	lockdep_assert_held(&client->dev->lock);
	xa_for_each(&client->shms, id, shm)
		bytes += shm->shm.length;
	return bytes;
}

/* At the client's end, or with the device's lock. Maps and the plugin may still hold memory. */
void kplug_shm_free_all(struct kplug_client *client)
{
	unsigned long id;
	struct shm *shm;

	xa_for_each(&client->shms, id, shm) {
		xa_erase(&client->shms, id);
		put_shm(shm);
	}
}

/* @offset: id and offset in the memory, as kplug_shm_alloc() encodes them */
int kplug_shm_mmap(struct kplug_client *client, struct vm_area_struct *vma, u64 offset)
{
	struct shm *shm = get_shm(client, offset >> KPLUG_MMAP_SHM_SHIFT);
	int err;

	if (!shm)
		return -ENOENT;
	err = kplug_usermem_mmap(shm->memory, vma, offset & (BIT_ULL(KPLUG_MMAP_SHM_SHIFT) - 1));
	put_shm(shm);
	return err;
}

struct kplug_shm *kplug_shm_get(struct kplug_client *client, u32 id)
{
	struct shm *shm = get_shm(client, id);

	return shm ? &shm->shm : NULL;
}
EXPORT_SYMBOL_GPL(kplug_shm_get);

void kplug_shm_put(struct kplug_shm *shm)
{
	put_shm(container_of(shm, struct shm, shm));
}
EXPORT_SYMBOL_GPL(kplug_shm_put);
