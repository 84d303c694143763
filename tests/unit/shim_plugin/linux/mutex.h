/* SPDX-License-Identifier: MIT */
/* For headers of plugins: the tests on the host take no mutex. */
#ifndef SHIM_PLUGIN_MUTEX_H
#define SHIM_PLUGIN_MUTEX_H

struct mutex {
	int unused;
};

#endif
