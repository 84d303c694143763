// SPDX-License-Identifier: GPL-2.0
/* Regions: single accesses of programs, and descriptions for them. */
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "access/mmap.h"
#include "access/region.h"
#include "access/transfer.h"
#include "access/transfer_check.h"
#include "access/window.h"
#include "client/client.h"
#include "client/lockdown.h"
#include "device.h"
#include "memory/array.h"

int kplug_region_access(struct kplug_client *client, struct kplug_access *access)
{
	struct kplug_transfer t = {
		.op = access->flags & KPLUG_ACCESS_WRITE ? KPLUG_TRANSFER_WRITE :
							   KPLUG_TRANSFER_READ,
		.region = min_t(u32, access->region, KPLUG_MAX_REGIONS),
		.width = min_t(u32, access->width, U8_MAX),
		.count = 1,
		.offset = access->offset,
		.value = access->value,
	};
	int err;

	err = kplug_transfer_check(client->dev->region, &t);
	if (!err && t.op == KPLUG_TRANSFER_WRITE)
		err = kplug_transfer_may_write(client);
	err = err ?: kplug_transfer_single(client, &t);
	access->out_value = t.out_value;
	return err;
}

const struct kplug_element kplug_range_element = KPLUG_ELEMENT(kplug_map_range, length);

/* With the device entered, because the plugin's windows count. */
static void describe_region(const struct kplug_client *client, struct kplug_region_info *info,
			    struct kplug_ranges *ranges)
{
	u32 index = array_index_nospec(info->index, KPLUG_MAX_REGIONS);
	const struct kplug_region *region = &client->dev->region[index];

	info->out_flags = region->flags & ~KPLUG_REGION_MMAP;
	if (region->length && kplug_lockdown(client->dev->bus))
		info->out_flags |= KPLUG_REGION_LOCKED;
	else
		kplug_window_ranges(client, index, ranges);
	info->out_length = region->length;
	info->out_mmap_offset = 0;
	info->out_num_ranges = ranges->num;
	info->out_widths = READ_ONCE(region->widths);
	if (!ranges->num)
		return;
	info->out_flags |= KPLUG_REGION_MMAP;
	info->out_mmap_offset = (u64)index << KPLUG_MMAP_SHIFT;
}

static int enter_and_describe(const struct kplug_client *client, struct kplug_region_info *info,
			      struct kplug_ranges *ranges)
{
	int idx = kplug_device_enter(client->dev);
	int err = kplug_client_gone(client) ? -ENODEV : 0;

	if (!err)
		describe_region(client, info, ranges);
	kplug_device_leave(client->dev, idx);
	return err;
}

static int put_ranges(const struct kplug_region_info *info, const struct kplug_ranges *ranges)
{
	return kplug_array_put(&kplug_range_element, u64_to_user_ptr(info->ranges), info->stride,
			       ranges->list, min(ranges->num, ranges->room));
}

/**
 * kplug_region_describe() - KPLUG_REGION_INFO
 * @client: the client
 * @info: the kernel's copy
 *
 * Context: process, without the device entered, because it writes to the program's memory.
 * Return: 0 or -errno.
 */
int kplug_region_describe(struct kplug_client *client, struct kplug_region_info *info)
{
	struct kplug_ranges ranges = { .room = info->num_ranges };
	int err;

	if (info->index >= KPLUG_MAX_REGIONS || ranges.room > KPLUG_MAX_RANGES)
		return -EINVAL;
	if (!ranges.room)
		return enter_and_describe(client, info, &ranges);
	err = kplug_array_check(&kplug_range_element, info->stride);
	if (err)
		return err;
	ranges.list = kcalloc(ranges.room, sizeof(*ranges.list), GFP_KERNEL_ACCOUNT);
	if (!ranges.list)
		return -ENOMEM;
	err = enter_and_describe(client, info, &ranges) ?: put_ranges(info, &ranges);
	kfree(ranges.list);
	return err;
}
