// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin outside of kplug's tree, as small as it can be. To begin your own,
 * copy this folder and rename.
 *
 *	make				(KPLUG=.../plugin_api for a kplug that is not installed)
 *	insmod kplug_first.ko		(or make modules_install, which lets attach load it)
 *	user_handler 0000:00:04.0 first
 */
#include <kplug/plugin.h>

#include "first_handler.h"

static const struct kplug_plugin_ops first_ops = {
	.hard = first_handler,
};

static const struct kplug_plugin first_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "first",
	.ops = &first_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD,
};
module_kplug_plugin(first_plugin, first);

MODULE_DESCRIPTION("kplug plugin to begin with");
MODULE_LICENSE("GPL");
