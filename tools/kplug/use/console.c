// SPDX-License-Identifier: MIT
/* A device that shows the console of the kernel: its display, or a serial line. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "use.h"

/* The card that the firmware used, while a driver shows something on it. */
static void look_at_display(struct uses *uses, const char *root, const char *address)
{
	char path[PATH_MAX], value[8];

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/boot_vga", root, address);
	if (!use_read(path, value, sizeof(value)) || strcmp(value, "1"))
		return;
	snprintf(path, sizeof(path), "%s/sys/class/graphics/fb0", root);
	if (use_is_part(path, address))
		use_add(uses, "it shows the console (/dev/fb0)");
}

void use_of_consoles(struct uses *uses, const char *root, const char *address)
{
	char path[PATH_MAX], names[256], *name, *rest = names;

	look_at_display(uses, root, address);
	snprintf(path, sizeof(path), "%s/sys/class/tty/console/active", root);
	if (!use_read(path, names, sizeof(names)))
		return;
	while ((name = strtok_r(rest, " ", &rest))) {
		snprintf(path, sizeof(path), "%s/sys/class/tty/%s", root, name);
		if (use_is_part(path, address))
			use_add(uses, "/dev/%.64s is the console", name);
	}
}
