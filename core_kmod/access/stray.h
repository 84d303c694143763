/* SPDX-License-Identifier: GPL-2.0 */
/* Reports accesses of plugins outside of a region, which are bugs of the plugin. */
#ifndef KPLUG_ACCESS_STRAY_H
#define KPLUG_ACCESS_STRAY_H

#include <linux/types.h>

struct kplug_io_region;

void kplug_stray_report(const struct kplug_io_region *r, u64 offset, unsigned int width,
			unsigned long caller);

#endif /* KPLUG_ACCESS_STRAY_H */
