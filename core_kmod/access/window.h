/* SPDX-License-Identifier: GPL-2.0 */
/* Windows: the registers that a plugin lets restricted clients access. */
#ifndef KPLUG_ACCESS_WINDOW_H
#define KPLUG_ACCESS_WINDOW_H

#include <linux/types.h>

struct kplug_client;
struct kplug_map_range;
struct kplug_plugin;
struct kplug_transfer;

/* The @num ranges of a region that a client may map; @list has the first @room of them. */
struct kplug_ranges {
	struct kplug_map_range *list;
	u32 room;
	u32 num;
};

bool kplug_window_covers(const struct kplug_client *client, u32 region, u64 offset, u64 length,
			 u32 allow);
bool kplug_window_allows(const struct kplug_client *client, const struct kplug_transfer *t);
void kplug_window_ranges(const struct kplug_client *client, u32 index, struct kplug_ranges *ranges);
bool kplug_window_all_valid(const struct kplug_plugin *plugin);

#endif /* KPLUG_ACCESS_WINDOW_H */
