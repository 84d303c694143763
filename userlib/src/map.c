// SPDX-License-Identifier: MIT
/* Maps of parts of a region, and the caching of regions. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A map of kplug_map_range(). */
struct kplug_map_part {
	struct kplug_map_part *next;
	void *addr;
	size_t length;
};

int kplug_set_caching(struct kplug *k, unsigned int region, enum kplug_caching caching)
{
	struct kplug_caching_set set = {
		.size = sizeof(set),
		.region = region,
		.caching = caching,
	};

	return kplug_ioctl(k, KPLUG_CACHING, &set);
}

static int check_range(struct kplug *k, unsigned int region, uint64_t offset, size_t length,
		       uint64_t *mmap_offset)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct kplug_region_info info;
	int err = kplug_region_info(k, region, &info);

	if (err)
		return err;
	if (!(info.out_flags & KPLUG_REGION_MMAP))
		return kplug_refuse(k, -EOPNOTSUPP, "the region cannot be mapped");
	if (!length || length % page || offset % page || length > info.out_length ||
	    offset > info.out_length - length)
		return kplug_refuse(k, -EINVAL, "the part is not in the region, or not of pages");
	*mmap_offset = info.out_mmap_offset + offset;
	return 0;
}

static int map_range(struct kplug *k, struct kplug_map_part *range, uint64_t mmap_offset)
{
	struct kplug_private *p = kplug_private(k);
	int err = kplug_mmap(k, p->fd, range->length, mmap_offset, &range->addr);

	if (err)
		return err;
	pthread_mutex_lock(&p->lock);
	range->next = p->ranges;
	p->ranges = range;
	pthread_mutex_unlock(&p->lock);
	return 0;
}

int kplug_map_range(struct kplug *k, unsigned int region, uint64_t offset, size_t length,
		    volatile void **addr)
{
	struct kplug_map_part *range;
	uint64_t mmap_offset = 0;
	int err = check_range(k, region, offset, length, &mmap_offset);

	if (err)
		return err;
	range = malloc(sizeof(*range));
	if (!range)
		return kplug_failed(k, 0, -ENOMEM);
	range->length = length;
	err = map_range(k, range, mmap_offset);
	if (err)
		free(range);
	else
		*addr = range->addr;
	return err;
}

static void free_range(struct kplug_map_part *range)
{
	kplug_sys_munmap(range->addr, range->length);
	free(range);
}

/* Removes the range at @addr from the list; NULL if there is none. */
static struct kplug_map_part *take_range(struct kplug_private *p, volatile void *addr)
{
	struct kplug_map_part **at = &p->ranges, *range;

	while (*at && (*at)->addr != addr)
		at = &(*at)->next;
	range = *at;
	if (range)
		*at = range->next;
	return range;
}

int kplug_unmap_range(struct kplug *k, volatile void *addr)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_map_part *range;

	pthread_mutex_lock(&p->lock);
	range = take_range(p, addr);
	pthread_mutex_unlock(&p->lock);
	if (!range)
		return kplug_refuse(k, -ENOTCONN, "there is no such map");
	free_range(range);
	return 0;
}

/* No other thread uses the device any more. */
void kplug_map_free_ranges(struct kplug *k)
{
	struct kplug_private *p = kplug_private(k);

	while (p->ranges)
		free_range(take_range(p, p->ranges->addr));
}
