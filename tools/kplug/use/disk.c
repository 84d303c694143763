// SPDX-License-Identifier: MIT
/* Disks of a device that are mounted, used as swap, or part of a RAID or volume group. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "use.h"

#define CLASS "/sys/class/block"

/*
 * The name of the disk that Linux uses: a multipath NVMe disk is not below a device, and its
 * paths have no node of their own.
 */
static void disk_of(const char *path, char disk[NAME_MAX + 1])
{
	unsigned int subsystem, controller, name;
	int end = 0;

	if (sscanf(path, "nvme%uc%un%u%n", &subsystem, &controller, &name, &end) == 3)
		snprintf(disk, NAME_MAX + 1, "nvme%un%u%s", subsystem, name, path + end);
	else
		snprintf(disk, NAME_MAX + 1, "%s", path);
}

static void node_of(const char *disk, char node[], size_t size)
{
	char *at;

	snprintf(node, size, "/dev/%s", disk);
	/* cciss!c0d0 */
	for (at = strchr(node, '!'); at; at = strchr(at, '!'))
		*at = '/';
}

/* The mount points of this namespace. */
static bool is_mounted(const char *root, const char *disk, char where[], size_t size)
{
	char path[PATH_MAX], line[PATH_MAX], number[32], wanted[32], point[PATH_MAX];
	bool found = false;
	FILE *mounts;

	snprintf(path, sizeof(path), "%s" CLASS "/%s/dev", root, disk);
	if (!use_read(path, wanted, sizeof(wanted)))
		return false;
	snprintf(path, sizeof(path), "%s/proc/self/mountinfo", root);
	mounts = fopen(path, "re");
	while (mounts && !found && fgets(line, sizeof(line), mounts))
		found = sscanf(line, "%*d %*d %31s %*s %4095s", number, point) == 2 &&
			!strcmp(number, wanted);
	if (mounts)
		fclose(mounts);
	if (found)
		snprintf(where, size, "%.*s", (int)size - 1, point);
	return found;
}

static bool is_swap(const char *root, const char *node)
{
	char path[PATH_MAX], line[PATH_MAX];
	size_t length = strlen(node);
	bool found = false;
	FILE *swaps;

	snprintf(path, sizeof(path), "%s/proc/swaps", root);
	swaps = fopen(path, "re");
	while (swaps && !found && fgets(line, sizeof(line), swaps))
		found = !strncmp(line, node, length) && strchr(" \t", line[length]);
	if (swaps)
		fclose(swaps);
	return found;
}

/* "md0", or "dm-0" of LVM and encryption. */
static bool has_holder(const char *root, const char *disk, char holder[], size_t size)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s" CLASS "/%s/holders", root, disk);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		found = entry->d_name[0] != '.';
		if (found)
			snprintf(holder, size, "%.*s", (int)size - 1, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Others open a disk exclusively too, such as a mount in another namespace. */
static bool is_claimed(const char *root, const char *node)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", root, node);
	fd = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == EBUSY;
	close(fd);
	return false;
}

static void look_at(struct uses *uses, const char *root, const char *disk)
{
	char node[NAME_MAX + 8], other[96];

	node_of(disk, node, sizeof(node));
	if (is_mounted(root, disk, other, sizeof(other)))
		use_add(uses, "%.60s is mounted on %s", node, other);
	else if (is_swap(root, node))
		use_add(uses, "%s is swap space", node);
	else if (has_holder(root, disk, other, sizeof(other)))
		use_add(uses, "%.60s is part of /dev/%s", node, other);
	else if (is_claimed(root, node))
		use_add(uses, "%s is mounted or claimed otherwise", node);
}

void use_of_disks(struct uses *uses, const char *root, const char *address)
{
	char path[PATH_MAX], disk[NAME_MAX + 1];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s" CLASS, root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s" CLASS "/%s", root, entry->d_name);
		if (entry->d_name[0] == '.' || !use_is_part(path, address))
			continue;
		disk_of(entry->d_name, disk);
		look_at(uses, root, disk);
	}
	if (dir)
		closedir(dir);
}
