// SPDX-License-Identifier: MIT
/* Memory shared with the plugin. */
#include "private.h"

#include <errno.h>
#include <unistd.h>

static int free_id(struct kplug *k, uint32_t id)
{
	struct kplug_shm_free cmd = { .size = sizeof(cmd), .id = id };

	return kplug_ioctl(k, KPLUG_SHM_FREE, &cmd);
}

static size_t whole_pages(size_t length)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (length + page - 1) / page * page;
}

int kplug_shm_alloc(struct kplug *k, size_t length, struct kplug_shm *shm)
{
	struct kplug_shm_alloc cmd = { .size = sizeof(cmd), .length = length };
	int err = kplug_ioctl(k, KPLUG_SHM_ALLOC, &cmd);
	void *addr;

	if (err)
		return err;
	length = whole_pages(length);
	err = kplug_mmap(k, kplug_private(k)->fd, length, cmd.out_mmap_offset, &addr);
	if (err) {
		free_id(k, cmd.out_id);
		return err;
	}
	*shm = (struct kplug_shm){
		.addr = addr,
		.length = length,
		.id = cmd.out_id,
	};
	return 0;
}

int kplug_shm_free(struct kplug *k, struct kplug_shm *shm)
{
	int err = free_id(k, shm->id);

	if (err && err != -ENODEV)
		return err;
	kplug_sys_munmap(shm->addr, shm->length);
	*shm = (struct kplug_shm){ 0 };
	return 0;
}
