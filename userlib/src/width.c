// SPDX-License-Identifier: MIT
/* The widths of accesses that a region permits. */
#include "private.h"

#include <errno.h>
#include <stdio.h>

/* The line of the attribute: "0 8,16,32". */
static int set_widths(const char *name, unsigned int region, unsigned int widths)
{
	char full[KPLUG_NAME_MAX], line[32];
	unsigned int width;
	char separator = ' ';
	int length, err;

	if (region >= KPLUG_MAX_REGIONS || !widths || widths >= 2 * KPLUG_WIDTH_64)
		return -EINVAL;
	err = kplug_device_name(full, name);
	if (err)
		return err;
	length = snprintf(line, sizeof(line), "%u", region);
	for (width = 1; width <= 8; width *= 2) {
		if (!(widths & width))
			continue;
		length += snprintf(line + length, sizeof(line) - (size_t)length, "%c%u", separator,
				   width * 8);
		separator = ',';
	}
	return kplug_sysfs_write(line, KPLUG_SYSFS_CLASS "/%s/widths", full);
}

int kplug_set_widths(const char *name, unsigned int region, unsigned int widths)
{
	return kplug_result(KPLUG_WIDTHS_SETTING, set_widths(name, region, widths));
}
