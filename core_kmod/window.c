// SPDX-License-Identifier: GPL-2.0
/* Windows: which registers a plugin leaves to restricted openers. */
#include "core.h"

static bool covers(const struct kplug_window *w, u32 region, u64 offset, u64 length, u32 allow)
{
	return w->region == region && (w->allow & allow) == allow && offset >= w->offset &&
	       length <= w->length && offset - w->offset <= w->length - length;
}

/* The windows of the opener's plugin; it stays while the device is entered or locked. */
static const struct kplug_plugin *plugin_of(const struct kplug_opener *opener)
{
	const struct kplug_registration *reg = READ_ONCE(opener->session);

	return reg && kplug_plugin_num_windows(reg->plugin) ? reg->plugin : NULL;
}

/* May the opener do @allow, KPLUG_WINDOW_*, with all of that range? */
bool kplug_window_covers(const struct kplug_opener *opener, u32 region, u64 offset, u64 length,
			 u32 allow)
{
	const struct kplug_plugin *plugin;
	u32 i;

	if (likely(opener->trusted))
		return true;
	plugin = plugin_of(opener);
	for (i = 0; plugin && i < plugin->num_windows; i++)
		if (covers(&plugin->windows[i], region, offset, length, allow))
			return true;
	return false;
}

/* @t: checked */
bool kplug_window_allows(const struct kplug_opener *opener, const struct kplug_transfer *t)
{
	u64 length = t->flags & KPLUG_TRANSFER_FIFO ? t->width : (u64)t->width * t->count;

	return kplug_window_covers(opener, t->region, t->offset, length,
				   t->op == KPLUG_TRANSFER_WRITE ? KPLUG_WINDOW_WRITE :
								   KPLUG_WINDOW_READ);
}

/* May the opener map anything of the region? */
bool kplug_window_maps(const struct kplug_opener *opener, u32 region)
{
	const struct kplug_plugin *plugin;
	u32 i;

	if (likely(opener->trusted))
		return true;
	plugin = plugin_of(opener);
	for (i = 0; plugin && i < plugin->num_windows; i++)
		if (plugin->windows[i].region == region &&
		    plugin->windows[i].allow & KPLUG_WINDOW_MAP)
			return true;
	return false;
}

static bool valid(const struct kplug_window *w)
{
	if (w->region >= KPLUG_MAX_REGIONS || !w->length || w->offset + w->length < w->offset ||
	    !w->allow || w->allow & ~(KPLUG_WINDOW_READ | KPLUG_WINDOW_WRITE | KPLUG_WINDOW_MAP))
		return false;
	return !(w->allow & KPLUG_WINDOW_MAP) || PAGE_ALIGNED(w->offset | w->length);
}

bool kplug_windows_valid(const struct kplug_plugin *plugin)
{
	u32 i;

	for (i = 0; i < kplug_plugin_num_windows(plugin); i++)
		if (!valid(&plugin->windows[i]))
			return false;
	return true;
}
