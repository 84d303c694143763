// SPDX-License-Identifier: MIT
/* Regions: mapping them, and single accesses through the kernel. */
#include "private.h"

#include <errno.h>

int kplug_region_info(struct kplug *k, unsigned int region,
		      struct kplug_region_info *info)
{
	*info = (struct kplug_region_info){
		.size = sizeof(*info),
		.index = region,
	};
	return kplug_ioctl(k, KPLUG_REGION_INFO, info);
}

static int map_one(struct kplug *k, unsigned int region)
{
	struct kplug_io_region *map = &k->io.region[region];
	struct kplug_region_info info;
	void *base;
	int err;

	if (map->length)
		return 0;
	err = kplug_region_info(k, region, &info);
	if (err)
		return err;
	if (!(info.out_flags & KPLUG_REGION_MMAP))
		return -EOPNOTSUPP;
	err = kplug_sys_mmap(kplug_private(k)->fd, info.out_length,
			     info.out_mmap_offset, &base);
	if (err)
		return err;
	map->base = base;
	map->length = info.out_length;
	return 0;
}

/* The caller holds the lock. */
int kplug_region_map_all(struct kplug *k)
{
	struct kplug_device_info info;
	unsigned int region;
	int err;

	err = kplug_info(k, &info);
	for (region = 0; !err && region < info.out_regions &&
			 region < KPLUG_MAX_REGIONS; region++) {
		err = map_one(k, region);
		if (err == -EOPNOTSUPP)
			err = 0;
	}
	return err;
}

static void unmap_one(struct kplug_io_region *map)
{
	if (!map->length)
		return;
	kplug_sys_munmap((void *)map->base, map->length);
	*map = (struct kplug_io_region){ 0 };
}

void kplug_region_unmap_all(struct kplug *k)
{
	unsigned int region;

	for (region = 0; region < KPLUG_MAX_REGIONS; region++)
		unmap_one(&k->io.region[region]);
}

int kplug_map(struct kplug *k, unsigned int region)
{
	struct kplug_private *p = kplug_private(k);
	int err;

	if (region != KPLUG_ALL_REGIONS && region >= KPLUG_MAX_REGIONS)
		return -EINVAL;
	pthread_mutex_lock(&p->lock);
	err = region == KPLUG_ALL_REGIONS ? kplug_region_map_all(k)
					  : map_one(k, region);
	pthread_mutex_unlock(&p->lock);
	return err;
}

static int unmap_checked(struct kplug *k, unsigned int region)
{
	if (kplug_private(k)->user_functions)
		return -EBUSY;
	if (region == KPLUG_ALL_REGIONS)
		kplug_region_unmap_all(k);
	else if (region >= KPLUG_MAX_REGIONS || !k->io.region[region].length)
		return -EBADFD;
	else
		unmap_one(&k->io.region[region]);
	return 0;
}

int kplug_unmap(struct kplug *k, unsigned int region)
{
	struct kplug_private *p = kplug_private(k);
	int err;

	pthread_mutex_lock(&p->lock);
	err = unmap_checked(k, region);
	pthread_mutex_unlock(&p->lock);
	return err;
}

int kplug_access_read(struct kplug *k, unsigned int region, uint64_t offset,
		      unsigned int width, uint64_t *value)
{
	struct kplug_access access = {
		.size = sizeof(access),
		.region = region,
		.width = width,
		.offset = offset,
	};
	int err = kplug_ioctl(k, KPLUG_ACCESS, &access);

	if (!err)
		*value = access.out_value;
	return err;
}

int kplug_access_write(struct kplug *k, unsigned int region, uint64_t offset,
		       unsigned int width, uint64_t value)
{
	struct kplug_access access = {
		.size = sizeof(access),
		.flags = KPLUG_ACCESS_WRITE,
		.region = region,
		.width = width,
		.offset = offset,
		.value = value,
	};

	return kplug_ioctl(k, KPLUG_ACCESS, &access);
}
