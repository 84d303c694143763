// SPDX-License-Identifier: MIT
/* Network interfaces of a device that are up, or part of a bridge or bond. */
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "use.h"

#define CLASS "/sys/class/net"

static bool is_up(const char *root, const char *name)
{
	char path[PATH_MAX], flags[32];

	snprintf(path, sizeof(path), "%s" CLASS "/%s/flags", root, name);
	return use_read(path, flags, sizeof(flags)) && strtoul(flags, NULL, 0) & IFF_UP;
}

static void look_at(struct uses *uses, const char *root, const char *name)
{
	char path[PATH_MAX], master[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "%s" CLASS "/%s/master", root, name);
	length = readlink(path, master, sizeof(master) - 1);
	if (length > 0) {
		master[length] = '\0';
		use_add(uses, "the interface %.32s is part of %.64s", name, basename(master));
	} else if (is_up(root, name)) {
		use_add(uses, "the interface %.64s is up", name);
	}
}

void use_of_interfaces(struct uses *uses, const char *root, const char *address)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s" CLASS, root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s" CLASS "/%s", root, entry->d_name);
		if (entry->d_name[0] != '.' && use_is_part(path, address))
			look_at(uses, root, entry->d_name);
	}
	if (dir)
		closedir(dir);
}
