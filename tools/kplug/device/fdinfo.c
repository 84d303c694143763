// SPDX-License-Identifier: MIT
/* The descriptors of a device in all processes. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fdinfo.h"

struct list {
	const char *device;
	struct fdinfo *found;
	int count;
	bool no_memory;
};

/* A PCI address may lack its domain. */
static bool is_device(const char *name, const char *device)
{
	return !strcmp(name, device) || (!strncmp(name, "0000:", 5) && !strcmp(name + 5, device));
}

/* Is it a descriptor of @device? */
static bool read_file(const char *path, const char *device, struct fdinfo *info)
{
	FILE *file = fopen(path, "r");
	char line[256], name[64] = "";

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "kplug-device:\t%63s", name);
		sscanf(line, "kplug-client:\t%" SCNu32, &info->client);
		sscanf(line, "kplug-user:\t%" SCNu32, &info->user);
		sscanf(line, "kplug-trust:\t%15s", info->trust);
		sscanf(line, "kplug-plugin:\t%31s", info->plugin);
		sscanf(line, "kplug-armed:\t%63[0-9,-]", info->armed);
		sscanf(line, "kplug-lost:\t%" SCNu64, &info->lost);
		sscanf(line, "kplug-memory:\t%" SCNu64, &info->memory);
		sscanf(line, "kplug-mappings:\t%" SCNu32, &info->mappings);
		sscanf(line, "kplug-transactions:\t%" SCNu32, &info->transactions);
	}
	fclose(file);
	if (!strcmp(info->plugin, "-"))
		info->plugin[0] = '\0';
	return is_device(name, device);
}

static void append(struct list *list, const struct fdinfo *info)
{
	struct fdinfo *grown = realloc(list->found, sizeof(*grown) * ((size_t)list->count + 1));

	if (!grown) {
		list->no_memory = true;
		return;
	}
	list->found = grown;
	list->found[list->count++] = *info;
}

static void look_at_process(struct list *list, const char *pid)
{
	char path[600];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo", pid);
	folder = opendir(path);
	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		struct fdinfo info = { .pid = atoi(pid) };

		snprintf(path, sizeof(path), "/proc/%s/fdinfo/%s", pid, entry->d_name);
		if (entry->d_name[0] != '.' && read_file(path, list->device, &info))
			append(list, &info);
	}
	closedir(folder);
}

int fdinfo_find(const char *device, struct fdinfo **found)
{
	struct list list = { .device = device };
	DIR *folder = opendir("/proc");
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			look_at_process(&list, entry->d_name);
	if (folder)
		closedir(folder);
	if (list.no_memory) {
		free(list.found);
		list.found = NULL;
	}
	*found = list.found;
	return list.no_memory ? -ENOMEM : list.count;
}
