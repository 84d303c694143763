// SPDX-License-Identifier: MIT
// The files that kplug has in sysfs and debugfs: any of them is read, and some are written.
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "file.h"
#include "process.h"
#include "random.h"

#define PATH_SIZE 400
#define DEEPEST   3

/* any_entry() - appends a random name of the folder; false when it is none, or empty */
static bool any_entry(char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned int seen = 0;
	char name[NAME_SIZE] = "";
	size_t length = strlen(path);

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !below(++seen))
			snprintf(name, sizeof(name), "%.63s", entry->d_name);
	if (dir)
		closedir(dir);
	if (*name)
		snprintf(path + length, PATH_SIZE - length, "/%s", name);
	return *name;
}

static long read_any(const char *root)
{
	char path[PATH_SIZE], text[2 * PAGE];

	snprintf(path, sizeof(path), "%s", root);
	for (unsigned int depth = 0; depth < DEEPEST && any_entry(path); depth++)
		;
	return file_read(text, sizeof(text), "%s", path);
}

long do_sysfs(unsigned int slot)
{
	static const char *const roots[] = { "/sys/kernel/debug/kplug",
					     "/sys/module/kplug/parameters",
					     "/sys/module/kplug_odd/parameters",
					     "/sys/bus/pci/drivers/kplug" };
	const char *device = devices[client_device(slot)].name;
	char path[PATH_SIZE];

	if (chance(25))
		return admin_device(device, client_type(slot));
	if (chance(20))
		return read_any(pick(roots));
	snprintf(path, sizeof(path), "/sys/class/kplug/%s", device);
	return read_any(path);
}

/* The driver without kplug. */
long do_bare(unsigned int slot)
{
	char text[64];

	(void)slot;
	return file_read(text, 1 + below(sizeof(text)), "/dev/kplug_bare");
}
