// SPDX-License-Identifier: GPL-2.0
/*
 * A minimal plugin outside of kplug's tree. To start your own, copy this folder and rename
 * the files.
 *
 *	make				(KPLUG=.../plugin_api if kplug is not installed)
 *	insmod kplug_first.ko		(or make modules_install, so that attach loads it)
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

MODULE_DESCRIPTION("minimal kplug plugin");
MODULE_LICENSE("GPL");
