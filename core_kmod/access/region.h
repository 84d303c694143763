/* SPDX-License-Identifier: GPL-2.0 */
/* A region in the core. Its checks depend on nothing else, so unit tests run them. */
#ifndef KPLUG_REGION_H
#define KPLUG_REGION_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <uapi/kplug_abi.h>

/* From @start up to, but not including, @end. */
struct kplug_extent {
	u64 start;
	u64 end;
};

#define KPLUG_MAX_OWNED 2

struct kplug_region {
	phys_addr_t start;
	u64 length;
	u32 flags; /* KPLUG_REGION_*; KPLUG_REGION_WC changes under the device's lock */
	u8 widths; /* KPLUG_WIDTH_* of valid accesses; changes under the device's lock */
	u8 num_owned;
	atomic_t maps; /* maps in programs; -1 while its caching changes */
	/* Registers that only the kernel may write, sorted by their start. */
	struct kplug_extent owned[KPLUG_MAX_OWNED];
};

/* Is it a width that registers in memory may have, but that this region does not permit? */
static __always_inline bool kplug_region_forbids(const struct kplug_region *region, u32 width)
{
	return region->flags & KPLUG_REGION_MEM && !(region->widths & width) &&
	       (width == 1 || width == 2 || width == 4 || width == 8);
}

/* May only the kernel write to some of these bytes? @offset, @length: within the region. */
static __always_inline bool kplug_region_owns(const struct kplug_region *region, u64 offset,
					      u64 length)
{
	/* No index: UBSAN would check it, also where the program's memory is accessible. */
	const struct kplug_extent *part = region->owned, *end = part + region->num_owned;

	for (; part < end; part++)
		if (offset < part->end && part->start < offset + length)
			return true;
	return false;
}

void kplug_region_own(struct kplug_region *region, u64 offset, u64 length);
bool kplug_region_part(const struct kplug_region *region, u64 end, struct kplug_extent *part);
bool kplug_region_maps(const struct kplug_region *region, u64 offset, u64 length);

struct kplug_access;
struct kplug_client;
struct kplug_region_info;

extern const struct kplug_element kplug_range_element;
int kplug_region_access(struct kplug_client *client, struct kplug_access *access);
int kplug_region_describe(struct kplug_client *client, struct kplug_region_info *info);

#endif /* KPLUG_REGION_H */
