// SPDX-License-Identifier: MIT
/* Programs that have a node of a device open, as those of UIO and VFIO do. */
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "use.h"

#define NODES_MAX 64

struct nodes {
	unsigned int count;
	char path[NODES_MAX][272];
};

static void add_node(struct nodes *nodes, const char *folder, const char *name)
{
	if (nodes->count < NODES_MAX)
		snprintf(nodes->path[nodes->count++], sizeof(nodes->path[0]), "/dev/%s%s", folder,
			 name);
}

/* The line DEVNAME=uio0 of the device's uevent. */
static void add_named(struct nodes *nodes, const char *device)
{
	char path[PATH_MAX + NAME_MAX + 16], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/uevent", device);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		/* Those of kplug are known by their clients. */
		if (!strncmp(line, "DEVNAME=", 8) && strncmp(line + 8, "kplug/", 6))
			add_node(nodes, "", line + 8);
	}
	if (file)
		fclose(file);
}

static void find_nodes(struct nodes *nodes, const char *root, const char *kind, const char *address)
{
	char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/sys/dev/%s", root, kind);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (use_is_part(path, address))
			add_named(nodes, path);
	}
	if (dir)
		closedir(dir);
}

/* The node of a group is no part of its devices. */
static void find_group(struct nodes *nodes, const char *root, const char *address)
{
	char path[PATH_MAX], driver[PATH_MAX], group[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/driver", root, address);
	length = readlink(path, driver, sizeof(driver) - 1);
	if (length < 0)
		return;
	driver[length] = '\0';
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/iommu_group", root, address);
	length = readlink(path, group, sizeof(group) - 1);
	if (length < 0 || strncmp(basename(driver), "vfio", 4))
		return;
	group[length] = '\0';
	add_node(nodes, "vfio/", basename(group));
	add_node(nodes, "vfio/noiommu-", basename(group));
}

static bool is_node(const struct nodes *nodes, const char *path)
{
	unsigned int i;

	for (i = 0; i < nodes->count; i++)
		if (!strcmp(nodes->path[i], path))
			return true;
	return false;
}

/* The first of the nodes that the process has open. */
static bool has_open(const struct nodes *nodes, const char *process, char node[PATH_MAX])
{
	char folder[PATH_MAX + 8], path[PATH_MAX + NAME_MAX + 16];
	struct dirent *entry;
	bool found = false;
	ssize_t length;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/fd", process);
	dir = opendir(folder);
	while (dir && !found && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		length = readlink(path, node, PATH_MAX - 1);
		if (length > 0) {
			node[length] = '\0';
			found = is_node(nodes, node);
		}
	}
	if (dir)
		closedir(dir);
	return found;
}

static void look_at(struct uses *uses, const char *root, const struct nodes *nodes, const char *pid)
{
	char process[PATH_MAX], path[PATH_MAX + 8], node[PATH_MAX], name[32];

	snprintf(process, sizeof(process), "%s/proc/%s", root, pid);
	if (!has_open(nodes, process, node))
		return;
	snprintf(path, sizeof(path), "%s/comm", process);
	if (!use_read(path, name, sizeof(name)))
		strcpy(name, "?");
	use_add(uses, "%s[%.10s] has %.100s open", name, pid, node);
}

void use_of_programs(struct uses *uses, const char *root, const char *address)
{
	struct nodes nodes = { 0 };
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir;

	find_nodes(&nodes, root, "char", address);
	find_nodes(&nodes, root, "block", address);
	find_group(&nodes, root, address);
	if (!nodes.count)
		return;
	snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			look_at(uses, root, &nodes, entry->d_name);
	if (dir)
		closedir(dir);
}
