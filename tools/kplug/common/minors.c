// SPDX-License-Identifier: MIT
/* Devices of kplug by the minors of their nodes. */
#include "minors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static char names[MINORS_MAX][KPLUG_NAME_MAX];

bool minor_of(const char *name, uint32_t *minor)
{
	unsigned int major;
	char path[128];
	FILE *file;
	bool found;

	snprintf(path, sizeof(path), "/sys/class/kplug/%s/dev", name);
	file = fopen(path, "r");
	found = file && fscanf(file, "%u:%u", &major, minor) == 2 && *minor < MINORS_MAX;
	if (file)
		fclose(file);
	return found;
}

void minors_refresh(void)
{
	DIR *class = opendir("/sys/class/kplug");
	struct dirent *entry;
	uint32_t minor;

	while (class && (entry = readdir(class)))
		if (entry->d_name[0] != '.' && minor_of(entry->d_name, &minor))
			snprintf(names[minor], sizeof(names[minor]), "%.*s", KPLUG_NAME_MAX - 1,
				 entry->d_name);
	if (class)
		closedir(class);
}

const char *minor_name(uint32_t minor)
{
	return minor < MINORS_MAX && names[minor][0] ? names[minor] : "?";
}
