// SPDX-License-Identifier: MIT
/* Regions: mapping them, and single accesses through the kernel. */
#include "private.h"

#include <errno.h>

static int region_info(struct kplug *k, unsigned int region, struct kplug_region_info *info,
		       struct kplug_map_range *ranges, unsigned int num)
{
	*info = (struct kplug_region_info){
		.size = sizeof(*info),
		.index = region,
		.ranges = (uintptr_t)ranges,
		.num_ranges = num,
		.stride = num ? sizeof(*ranges) : 0,
	};
	return kplug_ioctl(k, KPLUG_REGION_INFO, info);
}

int kplug_region_info(struct kplug *k, unsigned int region, struct kplug_region_info *info)
{
	return region_info(k, region, info, NULL, 0);
}

int kplug_region_ranges(struct kplug *k, unsigned int region, struct kplug_map_range *ranges,
			unsigned int num)
{
	struct kplug_region_info info;
	int err = region_info(k, region, &info, ranges, num);

	return err ? err : (int)info.out_num_ranges;
}

/* The length that can be mapped from the start of the region. */
static uint64_t length_of_map(const struct kplug_region_info *info,
			      const struct kplug_map_range *ranges)
{
	uint64_t length = 0;
	unsigned int i;

	for (i = 0; i < info->out_num_ranges && i < info->num_ranges; i++)
		if (!ranges[i].offset && ranges[i].length > length)
			length = ranges[i].length;
	return length;
}

/* @info: also filled on failure, unless there is no such region */
static int map_new(struct kplug *k, unsigned int region, struct kplug_region_info *info)
{
	struct kplug_io_region *map = &k->io.region[region];
	struct kplug_map_range ranges[KPLUG_MAX_RANGES];
	uint64_t length;
	void *base;
	int err;

	err = region_info(k, region, info, ranges, KPLUG_MAX_RANGES);
	if (err)
		return err;
	length = length_of_map(info, ranges);
	/* The accessors of 32 bits do not look at the widths that the region permits. */
	if (!length || !(info->out_widths & KPLUG_WIDTH_32))
		return kplug_refuse(k, -EOPNOTSUPP,
				    "the region cannot be mapped, or permits no 32 bits");
	err = kplug_mmap(k, kplug_private(k)->fd, length, info->out_mmap_offset, &base);
	if (err)
		return err;
	map->base = base;
	k->io.forbidden[region] = (__u8)~info->out_widths;
	/* Pairs with the accessors: a thread that sees the length sees the base. */
	__atomic_store_n(&map->length, length, __ATOMIC_RELEASE);
	return 0;
}

static int map_one(struct kplug *k, unsigned int region)
{
	struct kplug_region_info info;

	return k->io.region[region].length ? 0 : map_new(k, region, &info);
}

/* The caller holds the lock. */
static int map_all(struct kplug *k)
{
	struct kplug_device_info info;
	unsigned int region;
	int err;

	err = kplug_info(k, &info);
	for (region = 0; !err && region < info.out_regions && region < KPLUG_MAX_REGIONS;
	     region++) {
		err = map_one(k, region);
		if (err == -EOPNOTSUPP)
			err = 0;
	}
	return err;
}

/*
 * Makes a region accessible to a user function. The function reaches registers that cannot be
 * mapped by system calls, see io.c. The kernel allows all of these to trusted clients only,
 * and the function could not tell a refusal from a device that is gone.
 */
static int reach_one(struct kplug *k, unsigned int region, int trusted)
{
	const struct kplug_io_region *map = &k->io.region[region];
	struct kplug_region_info info;
	int err = map->length ? kplug_region_info(k, region, &info) : map_new(k, region, &info);

	if (err && err != -EOPNOTSUPP && err != -ENOMEM)
		return err;
	if (info.out_flags & KPLUG_REGION_CONFIG)
		return 0;
	/* The function could not write to the device to silence it. */
	if (info.out_flags & KPLUG_REGION_LOCKED)
		return kplug_refuse(
			k, -EPERM,
			"the kernel is locked down, so a function of this program cannot silence the device; a plugin can");
	if (trusted || map->length >= info.out_length)
		return 0;
	return kplug_refuse(k, -EPERM, "a function of this program would not reach all registers");
}

int kplug_region_reach_all(struct kplug *k)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_device_info info;
	unsigned int region;
	int err;

	err = kplug_info(k, &info);
	pthread_mutex_lock(&p->lock);
	for (region = 0; !err && region < info.out_regions && region < KPLUG_MAX_REGIONS; region++)
		err = reach_one(k, region, info.out_flags & KPLUG_DEVICE_TRUSTED);
	pthread_mutex_unlock(&p->lock);
	return err;
}

static void unmap_one(struct kplug_io_region *map)
{
	void *base = (void *)map->base;
	size_t length = (size_t)map->length;

	if (!length)
		return;
	__atomic_store_n(&map->length, 0, __ATOMIC_RELEASE);
	map->base = NULL;
	kplug_sys_munmap(base, length);
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
		return kplug_failed(k, KPLUG_REGION_INFO, -EINVAL);
	pthread_mutex_lock(&p->lock);
	err = region == KPLUG_ALL_REGIONS ? map_all(k) : map_one(k, region);
	pthread_mutex_unlock(&p->lock);
	return err;
}

static int unmap_checked(struct kplug *k, unsigned int region)
{
	if (kplug_private(k)->user_functions)
		return kplug_refuse(k, -EBUSY, "a handler of this program may use the map");
	if (region == KPLUG_ALL_REGIONS) {
		kplug_region_unmap_all(k);
		return 0;
	}
	if (region >= KPLUG_MAX_REGIONS || !k->io.region[region].length)
		return kplug_refuse(k, -ENOTCONN, "the region is not mapped");
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

int kplug_access_read(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
		      uint64_t *value)
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

int kplug_access_write(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
		       uint64_t value)
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
