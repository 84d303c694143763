// SPDX-License-Identifier: GPL-2.0
/* Windows: the registers that a plugin lets restricted clients access. */
#include <linux/mm.h>

#include "access/region.h"
#include "access/transfer_check.h"
#include "access/window.h"
#include "client/client.h"
#include "device.h"
#include "plugin/registration.h"

static bool covers(const struct kplug_window *w, u32 region, u64 offset, u64 length, u32 allow)
{
	return w->region == region && (w->allow & allow) == allow && offset >= w->offset &&
	       length <= w->length && offset - w->offset <= w->length - length;
}

/*
 * The plugin whose windows the client has, or NULL. With the device entered: the end of the
 * session waits for callers that did not see it closing.
 */
static const struct kplug_plugin *plugin_of(const struct kplug_client *client)
{
	const struct kplug_registration *reg;

	/* Pairs with the release in finish_end(): this may see the next session. */
	if (smp_load_acquire(&client->closing))
		return NULL;
	reg = READ_ONCE(client->session);
	return reg && kplug_plugin_num_windows(reg->plugin) ? reg->plugin : NULL;
}

/* Registers in configuration space affect the whole machine. */
static bool trusted_with(const struct kplug_client *client, u32 region, u32 allow)
{
	return READ_ONCE(client->trusted) &&
	       !(allow & KPLUG_WINDOW_WRITE &&
		 client->dev->region[region].flags & KPLUG_REGION_CONFIG);
}

/* May the client do @allow, KPLUG_WINDOW_*, with the whole range? */
bool kplug_window_covers(const struct kplug_client *client, u32 region, u64 offset, u64 length,
			 u32 allow)
{
	const struct kplug_plugin *plugin;
	u32 i;

	if (likely(READ_ONCE(client->privileged)) || trusted_with(client, region, allow))
		return true;
	plugin = plugin_of(client);
	for (i = 0; plugin && i < plugin->num_windows; i++)
		if (covers(&plugin->windows[i], region, offset, length, allow))
			return true;
	return false;
}

/* @t: checked */
bool kplug_window_allows(const struct kplug_client *client, const struct kplug_transfer *t)
{
	return kplug_window_covers(client, t->region, t->offset, kplug_transfer_bytes(t),
				   t->op == KPLUG_TRANSFER_WRITE ? KPLUG_WINDOW_WRITE :
								   KPLUG_WINDOW_READ);
}

static void add_ranges(struct kplug_ranges *ranges, const struct kplug_region *region, u64 start,
		       u64 end)
{
	struct kplug_extent part = { .end = start };

	for (; kplug_region_part(region, end, &part); ranges->num++)
		if (ranges->num < ranges->room)
			ranges->list[ranges->num] = (struct kplug_map_range){
				.offset = part.start,
				.length = part.end - part.start,
			};
}

/**
 * kplug_window_ranges() - list the ranges of a region that a client may map
 * @client: the client
 * @index: index of the region
 * @ranges: filled; each range can be mapped in one piece
 *
 * The ranges of a restricted client are in the order of the plugin's windows, which may
 * overlap. With the device entered.
 */
void kplug_window_ranges(const struct kplug_client *client, u32 index, struct kplug_ranges *ranges)
{
	const struct kplug_region *region = &client->dev->region[index];
	const struct kplug_plugin *plugin;
	u32 i;

	if (!(region->flags & KPLUG_REGION_MMAP))
		return;
	if (likely(READ_ONCE(client->trusted))) {
		add_ranges(ranges, region, 0, region->length);
		return;
	}
	plugin = plugin_of(client);
	for (i = 0; plugin && i < plugin->num_windows; i++) {
		const struct kplug_window *w = &plugin->windows[i];

		if (w->region == index && w->allow & KPLUG_WINDOW_MAP)
			add_ranges(ranges, region, w->offset,
				   min(w->offset + w->length, region->length));
	}
}

static bool is_valid_window(const struct kplug_window *w)
{
	if (w->region >= KPLUG_MAX_REGIONS || !w->length || w->offset + w->length < w->offset ||
	    !w->allow || w->allow & ~(KPLUG_WINDOW_READ | KPLUG_WINDOW_WRITE | KPLUG_WINDOW_MAP))
		return false;
	return !(w->allow & KPLUG_WINDOW_MAP) || PAGE_ALIGNED(w->offset | w->length);
}

bool kplug_window_all_valid(const struct kplug_plugin *plugin)
{
	u32 i;

	for (i = 0; i < kplug_plugin_num_windows(plugin); i++)
		if (!is_valid_window(&plugin->windows[i]))
			return false;
	return true;
}
