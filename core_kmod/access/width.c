// SPDX-License-Identifier: GPL-2.0
/* The widths of accesses that a region permits: a plugin or an administrator chooses them. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <kplug/plugin.h>

#include "access/region.h"
#include "access/width.h"
#include "device.h"

#define ALL_WIDTHS (KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32 | KPLUG_WIDTH_64)

/*
 * Armed recipes were checked with the former widths, and the library remembers those of regions
 * that it has mapped. More widths harm neither.
 */
static int narrow(struct kplug_device *dev, struct kplug_region *region, unsigned int widths)
{
	if (dev->num_armed || atomic_cmpxchg(&region->maps, 0, -1))
		return -EBUSY;
	WRITE_ONCE(region->widths, widths);
	atomic_set(&region->maps, 0);
	return 0;
}

int kplug_set_widths(struct kplug_device *dev, unsigned int region, unsigned int widths)
{
	struct kplug_region *r;

	lockdep_assert_held(&dev->lock);
	if (region >= KPLUG_MAX_REGIONS || !widths || widths & ~ALL_WIDTHS)
		return -EINVAL;
	r = &dev->region[region];
	if (!(r->flags & KPLUG_REGION_MEM))
		return -EINVAL;
	if (r->widths & ~widths)
		return narrow(dev, r, widths);
	WRITE_ONCE(r->widths, widths);
	return 0;
}
EXPORT_SYMBOL_GPL(kplug_set_widths);

/* Parses "8,16,32": widths in bits. */
static int parse_widths(char *text, unsigned int *widths)
{
	unsigned int bits;
	char *word;

	*widths = 0;
	while ((word = strsep(&text, ","))) {
		if (kstrtouint(word, 10, &bits) || bits % 8 || bits > 64 || !is_power_of_2(bits))
			return -EINVAL;
		*widths |= bits / 8;
	}
	return 0;
}

static int change(struct kplug_device *dev, unsigned int region, unsigned int widths)
{
	int err;

	if (mutex_lock_killable(&dev->lock))
		return -EINTR;
	err = kplug_device_dead(dev) ? -ENODEV : kplug_set_widths(dev, region, widths);
	mutex_unlock(&dev->lock);
	return err;
}

/**
 * kplug_width_store() - choose the widths that a region permits
 * @dev: the device
 * @line: "REGION BITS[,BITS]...", such as "0 8,16,32"; changed
 *
 * Return: 0; -EINVAL for a bad line or a region that is not memory; -EBUSY when it takes a width
 * away while a program has mapped the region or a vector is armed; -ENODEV; -EINTR.
 */
int kplug_width_store(struct kplug_device *dev, char *line)
{
	char *rest = strim(line), *word = strsep(&rest, " ");
	unsigned int region, widths;

	if (!rest || kstrtouint(word, 10, &region) || parse_widths(rest, &widths))
		return -EINVAL;
	return change(dev, region, widths);
}

static ssize_t show_region(const struct kplug_device *dev, unsigned int region, char *buf,
			   ssize_t len)
{
	unsigned int widths = READ_ONCE(dev->region[region].widths), width;
	char separator = ' ';
	ssize_t begin = len;

	if (!widths)
		return 0;
	len += sysfs_emit_at(buf, len, "%u", region);
	for (width = 1; width <= 8; width *= 2) {
		if (!(widths & width))
			continue;
		len += sysfs_emit_at(buf, len, "%c%u", separator, width * 8);
		separator = ',';
	}
	return len + sysfs_emit_at(buf, len, "\n") - begin;
}

/* One line for each region, as kplug_width_store() takes them. */
ssize_t kplug_width_show(struct kplug_device *dev, char *buf)
{
	unsigned int region;
	ssize_t len = 0;

	for (region = 0; region < KPLUG_MAX_REGIONS; region++)
		len += show_region(dev, region, buf, len);
	return len;
}
