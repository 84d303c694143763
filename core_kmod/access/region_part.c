// SPDX-License-Identifier: GPL-2.0
/* The parts of a region that programs may map: pages without registers owned by the kernel. */
#include <linux/minmax.h>
#include <linux/mm.h>

#include <uapi/kplug_abi.h>

#include "access/region.h"

/**
 * kplug_region_own() - keep programs from writing to registers
 * @region: of a device that is not published yet
 * @offset: of the first byte
 * @length: in bytes, from the device; bytes outside of the region are ignored
 *
 * Call it at most KPLUG_MAX_OWNED times for a region.
 */
void kplug_region_own(struct kplug_region *region, u64 offset, u64 length)
{
	struct kplug_extent *at = &region->owned[region->num_owned];
	struct kplug_extent all = {};

	if (offset >= region->length || !length || region->num_owned == KPLUG_MAX_OWNED)
		return;
	for (; at > region->owned && at[-1].start > offset; at--)
		at[0] = at[-1];
	at->start = offset;
	at->end = offset + min(length, region->length - offset);
	region->num_owned++;
	if (!kplug_region_part(region, region->length, &all))
		region->flags &= ~KPLUG_REGION_MMAP;
}

/**
 * kplug_region_part() - find the next contiguous part that programs may map
 * @region: the region
 * @end: end of the search, a multiple of the page size
 * @part: the search starts at its end, a multiple of the page size; filled with the part
 *
 * Return: true when there is one.
 */
bool kplug_region_part(const struct kplug_region *region, u64 end, struct kplug_extent *part)
{
	u64 start = part->end;
	u32 i;

	part->end = end;
	for (i = 0; i < region->num_owned; i++) {
		u64 first = region->owned[i].start - region->owned[i].start % PAGE_SIZE;

		if (start < first) {
			part->end = min(end, first);
			break;
		}
		start = max(start, (u64)PAGE_ALIGN(region->owned[i].end));
	}
	part->start = start;
	return start < part->end;
}

/**
 * kplug_region_maps() - check whether programs may map a range
 * @region: the region
 * @offset: a multiple of the page size
 * @length: a multiple of the page size, not 0
 *
 * It does not check whether the range is inside of the region.
 *
 * Return: false when the range has registers owned by the kernel.
 */
bool kplug_region_maps(const struct kplug_region *region, u64 offset, u64 length)
{
	struct kplug_extent part = { .end = offset };

	return kplug_region_part(region, offset + length, &part) && part.start == offset &&
	       part.end == offset + length;
}
